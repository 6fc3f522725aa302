using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using LedgerCredit.Node.Tests.Running;

namespace LedgerCredit.Faults.Tests.Torture;

/// <summary>
/// The real program under load on a real devnet, killed by SIGKILL at random moments: several imports, the node, anchoring,
/// erasures, backups and audits at once, again and again, with a check of everything in between and at the end.
/// </summary>
internal sealed class TortureRun : IDisposable
{
    private static readonly TimeSpan NoMore = TimeSpan.FromMinutes(2);

    private readonly TortureOptions _options;
    private readonly TextWriter _output;
    private readonly Random _random;
    private readonly Tool _tool;
    private readonly RecordSupply _supply;
    private readonly SenderMemory _memory = new();
    private readonly Erasures _erasures = new();
    private readonly Dictionary<string, int> _kills = new(StringComparer.Ordinal);
    private readonly List<Piece> _offered = [];
    private readonly string _devnetUrl;
    private readonly TimeSpan _span;
    private BackupMade? _backup;
    private int _files;
    private int _cuts;

    private TortureRun(TortureOptions options, TextWriter output, Tool tool, string devnetUrl, TimeSpan span, RecordSupply supply)
    {
        _options = options;
        _output = output;
        _random = new Random(options.Seed);
        _tool = tool;
        _supply = supply;
        _devnetUrl = devnetUrl;
        _span = span;
    }

    /// <summary>Runs it.</summary>
    /// <param name="options">How.</param>
    /// <param name="output">Takes a line for each round.</param>
    /// <exception cref="AssertFailedException">A promise was broken; the message says which, and the folder is left for looking at.</exception>
    public static async Task<TortureSummary> RunAsync(TortureOptions options, TextWriter output)
    {
        Tool tool = new(options.Tool, Path.Combine(options.Folder, "workspace"));
        (await tool.RunAsync("workspace", "init")).Expect(0);
        string url = (await tool.RunAsync("devnet", "up", "--json")).Expect(0).Json.GetProperty("rpcUrl").GetString()!;
        try
        {
            (await tool.RunAsync("contracts", "deploy")).Expect(0);
            (await tool.RunAsync("member", "add", RecordSupply.Authority, "--role", "authority")).Expect(0);
            (await tool.RunAsync(["member", "add", .. RecordSupply.Agencies, "--role", "agency"])).Expect(0);

            // How long an import takes here, so that the kills fall into it. Its records are in the log before the first kill.
            RecordSupply supply = new(options.Folder);
            Piece first = supply.Make(options.LargestPiece, new Random(options.Seed));
            long started = Stopwatch.GetTimestamp();
            (await tool.RunAsync("record", "import", first.Path)).Expect(0);
            using TortureRun run = new(options, output, tool, url, Stopwatch.GetElapsedTime(started), supply);
            return await run.RunAsync();
        }
        finally
        {
            (await tool.RunAsync("devnet", "down")).Expect(0);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _output.Flush();

    private async Task<TortureSummary> RunAsync()
    {
        TortureCheck check = new(_tool, _memory, _erasures, _options.Folder);
        int checks = 0;
        for (int round = 1; round <= _options.Rounds; round++)
        {
            string told = await RunRoundAsync();
            _output.WriteLine($"round {round}: {told}; {_memory.Records.Count} records acknowledged");
            if (round % _options.CheckEvery == 0 || round == _options.Rounds)
            {
                await check.RunAsync(_random);
                checks++;
            }
        }

        // Every sender asks again until everything is acknowledged; nothing is killed any more.
        await OfferAllAsync();
        int anchors = await check.RunAtTheEndAsync(_supply, _backup);
        return new TortureSummary(_kills.Values.Sum(), _kills, _cuts, _memory.Records.Count, anchors, checks + 1);
    }

    private async Task<string> RunRoundAsync()
    {
        await using LedgerProxy proxy = new(new Uri(_devnetUrl));
        List<Task<string>> victims = [ImportAsync(), NodeAsync(proxy)];
        if (_random.Next(2) == 0)
        {
            victims.Add(ImportAsync());
        }

        // One of the rarer ones beside them.
        switch (_random.Next(6))
        {
            case 0 or 1:
                victims.Add(RunAsync("anchor", ["log", "anchor", .. _random.Next(2) == 0 ? (string[])["--wait"] : []], MomentWithin(3), []));
                break;
            case 2:
                victims.Add(EraseAsync());
                break;
            case 3:
                victims.Add(BackupAsync());
                break;
            case 4:
                victims.Add(AuditAsync());
                break;
            default:
                break;
        }

        return string.Join(", ", await Task.WhenAll(victims));
    }

    // Files that were not wholly acknowledged are offered again with a new one, as a sender does who heard nothing.
    private async Task<string> ImportAsync()
    {
        List<Piece> pieces = [.. _offered.Where(_ => _random.Next(4) == 0).Take(2)];
        Piece made = _supply.Make(_random.Next(50, _options.LargestPiece), _random);
        _offered.Add(made);
        pieces.Add(made);
        string receipts = Path.Combine(_options.Folder, string.Create(CultureInfo.InvariantCulture, $"receipts-{_files++}.ndjson"));
        Func<bool>? event1 = _random.Next(3) == 0 ? () => File.Exists(receipts) && new FileInfo(receipts).Length > 0 : null;
        string told = await RunAsync("import", ["record", "import", .. pieces.Select(piece => piece.Path), "--receipts", receipts], MomentWithin(pieces.Count + 0.5), [], event1);
        int acknowledged = _memory.Take(receipts, pieces);
        File.Delete(receipts);
        return $"{told} ({acknowledged} acknowledged)";
    }

    private async Task<string> NodeAsync(LedgerProxy proxy)
    {
        TimeSpan moment = MomentWithin(5);
        Task<string> node = RunAsync("node", ["node", "run", "--anchor-every", "1", "--rpc", proxy.Url], moment, alsoFails: []);
        if (_random.Next(3) == 0)
        {
            // The connection to the ledger is cut in the middle of what was asked, and comes back.
            await Task.Delay(moment * _random.NextDouble());
            await proxy.CloseAsync();
            _cuts++;
            await Task.Delay(_random.Next(300));
            proxy.Open();
        }

        return await node;
    }

    private async Task<string> EraseAsync()
    {
        List<RecordKey> candidates = [.. _memory.Records.Keys.Where(key => !_erasures.MayBeErased(key)).Take(50)];
        if (candidates.Count == 0)
        {
            return "erase: nothing";
        }

        RecordKey key = candidates[_random.Next(candidates.Count)];
        _erasures.Begin(key);

        // 3: another process is reading, so that the write-ahead log could not be emptied; the erasure stands.
        string told = await RunAsync("erase", ["record", "erase", key.Id, "--issuer", key.Issuer, "--kind", key.Kind], MomentWithin(1.2), [3], whenDone: () => _erasures.Complete(key));
        return told;
    }

    private async Task<string> BackupAsync()
    {
        string file = Path.Combine(_options.Folder, string.Create(CultureInfo.InvariantCulture, $"backup-{_files++}.tar"));
        BackupMade begun = new(file, _memory.Records.ToDictionary());
        return await RunAsync("backup", ["workspace", "backup", file], MomentWithin(2), [3], whenDone: () =>
        {
            if (_backup is not null)
            {
                File.Delete(_backup.File);
            }

            _backup = begun;
        });
    }

    // An audit beside everything else may say that it could not compare, but never that something diverges.
    private Task<string> AuditAsync() => RunAsync("audit", ["log", "audit"], MomentWithin(6), [3]);

    /// <summary>Runs a command and kills it at a moment, or a few milliseconds after an event, unless it ends before.</summary>
    private async Task<string> RunAsync(
        string name, IReadOnlyList<string> arguments, TimeSpan moment, int[] alsoFails, Func<bool>? happened = null, Action? whenDone = null)
    {
        TimeSpan after = TimeSpan.FromMilliseconds(_random.Next(15));
        using ToolProcess process = _tool.Start(arguments);
        if (happened is null)
        {
            await process.WaitAsync(moment);
        }
        else
        {
            long started = Stopwatch.GetTimestamp();
            while (!process.HasExited && !happened())
            {
                await Task.Delay(1);
                if (Stopwatch.GetElapsedTime(started) > NoMore)
                {
                    throw new AssertFailedException($"'{string.Join(' ', arguments)}' did nothing within {NoMore.TotalSeconds} s.");
                }
            }

            await process.WaitAsync(after);
        }

        if (await process.KillAsync())
        {
            _kills[name] = _kills.GetValueOrDefault(name) + 1;
            return $"{name} killed";
        }

        ToolRun run = (await process.FinishAsync()).Expect([0, .. name is "import" or "anchor" ? (int[])[3] : [], .. alsoFails]);
        if (run.ExitCode == 0)
        {
            whenDone?.Invoke();
        }

        return string.Create(CultureInfo.InvariantCulture, $"{name} ended {run.ExitCode}");
    }

    // One in six within the first milliseconds, where nothing but the runtime runs; the others spread over the whole command.
    private TimeSpan MomentWithin(double spans) =>
        _random.Next(6) == 0 ? TimeSpan.FromMilliseconds(_random.Next(6)) : _span * spans * _random.NextDouble();

    private async Task OfferAllAsync()
    {
        foreach (Piece[] pieces in _supply.Pieces.Chunk(50))
        {
            string receipts = Path.Combine(_options.Folder, string.Create(CultureInfo.InvariantCulture, $"receipts-{_files++}.ndjson"));
            JsonElement summary = (await _tool.RunAsync(["record", "import", .. pieces.Select(piece => piece.Path), "--receipts", receipts, "--json"])).Expect(0).Json;
            _memory.Take(receipts, pieces);
            File.Delete(receipts);

            // What is rejected is what was erased, and nothing else.
            int erased = pieces.SelectMany(piece => piece.Rows).Count(_erasures.MayBeErased);
            if (summary.GetProperty("rejected").GetInt64() > erased)
            {
                throw new AssertFailedException($"{summary.GetProperty("rejected")} rows were rejected, but at most {erased} were erased.");
            }
        }
    }
}

/// <summary>A backup that was made, with what was acknowledged before it began.</summary>
internal sealed record BackupMade(string File, IReadOnlyDictionary<RecordKey, Acknowledged> Known);

/// <summary>Which records were erased for certain, and which perhaps.</summary>
internal sealed class Erasures
{
    private readonly HashSet<RecordKey> _begun = [];
    private readonly HashSet<RecordKey> _done = [];

    /// <summary>Those whose erasure was acknowledged.</summary>
    public IReadOnlyCollection<RecordKey> Done => _done;

    /// <summary>Those whose erasure was begun, ended or not.</summary>
    public bool MayBeErased(RecordKey key) => _begun.Contains(key);

    /// <summary>An erasure begins; how it ends is not known.</summary>
    public void Begin(RecordKey key) => _begun.Add(key);

    /// <summary>An erasure was acknowledged.</summary>
    public void Complete(RecordKey key) => _done.Add(key);
}
