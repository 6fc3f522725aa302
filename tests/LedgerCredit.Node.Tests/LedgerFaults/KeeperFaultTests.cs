using System.Security.Cryptography;
using LedgerCredit.Contracts;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Running;
using LedgerCredit.Node.Tests.Keeping;
using LedgerCredit.Repair.Cases;
using LedgerCredit.Testing;

namespace LedgerCredit.Node.Tests.LedgerFaults;

/// <summary>The keeper's transaction meets faults: the case is moved on once, and the keeper spends one nonce on it.</summary>
[TestClass]
public sealed class KeeperFaultTests
{
    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    [DataRow("request lost", true)]
    [DataRow("answer lost", true)]
    [DataRow("answer garbled", true)]
    [DataRow("request doubled", false)]
    [DataRow("internal error", true)]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task RunOnce_SendingMeetsTheFault_RepairsOnceWithTheNextRound(string fault, bool isToldAsTrouble)
    {
        await using KeeperScene keeping = await KeeperScene.StartAsync(Token);
        await using RpcFaultProxy proxy = new(new Uri(keeping.Scene.Ledger.Url));
        ulong until = await keeping.PutFactsAsync(sanction: 0, caseId: 1, Token);
        await keeping.Scene.PassToAsync(until, Token);
        proxy.On("eth_sendRawTransaction", AnchorTransportFaultTests.FaultOf(fault));
        List<NodeNote> notes = [];

        Exception? end = await RunOnceAsync(keeping, proxy, notes);

        Assert.IsTrue(end is null or LedgerException, end?.ToString());
        Assert.IsGreaterThan(0, proxy.Struck);
        Assert.AreEqual(isToldAsTrouble, end is not null || notes.Any(note => note.Kind == "keeper-failed"), $"{end} {string.Join(' ', notes)}");
        proxy.Heal();
        await keeping.Scene.PassAsync(120, Token);
        Assert.IsNull(await RunOnceAsync(keeping, proxy, notes));
        await keeping.Scene.PassAsync(1, Token);
        Assert.IsNull(await RunOnceAsync(keeping, proxy, notes));

        Assert.AreEqual(CaseStage.Repaired, keeping.Index.FindCase(1)!.Stage);
        Assert.AreEqual(1UL, await keeping.CountSentAsync(Token));
        await LedgerIndex.IndexChecks.CheckAsync(keeping.Scene, keeping.Store, Token);
    }

    // The node's clock is a day off, either way: cases go by the ledger's clock alone.
    [TestMethod]
    [DataRow(-1)]
    [DataRow(1)]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task RunOnce_NodesClockIsADayOff_RepairsWhenTheLedgersTimeHasCome(int days)
    {
        await using KeeperScene keeping = await KeeperScene.StartAsync(Token);
        await using RpcFaultProxy proxy = new(new Uri(keeping.Scene.Ledger.Url));
        ulong until = await keeping.PutFactsAsync(sanction: 0, caseId: 1, Token);
        HurriedTimeProvider clock = new(factor: 1, TimeSpan.FromDays(days));

        Assert.IsNull(await RunOnceAsync(keeping, proxy, [], clock));
        Assert.AreEqual(SanctionState.UnderRepair, (await keeping.Scene.Desk.FetchStatusAsync(keeping.Scene.Leaves[0], Token)).State);

        await keeping.Scene.PassToAsync(until, Token);
        Assert.IsNull(await RunOnceAsync(keeping, proxy, [], clock));
        Assert.AreEqual(SanctionState.Repaired, (await keeping.Scene.Desk.FetchStatusAsync(keeping.Scene.Leaves[0], Token)).State);
        Assert.AreEqual(1UL, await keeping.CountSentAsync(Token));
    }

    private async Task<Exception?> RunOnceAsync(KeeperScene keeping, RpcFaultProxy proxy, List<NodeNote> notes, TimeProvider? clock = null)
    {
        using RandomNumberGenerator chance = RandomNumberGenerator.Create();
        using NodeService node = NodeService.Open(
            keeping.Workspace.Workspace, keeping.Workspace.Keys, new NodeOptions { RpcUrl = proxy.Url }, notes.Add, clock ?? TimeProvider.System, chance);
        try
        {
            await node.RunOnceAsync(Token);
            return null;
        }
        catch (Exception e) when (e is LedgerException or LedgerStalledException)
        {
            return e;
        }
    }
}
