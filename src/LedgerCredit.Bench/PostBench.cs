using System.Globalization;
using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Node.Ingest;
using LedgerCredit.Node.Sequencing;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;

namespace LedgerCredit.Bench;

/// <summary>What single writes cost that are acknowledged after fsync: one writer, and many at once in the same process.</summary>
/// <remarks>
/// Each write begins with the record's JSON text. A writer sends the next record when it has the acknowledgement of the one before. The peer of
/// one writer puts the same rows into a plain table, one in a transaction; the peer of many writers is one writer. The ceiling appends as many
/// bytes to a file and flushes it to the disk whenever each writer has had its turn.
/// </remarks>
public sealed class PostBench : IBench
{
    private const int PartOfOneWriter = 10;
    private const double ManyMustReachOfOne = 10;
    private const double MostOfMedian = 10;
    private static readonly int[] Writers = [1, 8, 64, 256];

    private readonly int _records;
    private readonly string _parent;
    private readonly BenchMeasure[] _medians = [.. Writers.Select(writers => new BenchMeasure($"median, {Name(writers)}", "ms"))];
    private readonly BenchMeasure[] _tails = [.. Writers.Select(writers => new BenchMeasure($"99th percentile of the median, {Name(writers)}", "") { AtMost = MostOfMedian })];
    private byte[][] _lines = [];
    private List<PlainRow> _rows = [];

    private BenchWorkspace? _workspace;
    private Store? _store;
    private RecordWriter? _writer;
    private PlainTable? _plain;
    private int _next;

    /// <summary>Makes the bench.</summary>
    /// <param name="records">Records that many writers write together; one writer writes a tenth.</param>
    /// <param name="parent">Where to make files.</param>
    public PostBench(int records, string parent)
    {
        _records = records;
        _parent = parent;
        Figures =
        [
            new BenchFigure(Name(1), "records", Work(0), new BenchComparison(new BenchWork("plain rows, one a transaction", ItemsOf(0), WritePlain), null), Ceiling(0)),
            .. Enumerable.Range(1, Writers.Length - 1).Select(i => new BenchFigure(
                Name(Writers[i]),
                "records",
                Work(i),
                new BenchComparison(Work(0) with { Name = "one writer" }, Writers[i] == 64 ? ManyMustReachOfOne : null),
                Ceiling(i))),
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
    public IReadOnlyList<BenchMeasure> Measures => [.. _medians, .. _tails];

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
    public Task BeginRoundAsync(CancellationToken cancellationToken)
    {
        _workspace = BenchWorkspace.Create(_parent);
        _store = _workspace.Workspace.OpenStore(StoreAccess.Write);
        _writer = new RecordWriter(_workspace.Workspace, _store, _workspace.Keys, _workspace.Workspace.LoadRulePacks());
        _plain = new PlainTable(Path.Combine(_workspace.Folder, "plain.db"));
        _next = 0;
        return Task.CompletedTask;
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
    }

    private static string Name(int writers) => string.Create(CultureInfo.InvariantCulture, $"{writers} writer{(writers == 1 ? "" : "s")}");

    private int ItemsOf(int index) => index == 0 ? Math.Max(1, _records / PartOfOneWriter) : Math.Max(_records, Writers[index]);

    private BenchComparison Ceiling(int index) => new(
        new BenchWork($"as many bytes appended to a file, flushed every {Writers[index]}", ItemsOf(index), (clock, cancellationToken) => Append(index, clock, cancellationToken)), null);

    private BenchWork Work(int index) => new("group commit", ItemsOf(index), (clock, cancellationToken) => WriteAsync(index, clock, cancellationToken));

    private async Task WriteAsync(int index, BenchClock clock, CancellationToken cancellationToken)
    {
        int first = _next;
        int last = first + ItemsOf(index);
        _next = last;
        int taken = first - 1;
        double[] milliseconds = new double[last - first];
        await Task.WhenAll(Enumerable.Range(0, Writers[index]).Select(_ => Task.Run(
            async () =>
            {
                for (int i = Interlocked.Increment(ref taken); i < last; i = Interlocked.Increment(ref taken))
                {
                    long started = TimeProvider.System.GetTimestamp();
                    AppendOutcome outcome = await _writer!.WriteAsync(Parse(_lines[i]), cancellationToken);
                    milliseconds[i - first] = TimeProvider.System.GetElapsedTime(started).TotalMilliseconds;
                    if (outcome.Result != AppendResult.Added)
                    {
                        throw new InvalidOperationException($"A record of the bench was not added: {outcome.Result}.");
                    }
                }
            },
            cancellationToken)));
        clock.Pause();
        Array.Sort(milliseconds);
        double median = milliseconds[milliseconds.Length / 2];
        _medians[index].Add(median);
        _tails[index].Add(milliseconds[milliseconds.Length * 99 / 100] / median);
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
}
