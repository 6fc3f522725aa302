using System.Security.Cryptography;
using LedgerCredit.Contracts;
using LedgerCredit.Ethereum.Transactions;
using LedgerCredit.Log;
using LedgerCredit.Node.Anchoring;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Running;
using LedgerCredit.Primitives.Cryptography;
using LedgerCredit.Storage;
using LedgerCredit.Testing;

namespace LedgerCredit.Node.Tests.LedgerFaults;

/// <summary>A workspace whose node speaks to a real ledger through a proxy that can do it any wrong.</summary>
internal sealed class FaultScene : IAsyncDisposable
{
    internal const string Authority = TestWorkspace.Authority;

    /// <summary>Timeouts of ten seconds last one: long enough for a busy machine, short enough to wait for many.</summary>
    internal const int Hurry = 10;

    private readonly bool _ownsLedger;

    private FaultScene(TestLedger ledger, bool ownsLedger, TestWorkspace workspace)
    {
        Ledger = ledger;
        _ownsLedger = ownsLedger;
        Workspace = workspace;
        Proxy = new RpcFaultProxy(new Uri(ledger.Url));
    }

    internal TestLedger Ledger { get; }

    internal TestWorkspace Workspace { get; }

    internal RpcFaultProxy Proxy { get; }

    internal List<NodeNote> Notes { get; } = [];

    /// <summary>Makes a workspace with contracts of its own on a ledger that others use, too.</summary>
    internal static async Task<FaultScene> OnAsync(TestLedger ledger, CancellationToken cancellationToken) =>
        new(ledger, ownsLedger: false, await TestWorkspace.CreateAsync(ledger, [Authority], cancellationToken));

    /// <summary>Makes a workspace on a ledger of its own.</summary>
    internal static async Task<FaultScene> StartAsync(CancellationToken cancellationToken)
    {
        TestLedger ledger = await TestLedger.StartAsync(cancellationToken);
        try
        {
            return new FaultScene(ledger, ownsLedger: true, await TestWorkspace.CreateAsync(ledger, [Authority], cancellationToken));
        }
        catch
        {
            await ledger.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Proxy.DisposeAsync();
        Workspace.Dispose();
        if (_ownsLedger)
        {
            await Ledger.DisposeAsync();
        }
    }

    /// <summary>Appends records with the next numbers.</summary>
    internal void Append(int count)
    {
        using Store store = Workspace.OpenStore();
        int first = (int)store.Entries.Count(store.Logs.Find(Authority)!.Number);
        Workspace.Append(Authority, SampleRecords.Stated(Authority, first, count));
    }

    /// <summary>Anchors through the proxy, as a new process would.</summary>
    internal Task<AnchorOutcome> AnchorAsync(TimeProvider timeProvider, CancellationToken cancellationToken) =>
        AnchorAsync(Workspace, LedgerFinality.Of(Workspace.Workspace.Config, timeProvider), timeProvider, cancellationToken);

    internal async Task<AnchorOutcome> AnchorAsync(TestWorkspace workspace, LedgerFinality finality, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        using Store store = workspace.OpenStore();
        using Secp256k1Key key = workspace.Keys.OpenAccount(Authority);
        using LedgerSession session = await LedgerSession.ConnectAsync(workspace.Workspace, Proxy.Url, timeProvider, cancellationToken);
        return await new Anchorer(session, store, finality, timeProvider).AnchorAsync(store.Logs.Find(Authority)!, key, wait: true, cancellationToken);
    }

    /// <summary>Anchors through the proxy, and says how that failed; null where it did not.</summary>
    internal async Task<Exception?> TryAnchorAsync(TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        try
        {
            await AnchorAsync(timeProvider, cancellationToken);
            return null;
        }
        catch (Exception e) when (e is not (OperationCanceledException or AssertFailedException))
        {
            return e;
        }
    }

    /// <summary>Ends all faults, makes an ordinary round of the node, and re-verifies everything.</summary>
    /// <param name="anchors">The sizes of which the ledger and the store must know, each of them once.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    internal async Task HealAndCheckAsync(ulong[] anchors, CancellationToken cancellationToken)
    {
        Proxy.Heal();
        await RunNodeOnceAsync(TimeProvider.System, cancellationToken);
        await CheckAsync(anchors, cancellationToken);
    }

    /// <summary>Makes one round of the node through the proxy, as <c>node run --once</c> does.</summary>
    internal async Task RunNodeOnceAsync(TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        using NodeService node = NodeService.Open(
            Workspace.Workspace, Workspace.Keys, new NodeOptions { RpcUrl = Proxy.Url }, Notes.Add, timeProvider, random);
        await node.RunOnceAsync(cancellationToken);
    }

    /// <summary>Audits with the ledger, and sees that ledger and store have exactly these anchors, proven.</summary>
    internal async Task CheckAsync(ulong[] anchors, CancellationToken cancellationToken)
    {
        ulong entries = anchors.Length == 0 ? 0 : anchors[^1];
        await Workspace.CheckAsync(new Dictionary<string, ulong> { [Authority] = entries }, cancellationToken);
        Assert.AreSequenceEqual(anchors, await FetchAnchoredAsync(cancellationToken));
        IReadOnlyList<StoredAnchor> stored = Workspace.Anchors(Authority);
        Assert.AreSequenceEqual(anchors, stored.Select(anchor => anchor.TreeSize));
        Assert.IsTrue(stored.All(anchor => !anchor.IsInFlight));
    }

    /// <summary>The sizes that the ledger tells of, in its order.</summary>
    internal async Task<IEnumerable<ulong>> FetchAnchoredAsync(CancellationToken cancellationToken)
    {
        using LedgerSession session = await Workspace.ConnectAsync(cancellationToken);
        EvidenceLogContract contract = new(session.Client, session.Contracts.EvidenceLog);
        IReadOnlyList<AnchoredEvent> events = await contract.FetchAnchoredAsync(
            LogId.FromOrigin(Workspace.LogOf(Authority).Origin), 0, await session.Client.FetchBlockNumberAsync(cancellationToken), cancellationToken);
        return events.Select(anchored => anchored.TreeSize);
    }

    internal static SignedTransaction Decode(byte[] raw)
    {
        Assert.IsTrue(TransactionDecoder.TryDecode(raw, out SignedTransaction? transaction, out _));
        return transaction;
    }
}
