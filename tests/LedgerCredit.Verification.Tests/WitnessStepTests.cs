using System.Text;
using LedgerCredit.Log;
using LedgerCredit.Primitives;

namespace LedgerCredit.Verification.Tests;

/// <summary>The step <c>checkpoint</c> where a policy asks for witnesses: k of n, each line checked.</summary>
[TestClass]
public sealed class WitnessStepTests
{
    private static readonly EvidenceBuilder Built = new EvidenceBuilder().Build();

    [TestMethod]
    [DataRow(0, 1, false)]
    [DataRow(0, 3, false)]
    [DataRow(1, 1, true)]
    [DataRow(1, 2, false)]
    [DataRow(2, 2, true)]
    [DataRow(2, 3, false)]
    [DataRow(3, 1, true)]
    [DataRow(3, 3, true)]
    public void Verify_CosignedByAsManyAsAskedFor_IsValid(int cosigned, int required, bool isValid)
    {
        VerificationReport report = Verify(Cosigned([.. Enumerable.Range(0, cosigned)]), Policy(required, 3));

        AssertCheckpoint(report, isValid ? null : ReasonCodes.TooFewCosignatures);
        Assert.AreEqual(isValid ? Verdict.Valid : Verdict.Invalid, report.Verdict);
        Assert.AreEqual(
            $"Cosigned by {cosigned} of 3 listed witnesses; {required} required.", report.Steps[(int)StepCode.Checkpoint].Detail);
    }

    [TestMethod]
    public void Verify_WitnessesInAnyOrder_IsValid()
    {
        foreach (int[] order in (int[][])[[0, 1, 2], [2, 1, 0], [1, 2], [2, 0]])
        {
            AssertCheckpoint(Verify(Cosigned(order), Policy(2, 3)), null);
        }
    }

    [TestMethod]
    public void Verify_LinesThatCountForNothing_AreRefused()
    {
        TrustPolicy policy = Policy(2, 3);
        string note = Cosigned([0, 1]);
        string[] lines = note.Split('\n');
        string log = lines[4];

        AssertCheckpoint(Verify(note + lines[5] + "\n", policy), ReasonCodes.CosignatureTwice);
        AssertCheckpoint(Verify(note + log + "\n", policy), ReasonCodes.CheckpointOtherLines);
        AssertCheckpoint(Verify(note + Cosigned([5]).Split('\n')[5] + "\n", policy), ReasonCodes.CheckpointOtherLines);
        AssertCheckpoint(Verify(note.Replace(log + "\n", "", StringComparison.Ordinal), policy), ReasonCodes.CheckpointNotSigned);
        AssertCheckpoint(
            Verify(string.Join('\n', [.. lines[..4], lines[5], log, lines[6], ""]), policy), ReasonCodes.CheckpointOtherLines);

        // A witness of the same name with another key is somebody else.
        using WitnessSigner impostor = new("witness.example/0", new byte[32]);
        Assert.IsTrue(SignedNote.TryParse(Built.File.Checkpoint, out SignedNote? signed, out _));
        Assert.IsTrue(Checkpoint.TryParse(signed.Text, out Checkpoint? checkpoint, out _));
        AssertCheckpoint(Verify(signed.With([impostor.Cosign(checkpoint, 5)]).Format(), policy), ReasonCodes.CheckpointOtherLines);
    }

    [TestMethod]
    public void Verify_CosignatureOfAnotherCheckpoint_IsRefused()
    {
        using WitnessSigner witness = Signer(0);
        Assert.IsTrue(SignedNote.TryParse(Built.File.Checkpoint, out SignedNote? signed, out _));
        Assert.IsTrue(Checkpoint.TryParse(signed.Text, out Checkpoint? checkpoint, out _));
        foreach (Checkpoint other in new Checkpoint[]
        {
            new(checkpoint.Origin + "2", checkpoint.Size, checkpoint.RootHash),
            new(checkpoint.Origin, checkpoint.Size + 1, checkpoint.RootHash),
            new(checkpoint.Origin, checkpoint.Size, Sha256.Hash("other"u8)),
        })
        {
            AssertCheckpoint(Verify(signed.With([witness.Cosign(other, 5)]).Format(), Policy(1, 1)), ReasonCodes.BadCosignature);
        }

        // The right signature under another time.
        NoteSignature line = witness.Cosign(checkpoint, 5);
        byte[] changed = line.Signature.ToArray();
        changed[7]++;
        AssertCheckpoint(Verify(signed.With([line with { Signature = changed }]).Format(), Policy(1, 1)), ReasonCodes.BadCosignature);
    }

    [TestMethod]
    public void Verify_AnyByteOfAnyLineChanged_IsInvalidThoughOneWitnessWouldDo()
    {
        string note = Cosigned([0, 1]);
        TrustPolicy policy = Policy(1, 3);
        int text = note.IndexOf("\n\n", StringComparison.Ordinal) + 2;
        Assert.AreEqual(Verdict.Valid, Verify(note, policy).Verdict);
        for (int i = text; i < note.Length; i++)
        {
            foreach (char c in new[] { (char)(note[i] ^ 1), (char)(note[i] ^ 0x20), 'A', '\n', ' ', '=' })
            {
                string changed = note[..i] + c + note[(i + 1)..];
                if (changed != note)
                {
                    Assert.AreEqual(Verdict.Invalid, Verify(changed, policy).Verdict, $"character {i} = {(int)c}");
                }
            }

            Assert.AreEqual(Verdict.Invalid, Verify(note.Remove(i, 1), policy).Verdict, $"character {i} removed");
        }
    }

    [TestMethod]
    public void Verify_CosignedFileUnderTheFirstVersion_IsRefusedAsBefore()
    {
        AssertCheckpoint(Verify(Cosigned([0]), Built.Policy), ReasonCodes.CheckpointOtherLines);
        AssertCheckpoint(Verify(Built.File.Checkpoint, Built.Policy), null);
    }

    [TestMethod]
    public void Verify_WithAMemory_SaysTheSameForEachPolicy()
    {
        VerificationOptions remembering = EvidenceBuilder.Options with { Memory = new VerificationMemory() };
        string[] notes = [Cosigned([0, 1]), Cosigned([0]), Cosigned([1, 2]), Built.File.Checkpoint];
        TrustPolicy[] policies = [Policy(1, 1), Policy(2, 2), Policy(1, 3), Policy(2, 3), Built.Policy];
        for (int round = 0; round < 2; round++)
        {
            foreach (string note in notes)
            {
                foreach (TrustPolicy policy in policies)
                {
                    EvidenceFile file = Built.File with { Checkpoint = note };
                    VerificationStep with = EvidenceVerifier.Verify(file, policy, remembering).Steps[(int)StepCode.Checkpoint];
                    VerificationStep without = EvidenceVerifier.Verify(file, policy, EvidenceBuilder.Options).Steps[(int)StepCode.Checkpoint];
                    Assert.AreEqual((without.Outcome, without.Reason, without.Detail), (with.Outcome, with.Reason, with.Detail));
                }
            }
        }
    }

    [TestMethod]
    public void TryParse_WrittenPolicyWithWitnesses_GivesItBack()
    {
        TrustPolicy policy = Policy(2, 3);
        byte[] written = policy.ToUtf8();

        Assert.IsTrue(TrustPolicy.TryParse(written, out TrustPolicy? read, out ParseProblem? problem), problem?.ToString());
        Assert.AreSequenceEqual(written, read.ToUtf8());
        Assert.AreEqual(2, read.Witnesses!.Required);
        Assert.AreSequenceEqual(policy.Witnesses!.Keys, read.Witnesses.Keys);
        Assert.Contains("\"ledgercredit-trust/2\"", Encoding.UTF8.GetString(written));
        Assert.DoesNotContain("witness", Encoding.UTF8.GetString(Built.Policy.ToUtf8()));
        Assert.AreEqual(Verdict.Valid, Verify(Cosigned([0, 1]), read).Verdict);
    }

    [TestMethod]
    [DataRow("\"ledgercredit-trust/2\"", "\"ledgercredit-trust/1\"", "unknown-member", DisplayName = "first version with witnesses")]
    [DataRow("\"required\": 2", "\"required\": 0", "bad-required", DisplayName = "none required")]
    [DataRow("\"required\": 2", "\"required\": 4", "bad-required", DisplayName = "more than there are")]
    [DataRow("\"required\": 2", "\"required\": 9007199254740991", "bad-required", DisplayName = "very many")]
    [DataRow("\"required\": 2", "\"required\": -1", "bad-integer", DisplayName = "negative")]
    [DataRow("\"required\": 2", "\"required\": 2, \"x\": 1", "unknown-member", DisplayName = "unknown member")]
    [DataRow("\"required\": 2", "\"requirement\": 2", "missing-member", DisplayName = "missing member")]
    [DataRow("witness.example/1+", "witness.example/2+", "note-key-id", DisplayName = "other name")]
    public void TryParse_ChangedWitnesses_IsRefused(string from, string to, string code)
    {
        string written = Encoding.UTF8.GetString(Policy(2, 3).ToUtf8());
        Assert.Contains(from, written);

        Assert.IsFalse(TrustPolicy.TryParse(Encoding.UTF8.GetBytes(written.Replace(from, to, StringComparison.Ordinal)), out _, out ParseProblem? problem));
        Assert.AreEqual(code, problem.Code, problem.ToString());
    }

    [TestMethod]
    public void TryParse_WitnessesThatAreNotApart_AreRefused()
    {
        using WitnessSigner one = Signer(0);
        string written = Encoding.UTF8.GetString(Policy(1, 2).ToUtf8());
        string second = Signed(1);
        Bytes32 logKey = Built.Policy.Logs[EvidenceBuilder.Issuer].Key.PublicKey;
        foreach ((WitnessKey key, string code) in new[]
        {
            (one.Key, "duplicate-witness"),
            (new WitnessKey("another-name", one.Key.PublicKey), "duplicate-witness"),
            (new WitnessKey(one.Key.Name, Sha256.Hash("x"u8)), "duplicate-witness"),
            (new WitnessKey("the-log-itself", logKey), "witness-is-log"),
        })
        {
            string changed = written.Replace(second, key.ToString(), StringComparison.Ordinal);
            Assert.IsFalse(TrustPolicy.TryParse(Encoding.UTF8.GetBytes(changed), out _, out ParseProblem? problem), key.ToString());
            Assert.AreEqual(code, problem.Code);
        }

        Assert.ThrowsExactly<ArgumentException>(() => new WitnessPolicy(1, [one.Key, new WitnessKey("another-name", one.Key.PublicKey)]));
        Assert.ThrowsExactly<ArgumentException>(() => new WitnessPolicy(1, []));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new WitnessPolicy(2, [one.Key]));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new WitnessPolicy(0, [one.Key]));
    }

    private static string Signed(int number)
    {
        using WitnessSigner signer = Signer(number);
        return signer.Key.ToString();
    }

    private static WitnessSigner Signer(int number) => new($"witness.example/{number}", Sha256.Hash([(byte)number]).AsSpan());

    private static string Cosigned(int[] witnesses)
    {
        Assert.IsTrue(SignedNote.TryParse(Built.File.Checkpoint, out SignedNote? note, out _));
        Assert.IsTrue(Checkpoint.TryParse(note.Text, out Checkpoint? checkpoint, out _));
        List<NoteSignature> lines = [];
        foreach (int number in witnesses)
        {
            using WitnessSigner signer = Signer(number);
            lines.Add(signer.Cosign(checkpoint, 1_790_000_000 + (ulong)number));
        }

        return note.With(lines).Format();
    }

    private static TrustPolicy Policy(int required, int count) => Built.Policy with
    {
        Witnesses = new WitnessPolicy(required, [.. Enumerable.Range(0, count).Select(number =>
        {
            Assert.IsTrue(WitnessKey.TryParse(Signed(number), out WitnessKey? key, out _));
            return key;
        })]),
    };

    private static VerificationReport Verify(string checkpoint, TrustPolicy policy) =>
        EvidenceVerifier.Verify((Built.File with { Checkpoint = checkpoint }).ToUtf8(), policy, EvidenceBuilder.Options);

    private static void AssertCheckpoint(VerificationReport report, string? reason)
    {
        VerificationStep step = report.Steps[(int)StepCode.Checkpoint];
        Assert.AreEqual(reason ?? "", step.Reason);
        Assert.AreEqual(reason is null ? StepOutcome.Pass : StepOutcome.Fail, step.Outcome);
    }
}
