using System.Globalization;
using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Storage;

namespace LedgerCredit.Bench;

/// <summary>What importing costs: a file of records into an empty workspace, and another one into the same workspace.</summary>
/// <remarks>
/// The peer puts the rows that came of it into a plain table and does nothing else: it reads no file, checks nothing, hashes nothing, signs
/// nothing. The ceiling appends the same bytes to a file and flushes it to the disk as often.
/// </remarks>
public sealed class IngestBench : IBench
{
    private const int PlainTransaction = 10_000;
    private const double MustReachOfPlain = 2;
    private const double SecondMustReachOfFirst = 0.9;
    private const double MostMegabytes = 500;

    private readonly int _records;
    private readonly string _parent;
    private readonly string _folder;
    private readonly BenchMeasure _second = new("second file's speed, of the first's", "") { AtLeast = SecondMustReachOfFirst };
    private readonly BenchMeasure _plainSecond = new("the same for plain rows", "");
    private readonly BenchMeasure _processors = new("processors busy", "");
    private readonly BenchMeasure _memory = new("most memory resident", "MB") { AtMost = MostMegabytes };
    private readonly BenchMeasure _bytes = new("store, of a record", "bytes");

    private BenchWorkspace? _workspace;
    private PlainTable? _plain;
    private FileStream? _append;
    private RowReader? _rows;
    private double _firstRate;
    private double _plainFirstRate;

    /// <summary>Makes the bench.</summary>
    /// <param name="records">Records of each file.</param>
    /// <param name="parent">Where to make files.</param>
    public IngestBench(int records, string parent)
    {
        _records = records;
        _parent = parent;
        _folder = BenchWorkspace.NewFolder(parent);
        Figures =
        [
            MakeFigure("first file, into an empty store", 0),
            MakeFigure("second file", 1),
        ];
    }

    /// <inheritdoc/>
    public string Name => "ingest";

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
    public IReadOnlyList<BenchMeasure> Measures => [_second, _plainSecond, _processors, _memory, _bytes];

    /// <inheritdoc/>
    public Task PrepareAsync(CancellationToken cancellationToken)
    {
        for (int file = 0; file < 2; file++)
        {
            using FileStream output = File.Create(InputPath(file), 1 << 20);
            SyntheticRecords.Write(output, (long)file * _records, _records, cancellationToken);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task BeginRoundAsync(CancellationToken cancellationToken)
    {
        _workspace = BenchWorkspace.Create(_parent);
        _plain = new PlainTable(Path.Combine(_folder, "plain.db"));
        _append = File.Create(Path.Combine(_folder, "append"));
        _rows = new RowReader(_workspace);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task EndRoundAsync()
    {
        _bytes.Add((double)new FileInfo(_workspace!.Workspace.StorePath).Length / (2.0 * _records));
        await CloseRoundAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await CloseRoundAsync();
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private async Task CloseRoundAsync()
    {
        if (_workspace is null)
        {
            return;
        }

        _rows?.Dispose();
        _rows = null;
        _plain?.Dispose();
        _plain = null;
        _append?.Dispose();
        _append = null;
        File.Delete(Path.Combine(_folder, "plain.db"));
        await _workspace.DisposeAsync();
        _workspace = null;
    }

    private BenchFigure MakeFigure(string what, int file) => new(
        what,
        "records",
        new BenchWork("parsed, validated, committed, sequenced, durable", _records, (clock, cancellationToken) => Import(file, clock, cancellationToken)),
        new BenchComparison(new BenchWork("plain rows, three indexes, transactions of 10,000", _records, (clock, cancellationToken) => Plain(file, clock, cancellationToken)), MustReachOfPlain),
        new BenchComparison(new BenchWork("the same bytes appended to a file, flushed every 10,000", _records, (clock, cancellationToken) => Append(clock, cancellationToken)), null));

    private string InputPath(int file) => Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"records-{file}.ndjson"));

    private Task Import(int file, BenchClock clock, CancellationToken cancellationToken)
    {
        clock.Pause();
        ProcessMeter meter = ProcessMeter.Start();
        clock.Resume();
        _workspace!.Import(InputPath(file), _records, cancellationToken);
        clock.Pause();
        _processors.Add(meter.Processors(clock.Elapsed));
        if (ProcessMeter.PeakMegabytes() is double peak)
        {
            _memory.Add(peak);
        }

        double rate = _records / clock.Elapsed.TotalSeconds;
        if (file == 0)
        {
            _firstRate = rate;
        }
        else
        {
            _second.Add(rate / _firstRate);
        }

        return Task.CompletedTask;
    }

    // Reading our store for the rows is not the peer's work.
    private Task Plain(int file, BenchClock clock, CancellationToken cancellationToken)
    {
        clock.Pause();
        foreach ((int log, IReadOnlyList<PlainRow> rows) in _rows!.ReadNew(PlainTransaction))
        {
            cancellationToken.ThrowIfCancellationRequested();
            clock.Resume();
            _plain!.Add(log, rows);
            clock.Pause();
        }

        double rate = _records / clock.Elapsed.TotalSeconds;
        if (file == 0)
        {
            _plainFirstRate = rate;
        }
        else
        {
            _plainSecond.Add(rate / _plainFirstRate);
        }

        return Task.CompletedTask;
    }

    private Task Append(BenchClock clock, CancellationToken cancellationToken)
    {
        const int BytesOfRecord = 750;
        clock.Pause();
        byte[] bytes = new byte[PlainTransaction * BytesOfRecord];
        clock.Resume();
        for (long written = 0; written < _records; written += PlainTransaction)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _append!.Write(bytes, 0, BytesOfRecord * (int)Math.Min(PlainTransaction, _records - written));
            _append.Flush(flushToDisk: true);
        }

        return Task.CompletedTask;
    }

    /// <summary>Reads what was added to the store since it was asked last.</summary>
    private sealed class RowReader(BenchWorkspace workspace) : IDisposable
    {
        private readonly Dictionary<int, ulong> _read = [];
        private Store? _store;

        public IEnumerable<(int Log, IReadOnlyList<PlainRow> Rows)> ReadNew(int atOnce)
        {
            _store ??= workspace.Workspace.OpenStore(StoreAccess.Read);
            foreach (StoredLog log in _store.Logs.ReadAll())
            {
                ulong next = _read.GetValueOrDefault(log.Number);
                List<PlainRow> rows = [];
                foreach (StoredEntry entry in _store.Entries.ReadAll(log.Number).Where(entry => entry.Position.LeafIndex >= next))
                {
                    rows.Add(Row(entry));
                    _read[log.Number] = entry.Position.LeafIndex + 1;
                    if (rows.Count == atOnce)
                    {
                        yield return (log.Number, rows);
                        rows = [];
                    }
                }

                if (rows.Count > 0)
                {
                    yield return (log.Number, rows);
                }
            }
        }

        public void Dispose() => _store?.Dispose();

        private static PlainRow Row(StoredEntry entry) =>
            CreditRecord.TryParse(entry.Record, new RecordRules(), out CreditRecord? record, out _)
                ? new PlainRow(((long)entry.Position.Log << 40) | (long)entry.Position.LeafIndex, entry.Entry, entry.Secret!, entry.Record!, record, MerkleHash.Leaf(entry.Entry))
                : throw new InvalidOperationException("A record that was imported cannot be read.");
    }
}
