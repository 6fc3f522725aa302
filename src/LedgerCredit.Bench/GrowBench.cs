using System.Globalization;
using LedgerCredit.Node.Auditing;
using LedgerCredit.Node.EvidenceFiles;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Storage;

namespace LedgerCredit.Bench;

/// <summary>What a record costs as the store grows: ingest, prove and audit at a tenth of a size, at it, and at ten times it.</summary>
/// <remarks>
/// Compares the product with itself, so there is neither peer nor ceiling: the demand is that the cost a record hardly grows. Minutes lie
/// between the sizes, in which other work on the machine may come or go: time of processors is hardly changed by that.
/// </remarks>
public sealed class GrowBench : IBench
{
    private const int MostFiles = 10_000;

    // Each step of these is ten times the one before; the demand is on the last one.
    private const int Sizes = 3;
    private const double MostGrowth = 1.15;

    private readonly int _records;
    private readonly string _parent;
    private readonly BenchMeasure _ingest = new("cost of ingesting a record, ten times as many", "") { AtMost = MostGrowth };
    private readonly BenchMeasure _prove = new("cost of proving a record, ten times as many", "") { AtMost = MostGrowth };
    private readonly BenchMeasure _audit = new("cost of auditing a record, ten times as many", "") { AtMost = MostGrowth };
    private readonly BenchMeasure _ingestProcessor = new("the same in time of processors, ingesting", "");
    private readonly BenchMeasure _proveProcessor = new("the same in time of processors, proving", "");
    private readonly BenchMeasure _auditProcessor = new("the same in time of processors, auditing", "");
    private readonly BenchMeasure _memory = new("most memory resident", "MB") { AtMost = 500 };
    private readonly double[] _ingestRates = new double[Sizes];
    private readonly double[] _proveRates = new double[Sizes];
    private readonly double[] _auditRates = new double[Sizes];
    private readonly double[] _ingestProcessorRates = new double[Sizes];
    private readonly double[] _proveProcessorRates = new double[Sizes];
    private readonly double[] _auditProcessorRates = new double[Sizes];

    private AnchoredRecords? _anchored;
    private double? _peak;

    /// <summary>Makes the bench.</summary>
    /// <param name="records">The size in the middle.</param>
    /// <param name="parent">Where to make files.</param>
    public GrowBench(int records, string parent)
    {
        _records = records;
        _parent = parent;
        Figures = [.. Enumerable.Range(0, Sizes).SelectMany(FiguresOf)];
    }

    /// <inheritdoc/>
    public string Name => "grow";

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, string Value)> Settings =>
    [
        ("records", string.Join(", ", Enumerable.Range(0, Sizes).Select(i => SizeOf(i).ToString(CultureInfo.InvariantCulture)))),
        ("durability", "synchronous=FULL, write-ahead log"),
        .. BenchMachine.DescribeDisk(_parent),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<BenchFigure> Figures { get; }

    /// <inheritdoc/>
    public IReadOnlyList<BenchMeasure> Measures => [_ingest, _prove, _audit, _ingestProcessor, _proveProcessor, _auditProcessor, _memory];

    /// <inheritdoc/>
    /// <remarks>The smallest size does that.</remarks>
    public bool WarmsUp => false;

    /// <inheritdoc/>
    public Task PrepareAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task BeginRoundAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task EndRoundAsync()
    {
        _ingest.Add(_ingestRates[^2] / _ingestRates[^1]);
        _prove.Add(_proveRates[^2] / _proveRates[^1]);
        _audit.Add(_auditRates[^2] / _auditRates[^1]);
        _ingestProcessor.Add(_ingestProcessorRates[^2] / _ingestProcessorRates[^1]);
        _proveProcessor.Add(_proveProcessorRates[^2] / _proveProcessorRates[^1]);
        _auditProcessor.Add(_auditProcessorRates[^2] / _auditProcessorRates[^1]);
        if (_peak is double peak)
        {
            _memory.Add(peak);
            _peak = null;
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_anchored is AnchoredRecords anchored)
        {
            _anchored = null;
            await anchored.DisposeAsync();
        }
    }

    private int SizeOf(int step) => (int)Math.Min(int.MaxValue, step switch
    {
        0 => Math.Max(1, _records / 10),
        1 => _records,
        _ => 10L * _records,
    });

    private IEnumerable<BenchFigure> FiguresOf(int step)
    {
        int size = SizeOf(step);
        int files = Math.Min(MostFiles, Math.Max(1, size / 2));
        string of = size.ToString(CultureInfo.InvariantCulture);
        yield return new BenchFigure($"ingest of {of}", "records", new BenchWork("as 'bench ingest'", size, (clock, token) => IngestAsync(step, clock, token)), null, null);
        yield return new BenchFigure($"evidence files of {of}", "files", new BenchWork("as 'bench prove'", files, (clock, token) => Prove(step, files, clock, token)), null, null);
        yield return new BenchFigure($"audit of {of}", "records", new BenchWork("as 'bench audit'", size, (clock, token) => AuditAsync(step, clock, token)), null, null);
    }

    private async Task IngestAsync(int step, BenchClock clock, CancellationToken cancellationToken)
    {
        clock.Pause();
        await DisposeAsync();
        ProcessMeter.Start();
        _anchored = await AnchoredRecords.CreateAsync(SizeOf(step), _parent, cancellationToken);
        clock.Count(_anchored.ImportTime);
        _ingestRates[step] = SizeOf(step) / clock.Elapsed.TotalSeconds;
        _ingestProcessorRates[step] = SizeOf(step) / _anchored.ImportProcessorTime.TotalSeconds;
        ReadPeak();
    }

    private Task Prove(int step, int files, BenchClock clock, CancellationToken cancellationToken)
    {
        using Store store = _anchored!.Workspace.Workspace.OpenStore(StoreAccess.Read);
        (StoredLog log, IReadOnlyList<LogPosition> positions) = AnchoredRecords.Sample(store, files);
        EvidenceBuilder builder = _anchored.NewBuilder(store);
        TimeSpan processorTime = Environment.CpuUsage.TotalTime;
        foreach (LogPosition position in positions)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _ = builder.TryBuild(log, position)?.ToUtf8() ?? throw new InvalidOperationException("A record of the bench is not anchored.");
        }

        _proveRates[step] = files / clock.Elapsed.TotalSeconds;
        _proveProcessorRates[step] = files / (Environment.CpuUsage.TotalTime - processorTime).TotalSeconds;
        return Task.CompletedTask;
    }

    private async Task AuditAsync(int step, BenchClock clock, CancellationToken cancellationToken)
    {
        clock.Pause();
        using LedgerSession session = await _anchored!.Workspace.ConnectAsync(cancellationToken);
        ProcessMeter.Start();
        TimeSpan processorTime = Environment.CpuUsage.TotalTime;
        clock.Resume();
        AuditReport report = await LogAudit.RunAsync(
            _anchored.Workspace.Workspace, _anchored.RulePacks, new AuditKeys(_anchored.SubjectKey, MaterialKey: null), session, notComparedBecause: null, progress: null, cancellationToken);
        clock.Pause();
        AuditBench.RequireSound(report);

        _auditRates[step] = SizeOf(step) / clock.Elapsed.TotalSeconds;
        _auditProcessorRates[step] = SizeOf(step) / (Environment.CpuUsage.TotalTime - processorTime).TotalSeconds;
        ReadPeak();
    }

    // Of all sizes the one that took the most.
    private void ReadPeak()
    {
        if (ProcessMeter.PeakMegabytes() is double peak)
        {
            _peak = Math.Max(_peak ?? 0, peak);
        }
    }
}
