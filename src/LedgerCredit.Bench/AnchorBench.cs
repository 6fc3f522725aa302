using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using LedgerCredit.Contracts;
using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Node.Anchoring;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Members;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Cryptography;
using LedgerCredit.Storage;

namespace LedgerCredit.Bench;

/// <summary>What anchoring costs: entries → tree → tiles → checkpoint, durable → final on the devnet, with its proof.</summary>
/// <remarks>
/// Each round anchors a new log, because an anchored one only grows. The peers keep hashes by the hundred in contracts on the same devnet, with
/// as many transactions in a block as fit; they do so with fewer records, because they would need a quarter of an hour.
/// </remarks>
public sealed class AnchorBench : IBench
{
    private const int PeerTransactions = 60;
    private const double TreeMustReachOfNodes = 0.7;
    private const double MustReachOfPeers = 25;
    private const int NodesInCache = 16_384;

    private readonly int _records;
    private readonly string _parent;
    private readonly byte[] _entries;
    private readonly Bytes32[] _children = new Bytes32[2 * NodesInCache];
    private readonly Bytes32[] _nodes = new Bytes32[NodesInCache];
    private readonly BenchMeasure _gas = new("gas of a record", "gas") { AtMost = 1 };
    private readonly BenchMeasure _registerGas = new("the same, a slot for each hash", "gas");
    private readonly BenchMeasure _serviceGas = new("the same, attestation service", "gas");
    private readonly BenchMeasure _wait = new("of it from sending to final with its proof", "s");

    private BenchWorkspace? _workspace;
    private LedgerSession? _session;
    private Secp256k1Key? _admin;
    private LedgerPeer? _register;
    private LedgerPeer? _service;
    private MemberConfig? _member;
    private int _round;

    /// <summary>Makes the bench.</summary>
    /// <param name="records">Entries of the log.</param>
    /// <param name="parent">Where to make files.</param>
    public AnchorBench(int records, string parent)
    {
        _records = records;
        _parent = parent;
        _entries = new byte[records * LogEntry.Length];
        for (int i = 0; i < _entries.Length; i++)
        {
            _entries[i] = (byte)(((long)i * 167) >> 3 & 0xff);
        }

        BenchWork nodes = BenchWork.Of("as many nodes of 65 bytes, the figure of 'bench hash'", records, HashNodes);
        BenchWork anchored = new("leaf hashes, tree, tiles and checkpoint in one transaction; anchored, final, proven", records, AnchorAsync);
        Figures =
        [
            new BenchFigure(
                "tree with its tiles",
                "entries",
                BenchWork.Of("leaf hashes appended as one batch", records, AppendTree),
                null,
                new BenchComparison(nodes, TreeMustReachOfNodes)),
            new BenchFigure(
                "entries anchored",
                "records",
                anchored,
                new BenchComparison(new BenchWork("Ethereum Attestation Service, multiTimestamp(100)", PeerTransactions * LedgerPeer.HashesAtOnce, RunServiceAsync), MustReachOfPeers),
                null),
            new BenchFigure(
                "entries anchored, again",
                "records",
                anchored with { RunAsync = AnchorNextAsync },
                new BenchComparison(new BenchWork("a contract that keeps each hash, by 100", PeerTransactions * LedgerPeer.HashesAtOnce, RunRegisterAsync), MustReachOfPeers),
                null),
        ];
    }

    /// <inheritdoc/>
    public string Name => "anchor";

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, string Value)> Settings =>
    [
        ("records", _records.ToString(CultureInfo.InvariantCulture)),
        ("ledger", "devnet, a block a second, 60 million gas a block"),
        ("durability", "synchronous=FULL, write-ahead log"),
        .. BenchMachine.DescribeDisk(_parent),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<BenchFigure> Figures { get; }

    /// <inheritdoc/>
    public IReadOnlyList<BenchMeasure> Measures => [_gas, _serviceGas, _registerGas, _wait];

    /// <inheritdoc/>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        _workspace = BenchWorkspace.Create(_parent);
        await _workspace.StartLedgerAsync(cancellationToken);
        _session = await _workspace.ConnectAsync(cancellationToken);
        _admin = _workspace.Keys.OpenAccount(KeyRing.AdminName);
        _service = await LedgerPeer.DeployAttestationServiceAsync(_session, _admin, cancellationToken);
        _register = await LedgerPeer.DeployHashRegisterAsync(_session, _admin, cancellationToken);
    }

    /// <inheritdoc/>
    public Task BeginRoundAsync(CancellationToken cancellationToken) => AddLogAsync(cancellationToken);

    /// <inheritdoc/>
    public Task EndRoundAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _admin?.Dispose();
        _session?.Dispose();
        if (_workspace is BenchWorkspace workspace)
        {
            _workspace = null;
            await workspace.DisposeAsync();
        }
    }

    private async Task AddLogAsync(CancellationToken cancellationToken)
    {
        string slug = string.Create(CultureInfo.InvariantCulture, $"bench-round-{_round++}");
        (_member, _) = new MemberRegistry(_workspace!.Workspace, _workspace.Keys).AddLocal(slug, [ConsortiumRole.Authority]);
        await _workspace.RegisterAsync(_member, cancellationToken);
    }

    private void HashNodes()
    {
        for (int done = 0; done < _records; done += NodesInCache)
        {
            int count = Math.Min(NodesInCache, _records - done);
            MerkleHash.Nodes(_children.AsSpan(0, 2 * count), _nodes.AsSpan(0, count));
        }
    }

    private void AppendTree() => MakeTree();

    private TreeAppender MakeTree()
    {
        TreeAppender tree = TreeAppender.CreateEmpty();
        tree.Append(MemoryMarshal.Cast<byte, Bytes32>(_entries.AsSpan(0, _records * Bytes32.Length)));
        return tree;
    }

    private async Task AnchorNextAsync(BenchClock clock, CancellationToken cancellationToken)
    {
        clock.Pause();
        await AddLogAsync(cancellationToken);
        clock.Resume();
        await AnchorAsync(clock, cancellationToken);
    }

    private async Task AnchorAsync(BenchClock clock, CancellationToken cancellationToken)
    {
        MemberConfig member = _member!;
        using Store store = _workspace!.Workspace.OpenStore(StoreAccess.Write);
        StoredLog log = store.Logs.Find(member.Slug)!;
        using (LogKey key = _workspace.Keys.OpenLogKey(member))
        using (StoreTransaction transaction = store.BeginWrite())
        {
            Bytes32[] leaves = new Bytes32[_records];
            MerkleHash.Leaves(_entries, LogEntry.Length, leaves);
            TreeAppender tree = TreeAppender.CreateEmpty();
            tree.Append(leaves);
            foreach (Tile tile in tree.TakeChangedTiles())
            {
                store.Tiles.Put(log.Number, tile);
            }

            Checkpoint checkpoint = new(log.Origin, tree.Size, tree.RootHash());
            store.Checkpoints.Add(log.Number, tree.Size, Encoding.UTF8.GetBytes(key.Signer.Sign(checkpoint.Format()).Format()));
            transaction.Commit();
        }

        TimeSpan sequenced = clock.Elapsed;
        using Secp256k1Key account = _workspace.Keys.OpenAccount(member.Slug);
        Anchorer anchorer = new(_session!, store, LedgerFinality.Of(_workspace.Workspace.Config, TimeProvider.System), TimeProvider.System);
        AnchorOutcome outcome = await anchorer.AnchorAsync(log, account, wait: true, cancellationToken);
        _wait.Add((clock.Elapsed - sequenced).TotalSeconds);
        _gas.Add((double)(outcome.GasUsed ?? throw new InvalidOperationException("The log was not anchored.")) / _records);
    }

    private async Task RunServiceAsync(BenchClock clock, CancellationToken cancellationToken) =>
        _serviceGas.Add(await RunPeerAsync(_service!, clock, cancellationToken));

    private async Task RunRegisterAsync(BenchClock clock, CancellationToken cancellationToken) =>
        _registerGas.Add(await RunPeerAsync(_register!, clock, cancellationToken));

    private static Task<double> RunPeerAsync(LedgerPeer peer, BenchClock clock, CancellationToken cancellationToken) =>
        peer.RunAsync(PeerTransactions, clock, cancellationToken);
}
