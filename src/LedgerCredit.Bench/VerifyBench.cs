using System.Diagnostics;
using System.Globalization;
using System.Text;
using LedgerCredit.Log;
using LedgerCredit.Node.EvidenceFiles;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Hashing;
using LedgerCredit.Storage;
using LedgerCredit.Verification;

namespace LedgerCredit.Bench;

/// <summary>What verifying costs: evidence files of one log, complete and offline, and one file by a process of its own.</summary>
/// <remarks>
/// The peer verifies each file as if it were the only one. The ceiling hashes the disclosures and the nodes of the paths with nothing else:
/// no JSON, no signature, no state proof.
/// </remarks>
/// <param name="records">Records in the store.</param>
/// <param name="parent">Where to make files.</param>
public sealed class VerifyBench(int records, string parent) : IBench
{
    private const int MostFiles = 10_000;
    private const int PeerFiles = 500;
    private const int Starts = 10;
    private const double FilesMustReach = 3000;
    private const double MostSecondsOfProcess = 0.25;
    private const string Program = "ledgercredit.dll";

    private readonly int _files = Math.Min(MostFiles, records / 2);
    private readonly BenchMeasure _rate = new("files a second, a core", "files") { AtLeast = FilesMustReach };
    private readonly BenchMeasure _process = new("one file, from the start of the process to its end", "s") { AtMost = MostSecondsOfProcess };

    private AnchoredRecords? _records;
    private TrustPolicy? _trust;
    private byte[][] _evidence = [];
    private byte[] _disclosures = [];
    private int[] _disclosureLengths = [];
    private int _pathNodes;
    private string _filePath = "";
    private string _trustPath = "";

    /// <inheritdoc/>
    public string Name => "verify";

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, string Value)> Settings =>
    [
        ("records", records.ToString(CultureInfo.InvariantCulture)),
        ("files", _files.ToString(CultureInfo.InvariantCulture)),
        ("process", "dotnet " + Program + ", as it was built"),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<BenchFigure> Figures =>
    [
        new BenchFigure(
            "evidence files verified, one thread",
            "files",
            new BenchWork("what the files of an anchor share is remembered", _files, VerifyAll),
            new BenchComparison(BenchWork.Of("each by itself", Math.Min(PeerFiles, _files), VerifyEach), null),
            new BenchComparison(BenchWork.Of("their disclosures and paths hashed", _files, HashAll), null)),
        new BenchFigure(
            "evidence files verified, all threads",
            "files",
            BenchWork.Of("what the files of an anchor share is remembered", _files, VerifyInParallel),
            null,
            null),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<BenchMeasure> Measures => [_rate, _process];

    /// <inheritdoc/>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        _records = await AnchoredRecords.CreateAsync(records, parent, cancellationToken);
        using Store store = _records.Workspace.Workspace.OpenStore(StoreAccess.Read);
        _trust = _records.BuildTrust(store);
        (StoredLog log, IReadOnlyList<LogPosition> positions) = AnchoredRecords.Sample(store, _files);
        EvidenceBuilder builder = _records.NewBuilder(store);
        List<EvidenceFile> files = [.. positions.Select(position => builder.TryBuild(log, position) ?? throw new InvalidOperationException("A record of the bench is not anchored."))];
        _evidence = [.. files.Select(file => file.ToUtf8())];
        string[] disclosures = [.. files.SelectMany(file => file.Record.Disclosures)];
        _disclosures = Encoding.ASCII.GetBytes(string.Concat(disclosures));
        _disclosureLengths = [.. disclosures.Select(disclosure => disclosure.Length)];
        _pathNodes = files.Sum(file => file.Inclusion.Path.Count);
        _filePath = Path.Combine(_records.Workspace.Folder, "evidence.json");
        _trustPath = Path.Combine(_records.Workspace.Folder, "trust.json");
        await File.WriteAllBytesAsync(_filePath, _evidence[0], cancellationToken);
        await File.WriteAllBytesAsync(_trustPath, _trust.ToUtf8(), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task BeginRoundAsync(CancellationToken cancellationToken)
    {
        string program = Path.Combine(AppContext.BaseDirectory, Program);
        if (!File.Exists(program))
        {
            return;
        }

        for (int i = 0; i < Starts; i++)
        {
            long started = TimeProvider.System.GetTimestamp();
            ProcessStartInfo start = new("dotnet", [program, "evidence", "verify", _filePath, "--trust", _trustPath]) { RedirectStandardOutput = true };
            using Process process = Process.Start(start) ?? throw new InvalidOperationException("'dotnet' could not be started.");
            await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            _process.Add(TimeProvider.System.GetElapsedTime(started).TotalSeconds);
            if (process.ExitCode != 0)
            {
                throw new InvalidOperationException($"'evidence verify' ended with exit code {process.ExitCode}.");
            }
        }
    }

    /// <inheritdoc/>
    public Task EndRoundAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_records is AnchoredRecords made)
        {
            _records = null;
            await made.DisposeAsync();
        }
    }

    private Task VerifyAll(BenchClock clock, CancellationToken cancellationToken)
    {
        VerificationOptions options = NewOptions();
        foreach (byte[] file in _evidence)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Verify(file, options);
        }

        _rate.Add(_files / clock.Elapsed.TotalSeconds);
        return Task.CompletedTask;
    }

    private void VerifyInParallel()
    {
        VerificationOptions options = NewOptions();
        Parallel.ForEach(_evidence, file => Verify(file, options));
    }

    private void VerifyEach()
    {
        foreach (byte[] file in _evidence.Take(PeerFiles))
        {
            Verify(file, new VerificationOptions { Clock = TimeProvider.System });
        }
    }

    private static VerificationOptions NewOptions() => new() { Clock = TimeProvider.System, Memory = new VerificationMemory() };

    private void Verify(byte[] file, VerificationOptions options)
    {
        VerificationReport report = EvidenceVerifier.Verify(file, _trust!, options);
        if (report.Verdict != Verdict.Valid)
        {
            throw new InvalidOperationException("Evidence of the bench is not valid.");
        }
    }

    private void HashAll()
    {
        Sha256Batch.Hash(_disclosures, _disclosureLengths, new Bytes32[_disclosureLengths.Length]);
        MerkleHash.Nodes(new Bytes32[2 * _pathNodes], new Bytes32[_pathNodes]);
    }
}
