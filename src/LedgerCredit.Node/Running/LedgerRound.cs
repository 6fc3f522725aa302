using LedgerCredit.Contracts;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Node.Anchoring;
using LedgerCredit.Node.Keeping;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Outbox;
using LedgerCredit.Node.RepairRecords;
using LedgerCredit.Node.Telemetry;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives.Cryptography;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Running;

/// <summary>Follows the ledger and does what follows from it: one connection, one store, round after round.</summary>
internal sealed class LedgerRound : IDisposable
{
    private readonly LedgerSession _session;
    private readonly Store _store;
    private readonly KeyRing _keys;
    private readonly TimeProvider _timeProvider;
    private readonly Action<NodeNote> _report;
    private readonly LedgerIndexer _indexer;
    private readonly LedgerIndexReader _index;
    private readonly Keeper _keeper;
    private readonly HashSet<int> _compared = [];

    private LedgerRound(LedgerSession session, Store store, LedgerFinality finality, KeyRing keys, Secp256k1Key keeperKey, StoreWatch watch, TimeProvider timeProvider, Action<NodeNote> report)
    {
        _session = session;
        _store = store;
        _keys = keys;
        _timeProvider = timeProvider;
        _report = report;
        _indexer = new LedgerIndexer(session.Client, session.Contracts, store, finality);
        watch.Follow(_indexer);
        _index = new LedgerIndexReader(store);
        _keeper = new Keeper(session, store, keeperKey, timeProvider);
    }

    /// <summary>Connects to the ledger and opens the store.</summary>
    internal static async Task<LedgerRound> OpenAsync(
        Workspace workspace,
        string? rpcUrl,
        KeyRing keys,
        Secp256k1Key keeperKey,
        StoreWatch watch,
        TimeProvider timeProvider,
        Action<NodeNote> report,
        CancellationToken cancellationToken)
    {
        LedgerSession session = await LedgerSession.ConnectAsync(workspace, rpcUrl, timeProvider, cancellationToken);
        try
        {
            return new LedgerRound(session, workspace.OpenStore(StoreAccess.Write), LedgerFinality.Of(workspace.Config, timeProvider), keys, keeperKey, watch, timeProvider, report);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Does everything that is due now.</summary>
    /// <remarks>
    /// Each step finds out from the store what is left to do, so that a crash anywhere leaves nothing but work for the next round.
    /// </remarks>
    /// <param name="workspace">The workspace as it is configured now.</param>
    /// <param name="cancellationToken">Stops between steps.</param>
    /// <exception cref="Log.LogIntegrityException">Store and ledger have different histories. Nothing was recorded.</exception>
    internal Task RunAsync(Workspace workspace, CancellationToken cancellationToken) =>
        NodeTraces.RunAsync(NodeTraces.IndexRound, _ => FollowAsync(workspace, cancellationToken));

    private async Task FollowAsync(Workspace workspace, CancellationToken cancellationToken)
    {
        // 1. Index. A crash after a range keeps that range.
        await _indexer.CatchUpAsync(cancellationToken);

        // 2. Move cases on. A crash behind a transaction leaves it on the ledger, where step 1 of the next round finds it.
        if (await _keeper.RunAsync(act => _report(NodeNotes.Of(act, _index.NameOf(act.Task.Objector))), cancellationToken) > 0)
        {
            await _indexer.CatchUpAsync(cancellationToken);
        }

        // 3. Record the steps that became final, once all logs are known to be those of the ledger: a store that was restored from an older
        //    copy would fork them. A crash leaves the rest of the steps for the next round.
        LedgerFinality finality = LedgerFinality.Of(workspace.Config, _timeProvider);
        if (await AreComparedAsync(cancellationToken))
        {
            foreach (RecordedStep recorded in new RepairRecorder(workspace, _store, _keys, workspace.LoadRulePacks(), finality).Record(cancellationToken))
            {
                _report(NodeNotes.Of(recorded));
            }
        }

        // 4. Put what supervisors are to be told into the outbox. Each endpoint is one transaction.
        OutboxFiller filler = new(_store, new DeskOrigin(workspace.Config.Network, _session.ChainId, _session.Contracts.RepairDesk), finality, _timeProvider);
        foreach (SupervisorConfig endpoint in workspace.Config.Supervisors)
        {
            filler.Fill(endpoint.Name);
        }
    }

    // Each log once for a connection. Where one cannot be compared, anchoring says so, and the steps wait.
    private async Task<bool> AreComparedAsync(CancellationToken cancellationToken)
    {
        foreach (StoredLog log in _store.Logs.ReadAll().Where(log => !_compared.Contains(log.Number)))
        {
            try
            {
                (await LedgerComparison.CompareAsync(_session, _store, log, cancellationToken)).RequireSameHistory(log);
            }
            catch (Exception e) when (e is ContractRevertException or JsonRpcException)
            {
                return false;
            }

            _compared.Add(log.Number);
        }

        return true;
    }

    public void Dispose()
    {
        _store.Dispose();
        _session.Dispose();
    }
}
