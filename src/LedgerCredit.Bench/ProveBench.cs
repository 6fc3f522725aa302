using System.Globalization;
using LedgerCredit.Node.EvidenceFiles;
using LedgerCredit.Storage;
using LedgerCredit.Verification;

namespace LedgerCredit.Bench;

/// <summary>What making evidence files costs: of records all over a large log, from one state proof of its anchor.</summary>
/// <remarks>
/// Each file is the whole document, with all members disclosed. The peer begins anew for each file, as a command for one file does. The ceiling
/// reads the same rows from the store and does nothing with them.
/// </remarks>
/// <param name="records">Records in the store.</param>
/// <param name="parent">Where to make files.</param>
public sealed class ProveBench(int records, string parent) : IBench
{
    private const int MostFiles = 10_000;
    private const int PeerFiles = 200;
    private const double FilesMustReach = 2000;

    private readonly int _files = Math.Min(MostFiles, records / 2);
    private readonly BenchMeasure _rate = new("files a second, a core", "files") { AtLeast = FilesMustReach };
    private readonly BenchMeasure _size = new("size of a file", "bytes");

    private AnchoredRecords? _records;
    private Store? _store;
    private StoredLog? _log;
    private IReadOnlyList<LogPosition> _positions = [];

    /// <inheritdoc/>
    public string Name => "prove";

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, string Value)> Settings =>
    [
        ("records", records.ToString(CultureInfo.InvariantCulture)),
        ("files", _files.ToString(CultureInfo.InvariantCulture)),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<BenchFigure> Figures =>
    [
        new BenchFigure(
            "evidence files, one thread",
            "files",
            new BenchWork("one builder for all", _files, BuildAll),
            new BenchComparison(BenchWork.Of("a builder for each", Math.Min(PeerFiles, _files), BuildEach), null),
            new BenchComparison(BenchWork.Of("their rows read", _files, ReadRows), null)),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<BenchMeasure> Measures => [_rate, _size];

    /// <inheritdoc/>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        _records = await AnchoredRecords.CreateAsync(records, parent, cancellationToken);
        _store = _records.Workspace.Workspace.OpenStore(StoreAccess.Read);
        (_log, _positions) = AnchoredRecords.Sample(_store, _files);
    }

    /// <inheritdoc/>
    public Task BeginRoundAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task EndRoundAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _store?.Dispose();
        if (_records is AnchoredRecords made)
        {
            _records = null;
            await made.DisposeAsync();
        }
    }

    private Task BuildAll(BenchClock clock, CancellationToken cancellationToken)
    {
        EvidenceBuilder builder = _records!.NewBuilder(_store!);
        long bytes = 0;
        foreach (LogPosition position in _positions)
        {
            cancellationToken.ThrowIfCancellationRequested();
            bytes += Build(builder, position);
        }

        _rate.Add(_files / clock.Elapsed.TotalSeconds);
        _size.Add((double)bytes / _files);
        return Task.CompletedTask;
    }

    private void BuildEach()
    {
        foreach (LogPosition position in _positions.Take(PeerFiles))
        {
            Build(_records!.NewBuilder(_store!), position);
        }
    }

    private void ReadRows()
    {
        foreach (LogPosition position in _positions)
        {
            _store!.Entries.Find(position);
        }
    }

    private int Build(EvidenceBuilder builder, LogPosition position)
    {
        EvidenceFile file = builder.TryBuild(_log!, position) ?? throw new InvalidOperationException("A record of the bench is not anchored.");
        return file.ToUtf8().Length;
    }
}
