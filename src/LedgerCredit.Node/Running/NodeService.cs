using System.Data.Common;
using System.Security.Cryptography;
using LedgerCredit.Ethereum;
using LedgerCredit.Ethereum.Keys;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Node.Devnets;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Outbox;
using LedgerCredit.Node.Telemetry;
using LedgerCredit.Node.Witnessing;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives.Cryptography;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Running;

/// <summary>A node at work: follows the ledger, moves cases on, records their steps, tells supervisors, anchors logs.</summary>
/// <remarks>
/// <para>
/// Loops that do not wait for each other, each with a store and a connection of its own: the ledger, the anchors, the
/// outbox; and one that looks at the store for who watches the node. Whatever one of them does is complete or not begun in the store at any moment, so that the node may be stopped or
/// killed anywhere.
/// </para>
/// <para>
/// A ledger that does not answer and a store that another process holds are waited for. Everything else ends the node, with
/// the exception that says what to do: a ledger with another history, a damaged store, a configuration that is not valid.
/// </para>
/// </remarks>
public sealed class NodeService : IDisposable
{
    private readonly string _folder;
    private readonly KeyRing _keys;
    private readonly NodeOptions _options;
    private readonly Action<NodeNote> _report;
    private readonly TimeProvider _timeProvider;
    private readonly RandomNumberGenerator _random;
    private readonly NodeLock _lock;
    private readonly Secp256k1Key _keeperKey;
    private readonly LedgerWatch _watch;
    private readonly StoreWatch _storeWatch;
    private readonly Lock _reporting = new();
    private volatile bool _hasComparedLogs;
    private volatile bool _hasReadLedger;
    private volatile bool _isLedgerSilent;

    // Owned by the loop of the outbox; made when there is the first endpoint.
    private Ed25519Key? _webhookKey;
    private OutboxSender? _sender;

    private NodeService(
        Workspace workspace,
        KeyRing keys,
        NodeOptions options,
        NodeLock nodeLock,
        Secp256k1Key keeperKey,
        Action<NodeNote> report,
        TimeProvider timeProvider,
        RandomNumberGenerator random)
    {
        _folder = workspace.Folder;
        _keys = keys;
        _options = options;
        _lock = nodeLock;
        _keeperKey = keeperKey;
        _timeProvider = timeProvider;
        _random = random;
        _report = note =>
        {
            // The loops speak at the same time.
            lock (_reporting)
            {
                report(note);
            }
        };
        _watch = new LedgerWatch(_report);
        _storeWatch = new StoreWatch(timeProvider);
        Published = new PublishedCheckpoints(options.AnchorEvery, timeProvider);
    }

    /// <summary>Another endpoint of the same ledger than the configured one, or null: <see cref="NodeOptions.RpcUrl"/>.</summary>
    public string? RpcUrl => _options.RpcUrl;

    /// <summary>How often new entries are anchored: <see cref="NodeOptions.AnchorEvery"/>.</summary>
    public TimeSpan AnchorEvery => _options.AnchorEvery;

    /// <summary>Which checkpoints a service shows beside the loops, by what the witnesses cosigned.</summary>
    public PublishedCheckpoints Published { get; }

    /// <summary>Whether each log was compared with the ledger since the node began, and they fit together.</summary>
    public bool HasComparedLogs => _hasComparedLogs;

    /// <summary>Whether there was no answer from the ledger when logs were to be compared or anchored last. An error is an answer, and so is nonsense.</summary>
    public bool IsLedgerSilent => _isLedgerSilent;

    /// <summary>Whether the ledger's events were read up to its newest block since the node began: roles, representatives and cases are those of now.</summary>
    public bool HasReadLedger => _hasReadLedger;

    /// <summary>Takes the workspace and opens the keeper's key, which is made where there is none.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="keys">Its keys. Their password is asked for now, not in the middle of the work.</param>
    /// <param name="options">How to run.</param>
    /// <param name="report">Told of everything that was done, one at a time.</param>
    /// <param name="timeProvider">The clock of pauses and of the outbox. Cases go by the ledger's.</param>
    /// <param name="random">The chance in nonces and pauses.</param>
    /// <exception cref="WorkspaceException">Another node works on it, there are no contracts, or a key cannot be opened.</exception>
    public static NodeService Open(
        Workspace workspace,
        KeyRing keys,
        NodeOptions options,
        Action<NodeNote> report,
        TimeProvider timeProvider,
        RandomNumberGenerator random)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(options);
        if (workspace.Config.Ledger.Contracts is null)
        {
            throw new WorkspaceException("This workspace knows no contracts yet. Deploy them with 'ledgercredit contracts deploy', or name those of others with 'contracts use'.");
        }

        // The key that triggers must not be one that decides.
        if (workspace.Config.FindMember(KeyRing.KeeperName) is not null)
        {
            throw new WorkspaceException($"This workspace has a member '{KeyRing.KeeperName}', so that the node has no key of its own to move cases on. Run the node in another workspace.");
        }

        NodeLock taken = NodeLock.Take(workspace);
        try
        {
            if (!keys.Has(KeystoreKeyType.Account, KeyRing.KeeperName))
            {
                keys.CreateAccount(KeyRing.KeeperName);
            }

            return new NodeService(workspace, keys, options, taken, keys.OpenAccount(KeyRing.KeeperName), report, timeProvider, random);
        }
        catch
        {
            taken.Dispose();
            throw;
        }
    }

    /// <summary>Works until it is cancelled, which it takes for an orderly end.</summary>
    /// <exception cref="WorkspaceException">The ledger is another one, or the configuration is not valid any more.</exception>
    /// <exception cref="Log.LogIntegrityException">Store and ledger have different histories, or the store was altered.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        _report(NodeNotes.OfStart(Workspace.Open(_folder), Address.FromPublicKey(_keeperKey.PublicKey)));
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task[] loops =
        [
            Task.Run(() => FollowLedgerAsync(stop.Token), CancellationToken.None),
            Task.Run(() => AnchorLogsAsync(stop.Token), CancellationToken.None),
            Task.Run(() => SendOutboxAsync(stop.Token), CancellationToken.None),
            Task.Run(() => WatchStoreAsync(stop.Token), CancellationToken.None),
        ];

        // A loop ends by itself only where the node cannot go on; the others then end where nothing is half done.
        await Task.WhenAny(loops);
        await stop.CancelAsync();
        await Task.WhenAll(loops);
        _report(new NodeNote("stopped", "The node has stopped.", []));
    }

    /// <summary>Does everything that is due now, once.</summary>
    /// <exception cref="LedgerException">The ledger does not answer.</exception>
    /// <exception cref="WorkspaceException">The ledger is another one.</exception>
    /// <exception cref="Log.LogIntegrityException">Store and ledger have different histories, or the store was altered.</exception>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        Workspace workspace = Workspace.Open(_folder);
        _storeWatch.Look(workspace);
        using (LedgerRound round = await OpenRoundAsync(workspace, cancellationToken))
        {
            await round.RunAsync(workspace, cancellationToken);
        }

        using (AnchorRound anchors = new(_keys, _storeWatch.Times, Published, _timeProvider, _report))
        {
            await anchors.RunAsync(workspace, _options.RpcUrl, cancellationToken);
        }

        await SendDueAsync(cancellationToken);
        _storeWatch.Look(workspace);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _sender?.Dispose();
        _webhookKey?.Dispose();
        _storeWatch.Dispose();
        _keeperKey.Dispose();
        _lock.Dispose();
    }

    private async Task FollowLedgerAsync(CancellationToken cancellationToken)
    {
        LedgerRound? round = null;
        try
        {
            await RepeatAsync(
                _options.PollEvery,
                async () =>
                {
                    Workspace workspace = Workspace.Open(_folder);
                    round ??= await OpenRoundAsync(workspace, cancellationToken);
                    await round.RunAsync(workspace, cancellationToken);
                    _hasReadLedger = true;
                    _watch.Answered();
                },
                () =>
                {
                    // The next connection asks anew whether it is the same ledger with the same contracts.
                    round?.Dispose();
                    round = null;
                },
                cancellationToken);
        }
        finally
        {
            round?.Dispose();
        }
    }

    private async Task AnchorLogsAsync(CancellationToken cancellationToken)
    {
        using AnchorRound anchors = new(_keys, _storeWatch.Times, Published, _timeProvider, _report) { HasComparedAll = () => _hasComparedLogs = true };
        await RepeatAsync(
            _options.AnchorEvery,
            async () =>
            {
                try
                {
                    await anchors.RunAsync(Workspace.Open(_folder), _options.RpcUrl, cancellationToken);
                    _isLedgerSilent = false;
                }
                catch (LedgerStalledException)
                {
                    // Told with its log. The ledger answers, so that it is not lost; the next round goes on with the log.
                    _isLedgerSilent = false;
                }
                catch (Exception e) when (LedgerWatch.IsTrouble(e))
                {
                    _isLedgerSilent = e is LedgerUnavailableException or DevnetException;
                    throw;
                }
            },
            () => { },
            cancellationToken);
    }

    private Task SendOutboxAsync(CancellationToken cancellationToken) =>
        RepeatAsync(_options.PollEvery, () => SendDueAsync(cancellationToken), () => { }, cancellationToken);

    private Task WatchStoreAsync(CancellationToken cancellationToken) =>
        RepeatAsync(
            _options.PollEvery,
            () =>
            {
                _storeWatch.Look(Workspace.Open(_folder));
                return Task.CompletedTask;
            },
            () => { },
            cancellationToken);

    private async Task SendDueAsync(CancellationToken cancellationToken)
    {
        Workspace workspace = Workspace.Open(_folder);
        if (workspace.Config.Supervisors.Count == 0)
        {
            return;
        }

        if (_sender is null)
        {
            // 'node endpoint add' makes the key; an endpoint written into the configuration by hand has none yet.
            _keys.EnsureWebhookKey();
            _webhookKey = _keys.OpenWebhookKey();
            _sender = new OutboxSender(workspace, new WebhookSigner(_webhookKey, _timeProvider, _random), OutboxSender.DefaultAttemptTimeout, _timeProvider, _random);
        }

        await _sender.SendDueAsync(workspace.Config.Supervisors, outcome => _report(NodeNotes.Of(outcome)), cancellationToken);
    }

    private Task<LedgerRound> OpenRoundAsync(Workspace workspace, CancellationToken cancellationToken) =>
        LedgerRound.OpenAsync(workspace, _options.RpcUrl, _keys, _keeperKey, _storeWatch, _timeProvider, _report, cancellationToken);

    // Round after round until it is cancelled. What may pass is waited for, longer each time; what may not ends the loop.
    private async Task RepeatAsync(TimeSpan period, Func<Task> round, Action afterTrouble, CancellationToken cancellationToken)
    {
        TimeSpan pause = period;
        try
        {
            while (true)
            {
                try
                {
                    await round();
                    pause = period;
                }
                catch (Exception e) when (LedgerWatch.IsTrouble(e))
                {
                    _watch.Lost(e);
                    afterTrouble();
                    pause = Longer(pause);
                }
                catch (DbException e) when (StoreFailure.Classify(e) is { Kind: StoreFailureKind.Busy or StoreFailureKind.DiskFull or StoreFailureKind.Io or StoreFailureKind.ReadOnly } failure)
                {
                    // Another process, or the disk: what may pass. Nothing was kept of the round.
                    _report(new NodeNote("store-busy", $"{failure.Message} The node tries again.", [new JsonMember("problem", new JsonString(failure.Message))]));
                    afterTrouble();
                    pause = Longer(pause);
                }

                await Task.Delay(pause, _timeProvider, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The orderly end.
        }
    }

    private TimeSpan Longer(TimeSpan pause) => pause * 2 < _options.LongestLedgerPause ? pause * 2 : _options.LongestLedgerPause;
}
