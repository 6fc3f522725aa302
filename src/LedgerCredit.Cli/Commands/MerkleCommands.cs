using System.CommandLine;
using System.Globalization;
using System.Text;
using LedgerCredit.Log;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Cli.Commands;

/// <summary><c>merkle verify-inclusion | verify-consistency</c>: bare proofs, one JSON object a line, for auditors' scripts.</summary>
internal static class MerkleCommands
{
    // The longest proof of a tree of 2^64 leaves has fewer than 130 hashes of 47 characters; the rest is room for comments.
    private static readonly JsonLimits LineLimits = new(64 * 1024, 4);

    /// <summary>Makes the commands.</summary>
    /// <param name="openInput">Opens standard input.</param>
    public static Command Create(Func<Stream> openInput)
    {
        Command inclusion = new(
            "verify-inclusion",
            """
            Verify inclusion proofs (RFC 9162 section 2.1.3.2) from standard input, one JSON object a line:
              {"leafIdx": n, "treeSize": n, "root": "Base64", "leafHash": "Base64", "proof": ["Base64", …]}
            Prints {"valid": …, "reason": "…"} for each line. Exit code 1 if one is not valid, 2 if one is malformed.
            """);
        inclusion.SetAction((result, cancellationToken) => Task.FromResult(Run(result, openInput, VerifyInclusion, cancellationToken)));

        Command consistency = new(
            "verify-consistency",
            """
            Verify consistency proofs (RFC 9162 section 2.1.4.2) from standard input, one JSON object a line:
              {"size1": n, "size2": n, "root1": "Base64", "root2": "Base64", "proof": ["Base64", …]}
            Prints {"valid": …, "reason": "…"} for each line. Exit code 1 if one is not valid, 2 if one is malformed.
            """);
        consistency.SetAction((result, cancellationToken) => Task.FromResult(Run(result, openInput, VerifyConsistency, cancellationToken)));

        return new Command("merkle", "Verify bare Merkle proofs, for auditors' scripts.") { inclusion, consistency };
    }

    private static int Run(
        ParseResult result,
        Func<Stream> openInput,
        Func<JsonObject, Verdict> verify,
        CancellationToken cancellationToken)
    {
        TextWriter output = result.InvocationConfiguration.Output;
        int exitCode = ExitCode.Done;
        using Stream input = openInput();
        BoundedLineReader lines = new(input, LineLimits.MaxBytes);
        while (lines.TryRead(out ReadOnlySpan<byte> line, out bool isTooLong))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!isTooLong && line.IndexOfAnyExcept((byte)' ', (byte)'\t') < 0)
            {
                continue;
            }

            Verdict verdict = Judge(line, isTooLong, verify);
            output.WriteLine(Encoding.UTF8.GetString(JsonText.WriteLine(new JsonObject(
                new JsonMember("valid", new JsonBoolean(verdict.Kind == VerdictKind.Valid)),
                new JsonMember("reason", new JsonString(verdict.Reason))))));
            exitCode = verdict.Kind switch
            {
                VerdictKind.Malformed => ExitCode.BadInput,
                VerdictKind.Invalid when exitCode == ExitCode.Done => ExitCode.VerificationFailed,
                _ => exitCode,
            };
        }

        return exitCode;
    }

    private static Verdict Judge(ReadOnlySpan<byte> line, bool isTooLong, Func<JsonObject, Verdict> verify)
    {
        if (isTooLong)
        {
            return new Verdict(VerdictKind.Malformed, $"malformed: the line is longer than {LineLimits.MaxBytes} bytes");
        }

        if (!StrictJson.TryParse(line, LineLimits, out JsonValue? value, out ParseProblem? problem))
        {
            return new Verdict(VerdictKind.Malformed, $"malformed: {problem}");
        }

        return value is JsonObject json ? verify(json) : new Verdict(VerdictKind.Malformed, "malformed: expected a JSON object");
    }

    private static Verdict VerifyInclusion(JsonObject line)
    {
        if (!TryReadNumber(line, "leafIdx", out ulong leafIndex, out Verdict problem)
            || !TryReadNumber(line, "treeSize", out ulong treeSize, out problem)
            || !TryReadHash(line, "root", out Bytes32 root, out problem)
            || !TryReadHash(line, "leafHash", out Bytes32 leafHash, out problem)
            || !TryReadProof(line, out IReadOnlyList<Bytes32> path, out problem))
        {
            return problem;
        }

        return new InclusionProof(leafIndex, treeSize, path).Verify(leafHash, root) switch
        {
            InclusionFailure.None => Verdict.Valid,
            InclusionFailure.IndexOutOfRange => Verdict.Invalid($"the leaf index {leafIndex} is not below the tree size {treeSize}"),
            InclusionFailure.WrongLength => Verdict.Invalid($"the proof has {path.Count} hashes, which is not what index {leafIndex} in a tree of {treeSize} needs"),
            _ => Verdict.Invalid("the proof leads to another root"),
        };
    }

    private static Verdict VerifyConsistency(JsonObject line)
    {
        if (!TryReadNumber(line, "size1", out ulong oldSize, out Verdict problem)
            || !TryReadNumber(line, "size2", out ulong newSize, out problem)
            || !TryReadHash(line, "root1", out Bytes32 oldRoot, out problem)
            || !TryReadHash(line, "root2", out Bytes32 newRoot, out problem)
            || !TryReadProof(line, out IReadOnlyList<Bytes32> path, out problem))
        {
            return problem;
        }

        return new ConsistencyProof(oldSize, newSize, path).Verify(oldRoot, newRoot) switch
        {
            ConsistencyFailure.None => Verdict.Valid,
            ConsistencyFailure.OldTreeEmpty => Verdict.Invalid("a tree of size 0 is a prefix of every tree, so a proof from it proves nothing"),
            ConsistencyFailure.SizesOutOfOrder => Verdict.Invalid($"the first size {oldSize} is larger than the second {newSize}"),
            ConsistencyFailure.WrongLength => Verdict.Invalid($"the proof has {path.Count} hashes, which is not what sizes {oldSize} and {newSize} need"),
            ConsistencyFailure.OldRootMismatch => Verdict.Invalid("the proof leads to another first root"),
            _ => Verdict.Invalid("the proof leads to another second root"),
        };
    }

    private static bool TryReadNumber(JsonObject line, string name, out ulong number, out Verdict problem)
    {
        problem = new Verdict(VerdictKind.Malformed, $"malformed: expected '{name}' as a whole number below 2^64");
        number = 0;
        return line.Find(name) is JsonNumber value && ulong.TryParse(value.Text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    // A hash of another length is a wrong proof rather than malformed input: it is what a careless prover sends.
    private static bool TryReadHash(JsonObject line, string name, out Bytes32 hash, out Verdict problem)
    {
        hash = default;
        problem = new Verdict(VerdictKind.Malformed, $"malformed: expected '{name}' in Base64");
        return line.TryFindString(name, out string? text) && TryDecodeHash(text, name, out hash, ref problem);
    }

    private static bool TryReadProof(JsonObject line, out IReadOnlyList<Bytes32> path, out Verdict problem)
    {
        problem = new Verdict(VerdictKind.Malformed, "malformed: expected 'proof' as an array of Base64 strings");
        path = [];
        switch (line.Find("proof"))
        {
            case JsonNull:
                return true;
            case JsonArray array:
                List<Bytes32> hashes = [];
                foreach (JsonValue item in array.Items)
                {
                    if (item is not JsonString text || !TryDecodeHash(text.Value, "proof", out Bytes32 hash, ref problem))
                    {
                        return false;
                    }

                    hashes.Add(hash);
                }

                path = hashes;
                return true;
            default:
                return false;
        }
    }

    private static bool TryDecodeHash(string text, string name, out Bytes32 hash, ref Verdict problem)
    {
        hash = default;
        if (!Base64Text.TryDecode(text, out byte[]? bytes))
        {
            return false;
        }

        if (bytes.Length != Bytes32.Length)
        {
            problem = Verdict.Invalid($"'{name}' has a hash of {bytes.Length} bytes instead of {Bytes32.Length}");
            return false;
        }

        hash = Bytes32.FromBytes(bytes);
        return true;
    }

    private enum VerdictKind
    {
        Malformed,
        Invalid,
        Valid,
    }

    private readonly record struct Verdict(VerdictKind Kind, string Reason)
    {
        public static Verdict Valid => new(VerdictKind.Valid, "");

        public static Verdict Invalid(string reason) => new(VerdictKind.Invalid, reason);
    }
}
