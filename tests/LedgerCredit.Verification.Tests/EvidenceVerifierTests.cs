using LedgerCredit.Evidence;

namespace LedgerCredit.Verification.Tests;

[TestClass]
public sealed class EvidenceVerifierTests
{
    [TestMethod]
    [DataRow(ConsensusType.Pinned)]
    [DataRow(ConsensusType.Qbft)]
    [DataRow(ConsensusType.Clique)]
    public void Verify_CompleteFile_IsValidInEveryStep(ConsensusType consensus)
    {
        EvidenceBuilder built = new EvidenceBuilder { Consensus = consensus }.Build();

        VerificationReport report = built.Verify();

        foreach (VerificationStep step in report.Steps)
        {
            Assert.AreEqual(StepOutcome.Pass, step.Outcome, $"{step.Code}: {step.Reason} {step.Detail}");
        }

        Assert.AreEqual(Verdict.Valid, report.Verdict);
        Assert.IsTrue(report.Record!.IsComplete);
        Assert.IsEmpty(report.Record.NotCompared);
        Assert.AreEqual(RecordKind.Sanction, report.Record.Kind);
        Assert.AreEqual(new AnchorFacts(11, TestLedger.TimeOf(110), 120, TestLedger.TimeOf(120)), report.Anchor);
        Assert.AreEqual(
            new RepairStatus(RepairState.Repaired, TestLedger.TimeOf(190), RepairState.None, 200, TestLedger.TimeOf(200)), report.Status);
    }
}
