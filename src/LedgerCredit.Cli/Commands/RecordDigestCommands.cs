using System.CommandLine;
using LedgerCredit.Evidence;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Cli.Commands;

/// <summary><c>record digest</c> and <c>record canonicalize</c>: the commitment by hand, for auditors. No workspace is needed.</summary>
internal static class RecordDigestCommands
{
    private static readonly RecordRules AnyRecord = new() { AllowNaturalPersons = true };

    /// <summary>Makes <c>record digest</c>.</summary>
    public static Command CreateDigest()
    {
        Argument<string> file = new("FILE") { Description = "A file with one record." };
        Option<string> secret = new("--secret") { Description = "The record's 32-byte secret.", HelpName = "HEX", Required = true };
        Option<string?> subjectKey = new("--subject-key") { Description = "The 32-byte network subject key: computes terms and entry, too.", HelpName = "HEX" };
        Command digest = new("digest", "Compute the commitment of a record (docs/spec/records.md): digest, payload and disclosures; with --subject-key terms and entry.")
        {
            file,
            secret,
            subjectKey,
        };
        digest.SetAction(result => Digest(
            result,
            result.GetRequiredValue(file),
            ReadHex32("--secret", result.GetRequiredValue(secret)),
            result.GetValue(subjectKey) is string key ? ReadHex32("--subject-key", key) : null));
        return digest;
    }

    /// <summary>Makes <c>record canonicalize</c>.</summary>
    public static Command CreateCanonicalize()
    {
        Argument<string> file = new("FILE") { Description = "A record, or any JSON text." };
        Command canonicalize = new(
            "canonicalize",
            """
            Print the canonical form (RFC 8785), exactly the bytes that are hashed, without a newline. A record's numbers must
            be exact; in other JSON a number becomes the nearest double, as the RFC has it.
            """)
        {
            file,
        };
        canonicalize.SetAction(result => Canonicalize(result, result.GetRequiredValue(file)));
        return canonicalize;
    }

    private static int Digest(ParseResult result, string path, Bytes32 secret, Bytes32? subjectKey)
    {
        CommandOutput output = new(result);
        byte[] text = InputFile.Read(path, JsonLimits.Record.MaxBytes);
        if (!CreditRecord.TryParse(text, AnyRecord, out CreditRecord? record, out IReadOnlyList<RecordProblem> problems))
        {
            foreach (RecordProblem problem in problems)
            {
                output.Note($"{problem} ({problem.Code})");
            }

            throw new InputException($"'{path}' is not a valid record.");
        }

        RecordCommitment commitment = RecordCommitment.Create(record, secret);
        List<JsonMember> members =
        [
            new("recordDigest", new JsonString(commitment.RecordDigest.ToString())),
            new("payload", commitment.Payload),
            new("disclosures", new JsonArray([.. commitment.Disclosures.Select(d => new JsonString(d.Encoded))])),
        ];
        if (subjectKey is Bytes32 key)
        {
            Bytes32 termsDigest = Bytes32.Zero;
            if (record.Kind == RecordKind.Sanction)
            {
                if (!SanctionTerms.TryCreate(record, RulePackCatalog.Shipped, key, secret, out SanctionTerms? terms, out RecordProblem? problem))
                {
                    throw new InputException($"The terms cannot be computed. {problem}");
                }

                termsDigest = terms.Digest();
                members.Add(new("terms", new JsonString(Hex.Encode(terms.Encode()))));
            }

            members.Add(new("termsDigest", new JsonString(termsDigest.ToString())));
            members.Add(new("entry", new JsonString(Base64Text.Encode(new LogEntry(record.Kind, commitment.RecordDigest, termsDigest).Encode()))));
        }

        output.Result(new JsonObject(members), writer =>
        {
            foreach (JsonMember member in members)
            {
                string value = member.Value is JsonString single ? single.Value : System.Text.Encoding.UTF8.GetString(JsonText.WriteIndented(member.Value)).TrimEnd();
                writer.WriteLine($"{member.Name}: {value}");
            }
        });
        return ExitCode.Done;
    }

    private static int Canonicalize(ParseResult result, string path)
    {
        byte[] text = InputFile.Read(path, JsonLimits.Document.MaxBytes);
        if (!StrictJson.TryParse(text, new JsonLimits(JsonLimits.Document.MaxBytes, CanonicalJson.MaxDepth), out JsonValue? value, out ParseProblem? problem))
        {
            throw new InputException($"'{path}' is not JSON that has a canonical form. {problem}");
        }

        bool isRecord = value is JsonObject json && json.Find("kind") is not null && json.Find("claims") is not null;
        if (!CanonicalJson.TryWrite(value, isRecord ? CanonicalNumbers.Exact : CanonicalNumbers.Nearest, out byte[]? canonical, out problem))
        {
            throw new InputException($"'{path}' has no canonical form. {problem}");
        }

        result.InvocationConfiguration.Output.Write(System.Text.Encoding.UTF8.GetString(canonical));
        return ExitCode.Done;
    }

    private static Bytes32 ReadHex32(string option, string text)
    {
        string prefixed = text.StartsWith("0x", StringComparison.Ordinal) ? text : "0x" + text;
        return Bytes32.TryParseHex(prefixed.ToLowerInvariant(), out Bytes32 value)
            ? value
            : throw new InputException($"{option} must be 64 hex digits, with or without 0x.");
    }
}
