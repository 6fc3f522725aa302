using System.Runtime.ExceptionServices;
using LedgerCredit.Contracts;
using LedgerCredit.Ethereum.Keys;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Node.Anchoring;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Members;
using LedgerCredit.Node.Telemetry;
using LedgerCredit.Node.Witnessing;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives.Cryptography;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Running;

/// <summary>Has witnesses cosign the logs of the members whose keys are here, and anchors them.</summary>
/// <remarks>A member whose key is elsewhere anchors its log from there. Not thread-safe.</remarks>
internal sealed class AnchorRound(KeyRing keys, CheckpointTimes times, PublishedCheckpoints published, TimeProvider timeProvider, Action<NodeNote> report) : IDisposable
{
    // A witness that is just not too slow to be asked again, about many logs, would put off the next round.
    private static readonly TimeSpan WitnessPatience = TimeSpan.FromSeconds(45);

    // The contract's error for a log that no organisation has registered.
    private const string UnknownLog = "EvidenceLogUnknownLog";

    // Opening a protected key takes about a second on purpose, so each is opened once.
    private readonly Dictionary<string, Secp256k1Key> _accounts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _problems = new(StringComparer.Ordinal);
    private readonly HashSet<string> _compared = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Issuer, string Witness), string> _witnessProblems = [];
    private readonly WitnessClient _witnessClient = new(WitnessClient.DefaultTimeout, timeProvider);

    /// <summary>Called in each round in which all logs are known to fit to the ledger, before anything is anchored.</summary>
    internal Action HasComparedAll { get; init; } = () => { };

    /// <summary>Compares the logs that were not compared yet, brings every log onto the ledger that has grown, and waits for it.</summary>
    /// <param name="workspace">The workspace as it is configured now.</param>
    /// <param name="rpcUrl">Another endpoint than the configured one, or null.</param>
    /// <param name="cancellationToken">Stops between steps of the anchoring protocol.</param>
    /// <exception cref="Log.LogIntegrityException">Store and ledger have different histories. Nothing was sent.</exception>
    /// <exception cref="LedgerStalledException">A log waits for the ledger, and was told of; all others were anchored.</exception>
    internal Task RunAsync(Workspace workspace, string? rpcUrl, CancellationToken cancellationToken) =>
        NodeTraces.RunAsync(NodeTraces.AnchorRound, _ => AnchorAllAsync(workspace, rpcUrl, cancellationToken));

    private async Task AnchorAllAsync(Workspace workspace, string? rpcUrl, CancellationToken cancellationToken)
    {
        using Store store = workspace.OpenStore(StoreAccess.Write);
        IReadOnlyList<StoredLog> all = store.Logs.ReadAll();
        List<StoredLog> logs = [.. all.Where(log => store.Checkpoints.FindLatest(log.Number) is not null && keys.Has(KeystoreKeyType.Account, log.Issuer))];
        if (logs.Count == 0 && all.All(IsCompared))
        {
            HasComparedAll();
            return;
        }

        using LedgerSession session = await LedgerSession.ConnectAsync(workspace, rpcUrl, timeProvider, cancellationToken);
        await CompareAsync(session, store, [.. all.Where(log => !IsCompared(log))], cancellationToken);
        if (all.All(IsCompared))
        {
            HasComparedAll();
        }

        Anchorer anchorer = new(session, store, LedgerFinality.Of(workspace.Config, timeProvider), timeProvider) { Times = times };

        // Nobody waits for a witness: what is anchored is what the witnesses are asked for at the same time, though records are added meanwhile,
        // which wait for the next round. One that is down or refuses is told of and keeps nothing from being anchored. A crash leaves anchors whose
        // cosignatures were not kept: the next round has them, or where the log has grown, a later anchor has.
        using Store asking = workspace.OpenStore(StoreAccess.Write);
        using CancellationTokenSource patience = new(WitnessPatience, timeProvider);
        StoredLog[] compared = [.. logs.Where(IsCompared)];
        IReadOnlyList<AskedCheckpoint> asked = new WitnessRound(asking, workspace.Config.Witnesses, _witnessClient).Begin(compared, Tell, patience.Token, cancellationToken);
        List<(StoredLog Log, AskedCheckpoint Asked)> rounds = [.. compared.Zip(asked)];
        Task publishing = Task.WhenAll(rounds.Select(round => PublishAsync(round.Log, round.Asked)));
        try
        {
            await AnchorEachAsync(anchorer, rounds, workspace.Config, cancellationToken);
        }
        catch (Exception e) when (e is not LedgerStalledException)
        {
            // Whoever has to hear of it hears of it now.
            await patience.CancelAsync();
            throw;
        }
        finally
        {
            try
            {
                // The store is theirs until all have had their say. What they find is told before that the ledger stalls.
                await publishing;
            }
            finally
            {
                published.EndRound();
            }
        }
    }

    private async Task AnchorEachAsync(Anchorer anchorer, IEnumerable<(StoredLog Log, AskedCheckpoint Asked)> rounds, WorkspaceConfig config, CancellationToken cancellationToken)
    {
        LedgerStalledException? stalled = null;
        foreach ((StoredLog log, AskedCheckpoint asked) in rounds)
        {
            try
            {
                await AnchorAsync(anchorer, log, config, config.Witnesses.Count == 0 ? ulong.MaxValue : asked.TreeSize, cancellationToken);
            }
            catch (LedgerStalledException e)
            {
                // A log whose transaction is not mined, or whose anchor is not shown, keeps no other one waiting.
                Tell(log.Issuer, e.Message);
                stalled ??= e;
            }
        }

        if (stalled is not null)
        {
            ExceptionDispatchInfo.Throw(stalled);
        }
    }

    private async Task PublishAsync(StoredLog log, AskedCheckpoint asked) => published.TakeRound(log.Number, asked.TreeSize, await asked.Cosignatures);

    // Each log once, before anything of it is anchored and before records are taken: where the ledger knows it with more or with other
    // entries, the store is an older copy, and the log must not be gone on with. Those as well that are anchored from elsewhere, and those
    // without entries, which must not be begun anew.
    private async Task CompareAsync(LedgerSession session, Store store, IReadOnlyList<StoredLog> logs, CancellationToken cancellationToken)
    {
        foreach (StoredLog log in logs)
        {
            try
            {
                (await LedgerComparison.CompareAsync(session, store, log, cancellationToken)).RequireSameHistory(log);
                _compared.Add(log.Issuer);
                _problems.Remove(log.Issuer);
            }
            catch (Exception e) when (e is ContractRevertException or JsonRpcException)
            {
                // Nothing is known of this log: it is left alone, and compared in the next round. The others go on.
                NodeMetrics.AnchorRefused(log.Issuer);
                Tell(log.Issuer, $"it could not be compared with the ledger. {e.Message}");
            }
        }
    }

    private bool IsCompared(StoredLog log) => _compared.Contains(log.Issuer);

    public void Dispose()
    {
        _witnessClient.Dispose();
        foreach (Secp256k1Key key in _accounts.Values)
        {
            key.Dispose();
        }
    }

    private async Task AnchorAsync(Anchorer anchorer, StoredLog log, WorkspaceConfig config, ulong upTo, CancellationToken cancellationToken)
    {
        try
        {
            AnchorOutcome outcome = await anchorer.AnchorAsync(log, AccountOf(log.Issuer), wait: true, upTo, cancellationToken);
            _problems.Remove(log.Issuer);
            if (outcome.TransactionHash is not null)
            {
                report(NodeNotes.Of(outcome));
            }
        }
        catch (Exception e) when (e is ContractRevertException or JsonRpcException)
        {
            // This log's own trouble, such as a suspended member: the others go on.
            NodeMetrics.AnchorRefused(log.Issuer);
            Tell(log.Issuer, e is ContractRevertException { Error.Name: UnknownLog } && config.FindMember(log.Issuer) is MemberConfig member
                ? $"{e.Message} {MemberRegistry.HowToRegister(member)}"
                : e.Message);
        }
    }

    // It is tried again each time, and told when it changes.
    private void Tell(string issuer, string problem)
    {
        if (_problems.GetValueOrDefault(issuer) != problem)
        {
            _problems[issuer] = problem;
            report(NodeNotes.OfRefusedAnchor(issuer, problem));
        }
    }

    private void Tell(WitnessOutcome outcome)
    {
        (string, string) key = (outcome.Issuer, outcome.Witness);
        if (outcome.Problem is null)
        {
            _witnessProblems.Remove(key);
            report(NodeNotes.Of(outcome));
        }
        else if (_witnessProblems.GetValueOrDefault(key) != outcome.Problem)
        {
            _witnessProblems[key] = outcome.Problem;
            report(NodeNotes.Of(outcome));
        }
    }

    private Secp256k1Key AccountOf(string issuer)
    {
        if (!_accounts.TryGetValue(issuer, out Secp256k1Key? key))
        {
            key = keys.OpenAccount(issuer);
            _accounts.Add(issuer, key);
        }

        return key;
    }
}
