using System.Text;
using LedgerCredit.Evidence;
using LedgerCredit.Node.Sequencing;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Testing;
using LedgerCredit.Verification.Tests;

namespace LedgerCredit.Fuzz.Tests.Targets;

/// <summary>Records and what is hashed of them, and rule packs.</summary>
internal static class RecordTargets
{
    public const string Repair = """
        {"kind":"repair","id":"C-1/opened","issuer":"sd-market","subject":"uscc:91350200776049653A","issuedAt":"2026-05-06T09:30:00Z","supersedes":"C-0",
         "claims":{"sanction":"0x00000000000000000000000000000000000000000000000000000000000000ff","event":"opened","occurredOn":"2026-05-05","x":[1.10,-0,{"y":1e2}]}}
        """;

    public static IReadOnlyList<byte[]> Records { get; } =
        [.. new[] { EvidenceBuilder.Sanction, EvidenceBuilder.Rating, Repair }.Select(Encoding.UTF8.GetBytes)];

    public static IEnumerable<FuzzTarget> Make()
    {
        EvidenceBuilder built = new EvidenceBuilder().Build();
        byte[][] packs = [.. Directory.GetFiles(RepositoryFiles.Path("src", "LedgerCredit.Evidence", "RulePacks"), "*.json").Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];

        yield return new FuzzTarget("record", InputForm.Json, Records, ParseRecord) { BytesPerByte = 1024 };
        yield return new FuzzTarget("canonical-record", InputForm.Json, [.. Records.Select(Canonical)], ParseCanonicalRecord) { Cost = 4 };
        yield return new FuzzTarget("sorted-record", InputForm.Json, [.. Records.Take(2)], ParseSortedRecord) { Cost = 4 };
        yield return new FuzzTarget("record-payload", InputForm.Json, [JsonText.WriteLine(built.File.Record.Payload)], ParsePayload);
        yield return new FuzzTarget("disclosure", InputForm.Json, [.. built.File.Record.Disclosures.Select(Decode)], ParseDisclosure) { BytesPerByte = 512 };
        yield return new FuzzTarget("log-entry", InputForm.Words, [built.File.Entry.ToArray()], ParseEntry);
        yield return new FuzzTarget("sanction-terms", InputForm.Words, [built.File.Record.Terms.ToArray()], ParseTerms);
        yield return new FuzzTarget("rule-pack", InputForm.Json, packs, ParseRulePack) { Cost = 8 };
    }

    private static FuzzResult ParseRecord(byte[] input)
    {
        if (!CreditRecord.TryParse(input, RecordRules.Default, out CreditRecord? record, out IReadOnlyList<RecordProblem> problems))
        {
            return CheckProblems(problems);
        }

        return FuzzResult.Accepted(() =>
        {
            byte[] canonical = record.ToCanonicalBytes();
            return canonical.Length > JsonLimits.Record.MaxBytes ? "The canonical form is too large."
                : !CreditRecord.TryParse(canonical, RecordRules.Default, out CreditRecord? again, out _) ? "The canonical form is refused."
                : !again.ToCanonicalBytes().AsSpan().SequenceEqual(canonical) ? "The canonical form is not its own canonical form."
                : again.Kind != record.Kind || again.Id != record.Id || again.Subject.ToString() != record.Subject.ToString() ? "The canonical form is another record."
                : null;
        });
    }

    private static byte[] Canonical(byte[] record) => CreditRecord.TryParse(record, RecordRules.Default, out CreditRecord? parsed, out _)
        ? parsed.ToCanonicalBytes()
        : throw new ArgumentException("Expected a record.", nameof(record));

    /// <summary>What the fast way takes, the slow way takes too, and both come to the same entry.</summary>
    private static FuzzResult ParseCanonicalRecord(byte[] input)
    {
        Bytes32 key = Bytes32.FromUInt64(3);
        EntryCalculator calculator = new(RulePackCatalog.Shipped, key);
        if (!calculator.TryAdd(input, key))
        {
            return FuzzResult.RefusedWithoutReason;
        }

        calculator.Compute();
        return FuzzResult.Accepted(() =>
            !CreditRecord.TryParse(input, RecordRules.Default, out CreditRecord? record, out _) ? "No valid record."
            : !record.ToCanonicalBytes().AsSpan().SequenceEqual(input) ? "Not the canonical form."
            : PreparedRecord.TryCommit(record, RulePackCatalog.Shipped, key, key, out _) is not LogEntry entry ? "The terms cannot be computed."
            : !calculator.Entries.SequenceEqual(entry.Encode()) ? "Another entry."
            : null);
    }

    /// <summary>The same for records whose members have any order.</summary>
    private static FuzzResult ParseSortedRecord(byte[] input)
    {
        Bytes32 key = Bytes32.FromUInt64(3);
        RecordSorter sorter = new();
        if (!sorter.TrySort(input, out ReadOnlySpan<byte> sorted) || !new EntryCalculator(RulePackCatalog.Shipped, key).TryAdd(sorted, key))
        {
            return FuzzResult.RefusedWithoutReason;
        }

        byte[] canonical = sorted.ToArray();
        return FuzzResult.Accepted(() =>
            !CreditRecord.TryParse(input, RecordRules.Default, out CreditRecord? record, out _) ? "No valid record."
            : !record.ToCanonicalBytes().AsSpan().SequenceEqual(canonical) ? "Not the canonical form."
            : record.Warnings.Count > 0 ? "Warnings are lost."
            : null);
    }

    /// <summary>All problems are fit to be shown, not the first alone.</summary>
    private static FuzzResult CheckProblems(IReadOnlyList<RecordProblem> problems)
    {
        RecordProblem? worst = problems.FirstOrDefault(problem => problem.Code.Length == 0 || problem.ToString().Any(char.IsControl)) ?? (problems.Count > 0 ? problems[^1] : null);
        return FuzzResult.Refused(worst is null ? null : new ParseProblem(worst.Code, worst.Path, worst.Message));
    }

    private static FuzzResult ParsePayload(byte[] input)
    {
        if (!StrictJson.TryParse(input, JsonLimits.Document, out JsonValue? json, out ParseProblem? problem)
            || !RecordPayload.TryParse(json, out RecordPayload? payload, out problem))
        {
            return FuzzResult.Refused(problem);
        }

        return FuzzResult.Accepted(() => payload.ToCanonicalBytes().AsSpan().SequenceEqual(CanonicalJson.Write(json)) ? null : "The payload is another one.");
    }

    private static byte[] Decode(string encoded) => Base64Text.TryDecodeUrl(encoded, out byte[]? json)
        ? json
        : throw new ArgumentException("Expected base64url.", nameof(encoded));

    private static FuzzResult ParseDisclosure(byte[] input)
    {
        string encoded = Base64Text.EncodeUrl(input);
        return Disclosure.TryParse(encoded, out Disclosure? disclosure, out ParseProblem? problem)
            ? FuzzResult.WritesBack(input, () => CanonicalJson.Write(new JsonArray(new JsonString(disclosure.Salt), new JsonString(disclosure.Name), disclosure.Value)))
            : FuzzResult.Refused(problem);
    }

    private static FuzzResult ParseEntry(byte[] input) => LogEntry.TryDecode(input, out LogEntry? entry, out ParseProblem? problem)
        ? FuzzResult.WritesBack(input, entry.Encode)
        : FuzzResult.Refused(problem);

    private static FuzzResult ParseTerms(byte[] input) => SanctionTerms.TryDecode(input, out SanctionTerms? terms, out ParseProblem? problem)
        ? FuzzResult.WritesBack(input, terms.Encode)
        : FuzzResult.Refused(problem);

    private static FuzzResult ParseRulePack(byte[] input)
    {
        if (!RulePack.TryParse(input, out RulePack? pack, out ParseProblem? problem))
        {
            return FuzzResult.Refused(problem);
        }

        return FuzzResult.Accepted(() =>
        {
            byte[] canonical = CanonicalJson.Write(pack.Document);
            return RulePack.TryParse(canonical, out RulePack? again, out _) && again.Hash == pack.Hash && again.Id == pack.Id ? null : "The canonical form is another rule pack.";
        });
    }
}
