using System.Text;
using System.Text.RegularExpressions;
using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Primitives;
using LedgerCredit.Testing;

namespace LedgerCredit.Verification.Tests;

/// <summary>Holds docs/spec/evidence.md, docs/spec/trust.md and their examples to the code.</summary>
/// <remarks>With <c>LEDGERCREDIT_UPDATE_GOLDEN=1</c> the examples are written anew, for review like code.</remarks>
[TestClass]
public sealed class SpecificationTests
{
    private static readonly EvidenceBuilder Built = new EvidenceBuilder { Consensus = ConsensusType.Qbft }.Build();

    [TestMethod]
    [DataRow("sanction.evidence.json")]
    [DataRow("trust.json")]
    public void Examples_MadeAnew_AreThoseOfTheSpecification(string name)
    {
        byte[] expected = name == "trust.json" ? Built.Policy.ToUtf8() : Built.File.ToUtf8();
        string path = RepositoryFiles.Path("docs", "spec", "examples", name);
        if (Environment.GetEnvironmentVariable("LEDGERCREDIT_UPDATE_GOLDEN") == "1")
        {
            File.WriteAllBytes(path, expected);
        }

        Assert.AreEqual(Encoding.UTF8.GetString(expected), File.ReadAllText(path));
    }

    [TestMethod]
    public void Examples_Verified_AreValidInEveryStep()
    {
        byte[] evidence = File.ReadAllBytes(RepositoryFiles.Path("docs", "spec", "examples", "sanction.evidence.json"));
        byte[] trust = File.ReadAllBytes(RepositoryFiles.Path("docs", "spec", "examples", "trust.json"));
        Assert.IsTrue(TrustPolicy.TryParse(trust, out TrustPolicy? policy, out ParseProblem? problem), problem?.ToString());

        VerificationReport report = EvidenceVerifier.Verify(evidence, policy, EvidenceBuilder.Options);

        Assert.AreEqual(Verdict.Valid, report.Verdict);
        Assert.HasCount(9, report.Steps.Where(step => step.Outcome == StepOutcome.Pass));
        Assert.AreEqual("2026-09-21T14:46:40", EvidenceBuilder.Options.Clock.GetUtcNow().ToString("s", null));
    }

    [TestMethod]
    public void Specification_ComparedValues_AreThoseOfTheExample()
    {
        Assert.IsTrue(LogEntry.TryDecode(Built.File.Entry.Span, out LogEntry? entry, out _));
        Bytes32 leafHash = MerkleHash.Leaf(Built.File.Entry.Span);
        EvidenceAnchor anchor = Built.File.Anchor;
        (string Name, Bytes32 Value)[] values =
        [
            ("record digest", entry.RecordDigest),
            ("terms digest", entry.TermsDigest),
            ("leaf hash", leafHash),
            ("root hash, 11 entries", anchor.Root),
            ("log id", anchor.LogId),
            ("anchor slot", LedgerSlots.OfAnchor(anchor.LogId, anchor.Root)),
            ("anchor word", TestLedger.AnchorWord(11, TestLedger.TimeOf(110))),
            ("block hash", anchor.Block.Hash),
            ("status slot", LedgerSlots.OfStatus(leafHash)),
            ("status word", Built.StatusWord),
        ];

        string[] lines = File.ReadAllLines(RepositoryFiles.Path("docs", "spec", "evidence.md"));
        string[] missing = [.. values.Select(v => $"| {v.Name} | `{v.Value}` |").Except(lines)];
        Assert.IsEmpty(missing, "Missing in docs/spec/evidence.md:\n" + string.Join('\n', missing));
    }

    [TestMethod]
    public void Specification_ReasonsAndValues_AreAllListed()
    {
        string text = File.ReadAllText(RepositoryFiles.Path("docs", "spec", "evidence.md"));
        HashSet<string> listed = [.. Regex.Matches(text, "`([a-z]+(?:-[a-z]+)*)`").Select(match => match.Groups[1].Value)];
        string[] missing =
        [
            .. new[] { typeof(ReasonCodes), typeof(ValueNames) }
                .SelectMany(type => type.GetFields())
                .Where(field => field.IsLiteral)
                .Select(field => (string)field.GetRawConstantValue()!)
                .Where(code => !listed.Contains(code)),
        ];

        Assert.IsEmpty(missing, string.Join(' ', missing));
    }
}
