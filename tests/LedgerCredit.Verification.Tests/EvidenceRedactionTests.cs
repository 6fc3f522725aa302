using LedgerCredit.Primitives;

namespace LedgerCredit.Verification.Tests;

[TestClass]
public sealed class EvidenceRedactionTests
{
    private static readonly EvidenceBuilder Built = new EvidenceBuilder().Build();

    [TestMethod]
    [DataRow(false, false)]
    [DataRow(false, true)]
    [DataRow(true, false)]
    [DataRow(true, true)]
    public void TryRedact_TwoMembers_ProvesThoseAndSaysHowManyAreWithheld(bool keepTerms, bool keepStatus)
    {
        Assert.IsTrue(EvidenceRedaction.TryRedact(
            Built.File, ["id", "claims.grade"], keepTerms, keepStatus, out EvidenceFile? redacted, out ParseProblem? problem), problem?.ToString());

        VerificationReport report = EvidenceVerifier.Verify(redacted.ToUtf8(), Built.Policy, EvidenceBuilder.Options);
        Assert.AreEqual(Verdict.Valid, report.Verdict);
        Assert.AreSequenceEqual(new[] { "id", "claims.grade" }, report.Record!.Disclosed.Select(d => d.Name));
        Assert.AreEqual(11, report.Record.WithheldCount);
        Assert.AreEqual(keepTerms, !redacted.Record.Terms.IsEmpty);
        Assert.AreEqual(keepStatus, report.Status is not null);
        Assert.AreEqual(keepTerms, !report.Record.NotCompared.Contains(RecordFacts.TermsWithheld));
    }

    [TestMethod]
    public void TryRedact_AllWithheld_StillProvesThatARecordExists()
    {
        Assert.IsTrue(EvidenceRedaction.TryRedact(Built.File, [], keepTerms: false, keepStatus: true, out EvidenceFile? redacted, out _));

        VerificationReport report = EvidenceVerifier.Verify(redacted, Built.Policy, EvidenceBuilder.Options);
        Assert.AreEqual(Verdict.Valid, report.Verdict);
        Assert.AreEqual(13, report.Record!.WithheldCount);
        Assert.IsNotNull(report.Status);
    }

    [TestMethod]
    public void TryRedact_NameThatIsNotDisclosed_IsRefused()
    {
        Assert.IsFalse(EvidenceRedaction.TryRedact(
            Built.File, ["id", "claims.nothing", "grade"], keepTerms: false, keepStatus: false, out _, out ParseProblem? problem));
        Assert.AreEqual("not-disclosed", problem.Code);
        Assert.Contains("claims.nothing, grade", problem.Message);
    }

    [TestMethod]
    public void TryRedact_MalformedDisclosure_IsRefused()
    {
        EvidenceFile file = Built.File with { Record = Built.File.Record with { Disclosures = ["!"] } };

        Assert.IsFalse(EvidenceRedaction.TryRedact(file, [], keepTerms: false, keepStatus: false, out _, out ParseProblem? problem));
        Assert.AreEqual("bad-base64url", problem.Code);
    }
}
