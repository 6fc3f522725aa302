using System.Globalization;
using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Node.Ingest;
using LedgerCredit.Node.Sequencing;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;

namespace LedgerCredit.Bench;

/// <summary>What single writes cost that are acknowledged after fsync: one writer, and many at once, in the same process and over HTTP.</summary>
/// <remarks>
/// Each write begins with the record's JSON text. A writer sends the next record when it has the acknowledgement of the one before. The peer of
/// one writer puts the same rows into a plain table, one in a transaction; the peer of many writers is one writer. The ceiling appends as many
/// bytes to a file and flushes it to the disk whenever each writer has had its turn. Over HTTP the writers send to the real service with a key,
/// over connections that stay open; the peer is an empty handler in the same server, to which the same writers send the same bytes.
/// </remarks>
public sealed class PostBench : IBench
{
    private const int PartOfOneWriter = 10;
    private const double ManyMustReachOfOne = 10;
    private const double MustReachOfEmpty = 0.4;
    private const double MostOfMedian = 10;
    private const int Demanded = 64;
    private const string OverHttp = " over HTTP";
    private static readonly int[] Writers = [1, 8, 64, 256];

    private readonly int _records;
    private readonly string _parent;
    private readonly PostMeasures _inProcess = new("");
    private readonly PostMeasures _overHttp = new(OverHttp);
    private readonly Func<Workspace, KeyRing, CancellationToken, Task<IPostServers>> _serveAsync;
    private byte[][] _lines = [];
    private List<PlainRow> _rows = [];

    private BenchWorkspace? _workspace;
    private Store? _store;
    private RecordWriter? _writer;
    private PlainTable? _plain;
    private BenchWorkspace? _served;
    private PostClient? _client;
    private int _next;
    private int _nextOverHttp;

    /// <summary>Makes the bench.</summary>
    /// <param name="records">Records that many writers write together; one writer writes a tenth.</param>
    /// <param name="parent">Where to make files.</param>
    /// <param name="serveAsync">Serves a workspace over HTTP.</param>
    public PostBench(int records, string parent, Func<Workspace, KeyRing, CancellationToken, Task<IPostServers>> serveAsync)
    {
        _records = records;
        _parent = parent;
        _serveAsync = serveAsync;
        Figures =
        [
            new BenchFigure(Name(1), "records", Work(0), new BenchComparison(new BenchWork("plain rows, one a transaction", ItemsOf(0), WritePlain), null), Ceiling(0)),
            .. Enumerable.Range(1, Writers.Length - 1).Select(i => new BenchFigure(
                Name(Writers[i]),
                "records",
                Work(i),
                new BenchComparison(Work(0) with { Name = "one writer" }, Writers[i] == Demanded ? ManyMustReachOfOne : null),
                Ceiling(i))),
            .. Enumerable.Range(0, Writers.Length).Select(i => new BenchFigure(
                Name(Writers[i]) + OverHttp,
                "records",
                new BenchWork("POST /v1/records with a key, group commit", ItemsOf(i), (clock, cancellationToken) => PostAsync(i, clock, cancellationToken)),
                new BenchComparison(
                    new BenchWork("the same requests to an empty handler", ItemsOf(i), (_, cancellationToken) => PostToEmptyAsync(i, cancellationToken)),
                    Writers[i] == Demanded ? MustReachOfEmpty : null),
                Ceiling: null)),
        ];
    }

    /// <inheritdoc/>
    string IBench.Name => "post";

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, string Value)> Settings =>
    [
        ("records", _records.ToString(CultureInfo.InvariantCulture)),
        ("durability", "synchronous=FULL, write-ahead log"),
        .. BenchMachine.DescribeDisk(_parent),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<BenchFigure> Figures { get; }

    /// <inheritdoc/>
    public IReadOnlyList<BenchMeasure> Measures => [.. _inProcess.All, .. _overHttp.All];

    /// <inheritdoc/>
    public Task PrepareAsync(CancellationToken cancellationToken)
    {
        // Each figure, and one writer beside each that is compared with it.
        int perRound = Enumerable.Range(0, Writers.Length).Sum(ItemsOf) + ((Writers.Length - 1) * ItemsOf(0));
        using MemoryStream text = new();
        SyntheticRecords.Write(text, 0, perRound, cancellationToken);
        List<byte[]> lines = [];
        ReadOnlySpan<byte> rest = text.GetBuffer().AsSpan(0, (int)text.Length);
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf((byte)'\n');
            lines.Add(rest[..end].ToArray());
            rest = rest[(end + 1)..];
        }

        _lines = [.. lines];
        _rows = [.. _lines.Take(ItemsOf(0)).Select((line, i) => PlainRowOf(line, i))];
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task BeginRoundAsync(CancellationToken cancellationToken)
    {
        _workspace = BenchWorkspace.Create(_parent);
        _store = _workspace.Workspace.OpenStore(StoreAccess.Write);
        _writer = new RecordWriter(_workspace.Workspace, _store, _workspace.Keys, _workspace.Workspace.LoadRulePacks());
        _plain = new PlainTable(Path.Combine(_workspace.Folder, "plain.db"));
        _next = 0;

        // A workspace of its own: a store has one writer.
        _served = BenchWorkspace.Create(_parent);
        _client = await PostClient.StartAsync(_served, _serveAsync, cancellationToken);
        _nextOverHttp = 0;
    }

    /// <inheritdoc/>
    public async Task EndRoundAsync() => await DisposeAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_workspace is BenchWorkspace workspace)
        {
            _workspace = null;
            await _writer!.DisposeAsync();
            _store!.Dispose();
            _plain!.Dispose();
            await workspace.DisposeAsync();
        }

        if (_served is BenchWorkspace served)
        {
            _served = null;
            if (_client is not null)
            {
                await _client.DisposeAsync();
            }

            await served.DisposeAsync();
        }
    }

    private static string Name(int writers) => string.Create(CultureInfo.InvariantCulture, $"{writers} writer{(writers == 1 ? "" : "s")}");

    private int ItemsOf(int index) => index == 0 ? Math.Max(1, _records / PartOfOneWriter) : Math.Max(_records, Writers[index]);

    private BenchComparison Ceiling(int index) => new(
        new BenchWork($"as many bytes appended to a file, flushed every {Writers[index]}", ItemsOf(index), (clock, cancellationToken) => Append(index, clock, cancellationToken)), null);

    private BenchWork Work(int index) => new("group commit", ItemsOf(index), (clock, cancellationToken) => WriteAsync(index, clock, cancellationToken));

    private async Task WriteAsync(int index, BenchClock clock, CancellationToken cancellationToken)
    {
        int first = _next;
        _next += ItemsOf(index);
        double[] milliseconds = await RunAsync(
            index,
            async i =>
            {
                PreparedRecord prepared = _writer!.TryPrepare(_lines[first + i]) ?? throw new InvalidOperationException("A record of the bench is not valid.");
                AppendOutcome outcome = await _writer.WriteAsync(prepared, enteredBy: null, cancellationToken);
                if (outcome.Result != AppendResult.Added)
                {
                    throw new InvalidOperationException($"A record of the bench was not added: {outcome.Result}.");
                }
            },
            cancellationToken);
        clock.Pause();
        _inProcess.Add(index, milliseconds);
    }

    private async Task PostAsync(int index, BenchClock clock, CancellationToken cancellationToken)
    {
        int first = _nextOverHttp;
        _nextOverHttp += ItemsOf(index);
        double[] milliseconds = await RunAsync(index, i => _client!.PostAsync(_lines[first + i], cancellationToken), cancellationToken);
        clock.Pause();
        _overHttp.Add(index, milliseconds);
    }

    private Task<double[]> PostToEmptyAsync(int index, CancellationToken cancellationToken) =>
        RunAsync(index, i => _client!.PostToEmptyAsync(_lines[i], cancellationToken), cancellationToken);

    // Each writer does the next one when it is through with the one before. Gives how long each took.
    private async Task<double[]> RunAsync(int index, Func<int, Task> writeAsync, CancellationToken cancellationToken)
    {
        double[] milliseconds = new double[ItemsOf(index)];
        int taken = -1;
        await Task.WhenAll(Enumerable.Range(0, Writers[index]).Select(_ => Task.Run(
            async () =>
            {
                for (int i = Interlocked.Increment(ref taken); i < milliseconds.Length; i = Interlocked.Increment(ref taken))
                {
                    long started = TimeProvider.System.GetTimestamp();
                    await writeAsync(i);
                    milliseconds[i] = TimeProvider.System.GetElapsedTime(started).TotalMilliseconds;
                }
            },
            cancellationToken)));
        return milliseconds;
    }

    private Task WritePlain(BenchClock clock, CancellationToken cancellationToken)
    {
        foreach (PlainRow row in _rows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _plain!.Add(log: 1, [row]);
        }

        return Task.CompletedTask;
    }

    private Task Append(int index, BenchClock clock, CancellationToken cancellationToken)
    {
        const int BytesOfRecord = 750;
        clock.Pause();
        using FileStream file = File.Create(Path.Combine(_workspace!.Folder, "append"));
        byte[] bytes = new byte[BytesOfRecord * Writers[index]];
        clock.Resume();
        for (int written = 0; written < ItemsOf(index); written += Writers[index])
        {
            cancellationToken.ThrowIfCancellationRequested();
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }

        return Task.CompletedTask;
    }

    private static PlainRow PlainRowOf(byte[] line, int position)
    {
        CreditRecord record = Parse(line);
        byte[] entry = new byte[LogEntry.Length];
        BitConverter.TryWriteBytes(entry, position);
        return new PlainRow(position, entry, new byte[Bytes32.Length], record.ToCanonicalBytes(), record, MerkleHash.Leaf(entry));
    }

    private static CreditRecord Parse(byte[] line) => CreditRecord.TryParse(line, new RecordRules(), out CreditRecord? record, out IReadOnlyList<RecordProblem> problems)
        ? record
        : throw new InvalidOperationException(string.Join(' ', problems));

    // Latencies of the writes of a row, in each round.
    private sealed class PostMeasures(string suffix)
    {
        private readonly BenchMeasure[] _medians = [.. Writers.Select(writers => new BenchMeasure($"median, {Name(writers)}{suffix}", "ms"))];
        private readonly BenchMeasure[] _tails = [.. Writers.Select(writers => new BenchMeasure($"99th percentile of the median, {Name(writers)}{suffix}", "") { AtMost = MostOfMedian })];

        public IEnumerable<BenchMeasure> All => [.. _medians, .. _tails];

        public void Add(int index, double[] milliseconds)
        {
            Array.Sort(milliseconds);
            double median = milliseconds[milliseconds.Length / 2];
            _medians[index].Add(median);
            _tails[index].Add(milliseconds[milliseconds.Length * 99 / 100] / median);
        }
    }
}
