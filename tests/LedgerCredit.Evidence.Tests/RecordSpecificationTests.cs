using System.Globalization;
using System.Text;
using LedgerCredit.Primitives;
using LedgerCredit.Testing;

namespace LedgerCredit.Evidence.Tests;

/// <summary>Recomputes the worked example of <c>docs/spec/records.md</c> from the record, secret and key that stand in it.</summary>
[TestClass]
public sealed class RecordSpecificationTests
{
    private const string Fence = "```";
    private const string Label = " example:";

    private static readonly Dictionary<string, string> Blocks = ReadBlocks();

    [TestMethod]
    public void Specification_WorkedExample_IsWhatTheCodeComputes()
    {
        Dictionary<string, string> computed = Compute();

        foreach ((string name, string text) in computed)
        {
            Assert.AreEqual(text, Blocks.GetValueOrDefault(name), $"The block '{name}' of docs/spec/records.md");
        }

        Assert.HasCount(computed.Count + 3, Blocks);
    }

    [TestMethod]
    public void Specification_WorkedExample_IsWhatTheReferenceComputes()
    {
        byte[] json = Encoding.UTF8.GetBytes(Blocks["record"]);
        byte[] secret = Read32("secret").ToArray();

        (Dictionary<string, string> disclosures, string payload) = ReferenceCommitment.Commit(json, secret);
        string terms = ReferenceCommitment.Terms(json, secret, Read32("subject-key").ToArray());

        Assert.AreEqual(payload, Blocks["payload"]);
        Assert.AreEqual(terms, "0x" + Blocks["terms"].Replace("\n", "", StringComparison.Ordinal));
        Assert.AreEqual(ReferenceCommitment.Canonical(json), Blocks["canonical"]);
        Assert.AreEqual(Lines(disclosures.Select(pair => (pair.Key, pair.Value))), Blocks["disclosures"]);
    }

    [TestMethod]
    public void Specification_Codes_AreThoseOfTheCode()
    {
        // Every code in the code's own texts must stand in section 9, so that none is invented beside it.
        string specification = File.ReadAllText(RepositoryFiles.Path("docs", "spec", "records.md"));
        string section = specification[specification.IndexOf("## 9 Problems", StringComparison.Ordinal)..];
        string[] sources = ["RecordReader", "ClaimReader", "ClaimRules", "SubjectId", "JsonContent", "TermsClaims", "RecordProblemList"];
        int found = 0;
        foreach (string source in sources)
        {
            string code = File.ReadAllText(RepositoryFiles.Path("src", "LedgerCredit.Evidence", source + ".cs"));
            foreach (string text in code.Split('"').Where(text => text.Length > 5 && text.Contains('-', StringComparison.Ordinal)
                && text.All(c => char.IsAsciiLetterLower(c) || c == '-') && !text.StartsWith("x-", StringComparison.Ordinal)))
            {
                found++;
                Assert.Contains($"`{text}`", section, $"{source}.cs");
            }
        }

        Assert.IsGreaterThan(20, found);
    }

    private static Dictionary<string, string> Compute()
    {
        CreditRecord record = TestRecords.Parse(Blocks["record"]);
        Bytes32 secret = Read32("secret");
        RecordCommitment commitment = RecordCommitment.Create(record, secret);
        Assert.IsTrue(SanctionTerms.TryCreate(record, RulePackCatalog.Shipped, Read32("subject-key"), secret, out SanctionTerms? terms, out _));
        byte[] entry = new LogEntry(record.Kind, commitment.RecordDigest, terms.Digest()).Encode();

        return new Dictionary<string, string>
        {
            ["canonical"] = Encoding.UTF8.GetString(record.ToCanonicalBytes()),
            ["salts"] = Lines(commitment.Disclosures.Select(d => (d.Name, d.Salt))),
            ["disclosures"] = Lines(commitment.Disclosures.Select(d => (d.Name, d.Encoded))),
            ["digests"] = Lines(commitment.Disclosures.Select(d => (d.Name, d.Digest))),
            ["payload"] = Encoding.UTF8.GetString(commitment.PayloadBytes.Span),
            ["record-digest"] = commitment.RecordDigest.ToString(),
            ["rule-pack-hash"] = terms.RulePack.ToString(),
            ["times"] = Lines(
            [
                ("decidedAt", Text(terms.DecidedAt)),
                ("earliestRepairAt", Text(terms.EarliestRepairAt)),
                ("publicUntil", Text(terms.PublicUntil)),
                ("attachedTermUntil", Text(terms.AttachedTermUntil)),
            ]),
            ["terms"] = string.Join('\n', terms.Encode().Chunk(32).Select(word => Convert.ToHexStringLower(word))),
            ["terms-digest"] = terms.Digest().ToString(),
            ["entry"] = Hex.Encode(entry),
            ["leaf-hash"] = Sha256.Hash([0, .. entry]).ToString(),
        };
    }

    private static Bytes32 Read32(string name)
    {
        Assert.IsTrue(Bytes32.TryParseHex(Blocks[name], out Bytes32 value));
        return value;
    }

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Lines(IEnumerable<(string Name, string Value)> lines) =>
        string.Join('\n', lines.Select(line => $"{line.Name} {line.Value}"));

    private static Dictionary<string, string> ReadBlocks()
    {
        Dictionary<string, string> blocks = [];
        string? name = null;
        List<string> lines = [];
        foreach (string line in File.ReadAllLines(RepositoryFiles.Path("docs", "spec", "records.md")))
        {
            if (name is null && line.StartsWith(Fence, StringComparison.Ordinal) && line.Contains(Label, StringComparison.Ordinal))
            {
                name = line[(line.IndexOf(Label, StringComparison.Ordinal) + Label.Length)..];
                lines.Clear();
            }
            else if (name is not null && line == Fence)
            {
                blocks.Add(name, string.Join('\n', lines));
                name = null;
            }
            else
            {
                lines.Add(line);
            }
        }

        return blocks;
    }
}
