using System.Text;
using LedgerCredit.Log;
using LedgerCredit.Node.Witnessing;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Verification;
using LedgerCredit.Verification.Tests;

namespace LedgerCredit.Fuzz.Tests.Targets;

/// <summary>Witnesses: their keys, lines, requests and configurations, and cosigned checkpoints under a policy.</summary>
internal static class WitnessTargets
{
    public static IEnumerable<FuzzTarget> Make()
    {
        EvidenceBuilder built = new EvidenceBuilder().Build();
        if (!SignedNote.TryParse(built.File.Checkpoint, out SignedNote? note, out _) || !Checkpoint.TryParse(note.Text, out Checkpoint? checkpoint, out _))
        {
            throw new InvalidOperationException("A built file has a checkpoint.");
        }

        List<WitnessKey> keys = [];
        List<NoteSignature> lines = [];
        foreach (byte number in (byte[])[1, 2, 3])
        {
            using WitnessSigner signer = new($"witness.example/{number}", Sha256.Hash([number]).AsSpan());
            keys.Add(signer.Key);
            lines.Add(signer.Cosign(checkpoint, 1_790_000_000UL + number));
        }

        SignedNote cosigned = note.With(lines);
        NoteVerifierKey logKey = built.Policy.Logs[EvidenceBuilder.Issuer].Key;
        Bytes32[] path = [Sha256.Hash("a"u8), Sha256.Hash("b"u8)];
        TrustPolicy policy = built.Policy with { Witnesses = new WitnessPolicy(2, keys) };

        yield return new FuzzTarget("witness-key", InputForm.Text, [Encoding.UTF8.GetBytes(keys[0].ToString())], ParseKey);
        yield return new FuzzTarget("cosignature-lines", InputForm.Text, [Encoding.UTF8.GetBytes(lines[0].Format()), Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line.Format())))], ParseLines);
        yield return new FuzzTarget("witness-request", InputForm.Text, [new AddCheckpointRequest(0, [], note).Format(), new AddCheckpointRequest(5, path, cosigned).Format()], ParseRequest);
        yield return new FuzzTarget("witness-config", InputForm.Json, [new WitnessConfigFile(keys[0], []).ToUtf8(), new WitnessConfigFile(keys[0], [new WitnessedLog("a", [logKey]), new WitnessedLog("b", [logKey, logKey])]).ToUtf8()], ParseConfig) { BytesPerByte = 512 };
        yield return new FuzzTarget("verify-cosigned", InputForm.Text, [Encoding.UTF8.GetBytes(cosigned.Format()), Encoding.UTF8.GetBytes(note.With(lines.Skip(1)).Format())], input => Verify(input, built.File, policy, cosigned))
        {
            Cost = 40,
            BytesPerByte = 65536,
            ConstantBytes = 32 * 1024 * 1024,
        };
    }

    private static FuzzResult ParseKey(byte[] input)
    {
        string text = Encoding.UTF8.GetString(input);
        return WitnessKey.TryParse(text, out WitnessKey? key, out ParseProblem? problem)
            ? FuzzResult.Accepted(() => key.ToString() == text ? null : "What was read is written as another text.")
            : FuzzResult.Refused(problem);
    }

    private static FuzzResult ParseLines(byte[] input) =>
        SignedNote.TryParseLines(input, out IReadOnlyList<NoteSignature>? lines, out ParseProblem? problem)
            ? FuzzResult.WritesBack(input, () => Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line.Format()))))
            : FuzzResult.Refused(problem);

    private static FuzzResult ParseRequest(byte[] input) =>
        AddCheckpointRequest.TryParse(input, out AddCheckpointRequest? request, out ParseProblem? problem)
            ? FuzzResult.WritesBack(input, request.Format)
            : FuzzResult.Refused(problem);

    private static FuzzResult ParseConfig(byte[] input)
    {
        WitnessConfigFile config;
        try
        {
            config = WitnessConfigFile.Parse(input, "witness.json");
        }
        catch (WorkspaceException refused)
        {
            return FuzzResult.Refused(new ParseProblem("witness-config", "", refused.Message));
        }

        return FuzzResult.Accepted(() =>
        {
            byte[] written = config.ToUtf8();
            return WitnessConfigFile.Parse(written, "written").ToUtf8().AsSpan().SequenceEqual(written) ? null : "What was written is read as another configuration.";
        });
    }

    // Whatever was changed: a note that passes has the text that was signed, the log's line, and two or more of the lines that were made.
    private static FuzzResult Verify(byte[] input, EvidenceFile file, TrustPolicy policy, SignedNote cosigned)
    {
        string text = Encoding.UTF8.GetString(input);
        VerificationReport report = EvidenceVerifier.Verify(file with { Checkpoint = text }, policy, EvidenceBuilder.Options);
        if (report.Steps[(int)StepCode.Checkpoint].Outcome != StepOutcome.Pass)
        {
            return FuzzResult.RefusedWithoutReason;
        }

        return FuzzResult.Accepted(() =>
        {
            HashSet<string> made = [.. cosigned.Signatures.Select(line => line.Format())];
            return SignedNote.TryParse(text, out SignedNote? note, out _)
                && note.Text == cosigned.Text
                && note.Signatures.Count >= 3
                && note.Signatures.Select(line => line.Format()).Distinct().Count(made.Contains) == note.Signatures.Count
                    ? null
                    : "A checkpoint passes that its log or its witnesses did not sign.";
        });
    }
}
