using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using LedgerCredit.Node.Tests.Running;

namespace LedgerCredit.Faults.Tests.Torture;

/// <summary>
/// The real program under load on a real devnet, killed by SIGKILL at random moments: several imports, the node with a program that
/// writes through its API, anchoring, erasures, backups and audits at once, again and again, with a check of everything in between and at the end.
/// </summary>
internal sealed class TortureRun : IDisposable
{
    private const int LargestStream = 100;

    private static readonly TimeSpan NoMore = TimeSpan.FromMinutes(2);

    private readonly TortureOptions _options;
    private readonly TextWriter _output;
    private readonly Random _random;
    private readonly Tool _tool;
    private readonly RecordSupply _supply;
    private readonly HttpSender _sender;
    private readonly SenderMemory _memory = new();
    private readonly Erasures _erasures = new();
    private readonly Dictionary<string, int> _kills = new(StringComparer.Ordinal);
    private readonly List<Piece> _offered = [];
    private readonly string _devnetUrl;
    private readonly TimeSpan _span;
    private BackupMade? _backup;
    private int _files;
    private int _cuts;

    private TortureRun(TortureOptions options, TextWriter output, Tool tool, string devnetUrl, TimeSpan span, RecordSupply supply, HttpSender sender)
    {
        _options = options;
        _output = output;
        _random = new Random(options.Seed);
        _tool = tool;
        _supply = supply;
        _sender = sender;
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

            string key = (await tool.RunAsync("access", "key", "new", "--member", RecordSupply.Agencies[0], "--name", "torture", "--scope", "records:write", "--json"))
                .Expect(0).Json.GetProperty("key").GetString()!;

            // How long an import takes here, so that the kills fall into it. Its records are in the log before the first kill.
            RecordSupply supply = new(options.Folder);
            Piece first = supply.Make(options.LargestPiece, new Random(options.Seed));
            long started = Stopwatch.GetTimestamp();
            (await tool.RunAsync("record", "import", first.Path)).Expect(0);
            using TortureRun run = new(options, output, tool, url, Stopwatch.GetElapsedTime(started), supply, new HttpSender(key));
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

    // Everything is chosen before anything runs, and noted after all have ended: one thread alone keeps the memory.
    private async Task<string> RunRoundAsync()
    {
        await using LedgerProxy proxy = new(new Uri(_devnetUrl));
        int port = HttpSender.FindPort();
        Victim node = Node(proxy, port);
        List<Victim> victims = [Import(), node, Send(port, node.Run)];
        if (_random.Next(2) == 0)
        {
            victims.Add(Import());
        }

        // One of the rarer ones beside them.
        switch (_random.Next(6))
        {
            case 0 or 1:
                victims.Add(new Victim("anchor", RunAsync(["log", "anchor", .. _random.Next(2) == 0 ? (string[])["--wait"] : []], MomentWithin(3), [3])));
                break;
            case 2 when ChooseToErase() is RecordKey key:
                victims.Add(Erase(key));
                break;
            case 3:
                victims.Add(Backup());
                break;
            case 4:
                // Beside everything else it may say that it could not compare, but never that something diverges.
                victims.Add(new Victim("audit", RunAsync(["log", "audit"], MomentWithin(6), [3])));
                break;
            default:
                break;
        }

        await Task.WhenAll(victims.Select(victim => victim.Run));
        List<string> told = [];
        foreach (Victim victim in victims)
        {
            int? exitCode = await victim.Run;
            if (exitCode is null)
            {
                _kills[victim.Name] = _kills.GetValueOrDefault(victim.Name) + 1;
            }

            string end = exitCode is null ? "killed" : string.Create(CultureInfo.InvariantCulture, $"ended {exitCode}");
            told.Add($"{victim.Name} {end}{victim.Note?.Invoke(exitCode)}");
        }

        return string.Join(", ", told);
    }

    // Files that were not wholly acknowledged are offered again with a new one, as a sender does who heard nothing.
    private Victim Import()
    {
        List<Piece> pieces = [.. _offered.Where(_ => _random.Next(4) == 0).Take(2)];
        Piece made = _supply.Make(_random.Next(50, _options.LargestPiece), _random);
        _offered.Add(made);
        pieces.Add(made);
        string receipts = Path.Combine(_options.Folder, string.Create(CultureInfo.InvariantCulture, $"receipts-{_files++}.ndjson"));
        Func<bool>? acknowledges = _random.Next(3) == 0 ? () => File.Exists(receipts) && new FileInfo(receipts).Length > 0 : null;
        Task<int?> run = RunAsync(["record", "import", .. pieces.Select(piece => piece.Path), "--receipts", receipts], MomentWithin(pieces.Count + 0.5), [3], acknowledges);
        return new Victim("import", run, _ =>
        {
            int acknowledged = _memory.Take(receipts, pieces);
            File.Delete(receipts);
            return string.Create(CultureInfo.InvariantCulture, $" ({acknowledged} acknowledged)");
        });
    }

    // Not killed itself: it loses its node.
    private Victim Send(int port, Task<int?> node)
    {
        Piece piece = _supply.MakeOfOne(_random.Next(1, LargestStream));
        _offered.Add(piece);
        List<string> answers = [];
        return new Victim("sender", SendAsync(), _ => string.Create(CultureInfo.InvariantCulture, $" ({_memory.TakeAnswers(answers, piece)} acknowledged)"));

        async Task<int?> SendAsync()
        {
            await _sender.SendAsync(port, piece, node, answers);
            return 0;
        }
    }

    private Victim Node(LedgerProxy proxy, int port)
    {
        TimeSpan moment = MomentWithin(5);
        Task<int?> run = RunAsync(["node", "run", "--listen", FormattableString.Invariant($"http://127.0.0.1:{port}"), "--anchor-every", "1", "--rpc", proxy.Url], moment, []);
        if (_random.Next(3) != 0)
        {
            return new Victim("node", run);
        }

        // The connection to the ledger is cut in the middle of what was asked, and comes back.
        _cuts++;
        return new Victim("node", CutAsync(proxy, moment * _random.NextDouble(), TimeSpan.FromMilliseconds(_random.Next(300)), run));
    }

    private static async Task<int?> CutAsync(LedgerProxy proxy, TimeSpan moment, TimeSpan pause, Task<int?> run)
    {
        await Task.Delay(moment);
        await proxy.CloseAsync();
        await Task.Delay(pause);
        proxy.Open();
        return await run;
    }

    private RecordKey? ChooseToErase()
    {
        List<RecordKey> candidates = [.. _memory.Records.Keys.Where(key => !_erasures.MayBeErased(key)).Take(50)];
        return candidates.Count == 0 ? null : candidates[_random.Next(candidates.Count)];
    }

    private Victim Erase(RecordKey key)
    {
        _erasures.Begin(key);

        // 3: another process is reading, so that the write-ahead log could not be emptied; the erasure stands.
        return new Victim("erase", RunAsync(["record", "erase", key.Id, "--issuer", key.Issuer, "--kind", key.Kind], MomentWithin(1.2), [3]), exitCode =>
        {
            if (exitCode == 0)
            {
                _erasures.Complete(key);
            }

            return "";
        });
    }

    private Victim Backup()
    {
        BackupMade begun = new(Path.Combine(_options.Folder, string.Create(CultureInfo.InvariantCulture, $"backup-{_files++}.tar")), _memory.Records.ToDictionary());
        return new Victim("backup", RunAsync(["workspace", "backup", begun.File], MomentWithin(2), [3]), exitCode =>
        {
            if (exitCode == 0)
            {
                _backup = begun;
            }

            return "";
        });
    }

    /// <summary>Runs a command and kills it at a moment, or a few milliseconds after an event, unless it ends before.</summary>
    /// <returns>Its exit code; null where it was killed.</returns>
    private async Task<int?> RunAsync(IReadOnlyList<string> arguments, TimeSpan moment, int[] alsoEndsWith, Func<bool>? happened = null)
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

        return await process.KillAsync() ? null : (await process.FinishAsync()).Expect([0, .. alsoEndsWith]).ExitCode;
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

/// <summary>A command that is to be killed.</summary>
/// <param name="Name">What it is called in the summary.</param>
/// <param name="Run">Gives its exit code, or null where it was killed.</param>
/// <param name="Note">Notes what came of it, and says it; null where there is nothing to note.</param>
internal sealed record Victim(string Name, Task<int?> Run, Func<int?, string>? Note = null);

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
