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
        readiness.Watch(() => hasComparedLogs, () => false, () => hasReadLedger);

        Assert.AreSequenceEqual(isReady ? [] : (string[])["starting"], readiness.Problems.Select(problem => problem.Key));
        Assert.AreEqual(takesRecords, readiness.WriteProblem is null);
    }

    [TestMethod]
    public void Ledger_LostAndBack_TakesRecordsMeanwhile()
    {
        Readiness readiness = new();
        readiness.Watch(() => true, () => true, () => true);

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

    // A store that was restored from an older copy would fork its logs.
    [TestMethod]
    [DataRow("ledger-lost", true, true, DisplayName = "it does not answer")]
    [DataRow("ledger-lost", false, false, DisplayName = "it answers with errors")]
    [DataRow("", true, false, DisplayName = "it is back, and the logs are not compared yet")]
    [DataRow("node", false, false, DisplayName = "it is another one")]
    [DataRow("node", true, false, DisplayName = "it did not answer, and came back as another one")]
    [DataRow("contracts", false, true, DisplayName = "there is none")]
    public void Ledger_LogsNotCompared_TakesRecordsOnlyWhereItIsSilentOrThereIsNone(string problem, bool isSilent, bool takesRecords)
    {
        bool hasComparedLogs = false;
        Readiness readiness = new();
        readiness.Watch(() => hasComparedLogs, () => isSilent, () => true);
        switch (problem)
        {
            case "node":
                readiness.Take(new NodeNote("ledger-lost", "It does not answer.", []));
                readiness.SetStopped();
                break;
            case "contracts":
                readiness.SetNoContracts("There are none.");
                break;
            default:
                readiness.Take(new NodeNote(problem, "It does not answer.", []));
                break;
        }

        Assert.AreEqual(takesRecords, readiness.WriteProblem is null, readiness.WriteProblem);
        hasComparedLogs = true;
        Assert.IsNull(readiness.WriteProblem);
        readiness.SetHistory();
        Assert.IsNotNull(readiness.WriteProblem);
    }
}
