using LedgerCredit.Node.Running;
using LedgerCredit.Service.Health;

namespace LedgerCredit.Service.Tests;

/// <summary>What keeps a node from being ready, and what of it keeps records out.</summary>
[TestClass]
public sealed class ReadinessTests
{
    [TestMethod]
    [DataRow(false, false, false, false)]
    [DataRow(false, true, false, false)]
    [DataRow(true, false, false, true)]
    [DataRow(true, true, true, true)]
    public void Start_UntilLogsAreComparedAndTheLedgerIsRead_IsNotReady(bool hasComparedLogs, bool hasReadLedger, bool isReady, bool takesRecords)
    {
        Readiness readiness = new();
        readiness.Watch(() => hasComparedLogs, () => hasReadLedger);

        Assert.AreSequenceEqual(isReady ? [] : (string[])["starting"], readiness.Problems.Select(problem => problem.Key));
        Assert.AreEqual(takesRecords, readiness.WriteProblem is null);
    }

    [TestMethod]
    public void Ledger_LostAndBack_TakesRecordsMeanwhile()
    {
        Readiness readiness = new();
        readiness.Watch(() => true, () => true);

        readiness.Take(new NodeNote("ledger-lost", "It does not answer.", []));
        Assert.AreSequenceEqual((string[])["ledger"], readiness.Problems.Select(problem => problem.Key));
        Assert.IsNull(readiness.WriteProblem);

        readiness.SetHistory();
        Assert.AreSequenceEqual((string[])["history", "ledger"], readiness.Problems.Select(problem => problem.Key));
        Assert.IsNotNull(readiness.WriteProblem);

        readiness.Take(new NodeNote("ledger-back", "It answers.", []));
        Assert.AreSequenceEqual((string[])["history"], readiness.Problems.Select(problem => problem.Key));
        Assert.IsNotNull(readiness.WriteProblem);
    }
}
