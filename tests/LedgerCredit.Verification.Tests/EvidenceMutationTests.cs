using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Verification.Tests;

/// <summary>The promise of the design: no value in an evidence file can be altered without verification failing.</summary>
[TestClass]
public sealed class EvidenceMutationTests
{
    // What may be taken away, or put in another order, without making the rest false.
    private static readonly Dictionary<(string Path, string What), string> Harmless = new()
    {
        [("$.record.disclosures[]", "removed")] = "withheld",
        [("$.record.disclosures[]", "swapped")] = "same",
        [("$.record.disclosures", "emptied")] = "withheld",
        [("$.record.terms", "removed")] = "terms",
        [("$.status", "removed")] = "status",
    };

    [TestMethod]
    [DataRow(ConsensusType.Pinned, false, 3)]
    [DataRow(ConsensusType.Pinned, true, 29)]
    [DataRow(ConsensusType.Qbft, false, 29)]
    [DataRow(ConsensusType.Clique, false, 29)]
    public void Verify_AnyValueChanged_IsNotValid(ConsensusType consensus, bool pinsQbftBlocks, int stride)
    {
        EvidenceBuilder built = new EvidenceBuilder { Consensus = consensus, PinsQbftBlocks = pinsQbftBlocks }.Build();
        Assert.AreEqual(Verdict.Valid, built.Verify().Verdict);
        Assert.IsTrue(StrictJson.TryParse(built.File.ToUtf8(), JsonLimits.Document, out JsonValue? document, out _));

        int count = 0;
        List<string> survivors = [];
        foreach (JsonMutation mutation in JsonMutations.Of(document, stride))
        {
            count++;
            VerificationReport report = EvidenceVerifier.Verify(
                JsonText.WriteLine(mutation.Document), built.Policy, EvidenceBuilder.Options);
            if (Harmless.TryGetValue((mutation.Path, mutation.What), out string? effect))
            {
                AssertTellsTheTruth(report, effect);
            }
            else if (report.Verdict == Verdict.Valid)
            {
                survivors.Add($"{mutation.Path}: {mutation.What}");
            }
        }

        Assert.IsEmpty(survivors, string.Join('\n', survivors));
        Assert.IsGreaterThan(1500, count);
    }

    [TestMethod]
    public void Verify_DuplicateMember_IsNotValid()
    {
        EvidenceBuilder built = new EvidenceBuilder().Build();
        string text = System.Text.Encoding.UTF8.GetString(built.File.ToUtf8());
        string twice = text.Replace("\"entry\":", "\"entry\": \"\", \"entry\":", StringComparison.Ordinal);
        Assert.AreNotEqual(text, twice);

        VerificationReport report = EvidenceVerifier.Verify(
            System.Text.Encoding.UTF8.GetBytes(twice), built.Policy, EvidenceBuilder.Options);

        Assert.AreEqual(Verdict.Invalid, report.Verdict);
        Assert.AreEqual(ReasonCodes.MalformedFile, report.Step(StepCode.Format).Reason);
    }

    [TestMethod]
    public void Verify_ArbitraryBytes_NeverThrows()
    {
        EvidenceBuilder built = new EvidenceBuilder { Consensus = ConsensusType.Clique }.Build();
        byte[] valid = JsonText.WriteLine(Parse(built.File.ToUtf8()));
        Random random = new(5);
        for (int i = 0; i < 2000; i++)
        {
            byte[] changed = [.. valid];
            for (int n = random.Next(1, 5); n > 0; n--)
            {
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
            }

            VerificationReport report = EvidenceVerifier.Verify(changed, built.Policy, EvidenceBuilder.Options);
            Assert.HasCount(9, report.Steps);
        }

        for (int length = 0; length < valid.Length; length += 97)
        {
            Assert.AreEqual(
                Verdict.Invalid, EvidenceVerifier.Verify(valid.AsSpan(0, length), built.Policy, EvidenceBuilder.Options).Verdict);
        }
    }

    private static void AssertTellsTheTruth(VerificationReport report, string effect)
    {
        Assert.AreEqual(Verdict.Valid, report.Verdict, effect);
        Assert.IsNotNull(report.Record);
        Assert.AreEqual(effect != "withheld", report.Record.IsComplete);
        Assert.AreEqual(effect == "terms", report.Record.NotCompared.Contains(RecordFacts.TermsWithheld));
        Assert.AreEqual(effect == "status", report.Status is null);
        if (effect == "status")
        {
            Assert.AreEqual(ReasonCodes.NoStatus, report.Step(StepCode.Status).Reason);
        }
    }

    private static JsonValue Parse(byte[] utf8)
    {
        Assert.IsTrue(StrictJson.TryParse(utf8, JsonLimits.Document, out JsonValue? value, out ParseProblem? problem), problem?.ToString());
        return value;
    }
}
