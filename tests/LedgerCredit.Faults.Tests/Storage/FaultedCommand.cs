using LedgerCredit.Cli.Tests;

namespace LedgerCredit.Faults.Tests.Storage;

/// <summary>A workspace in which a command has something to do.</summary>
/// <param name="Data">The workspace.</param>
/// <param name="Entries">How many entries its logs have in all.</param>
internal sealed record Prepared(string Data, int Entries);

/// <summary>A command that meets faults, and what must be true of the workspace afterwards.</summary>
/// <param name="Scene">Where files go.</param>
/// <param name="Arguments">The command.</param>
/// <param name="NewEntries">How many entries it adds.</param>
/// <param name="PrepareAsync">Makes a workspace for it.</param>
internal sealed record FaultedCommand(FaultScene Scene, string[] Arguments, int NewEntries, Func<Task<Prepared>> PrepareAsync)
{
    /// <summary>All was done.</summary>
    public const int Done = 0;

    /// <summary>The disk or the ledger was in the way.</summary>
    public const int Trouble = 3;

    /// <summary>What a wrapper says of a process that SIGKILL ended.</summary>
    public const int Killed = 137;

    /// <summary>The calls that change files.</summary>
    public static readonly string[] Writing = ["pwrite64", "fsync", "fdatasync", "ftruncate", "unlink"];

    /// <summary>The calls that a process talks to the ledger with.</summary>
    public static readonly string[] Talking = ["sendmsg", "sendto", "recvmsg", "recvfrom"];

    /// <summary>The files of a store.</summary>
    public static string[] StoreFiles(string data)
    {
        string store = FaultScene.StoreOf(data);
        return [store, store + "-wal", store + "-shm"];
    }

    /// <summary>Runs it without a fault and counts its calls.</summary>
    /// <param name="calls">Which calls.</param>
    /// <param name="paths">On which files of a workspace; empty for all.</param>
    public async Task<IReadOnlyDictionary<string, int>> CountAsync(IReadOnlyList<string> calls, Func<string, string[]> paths)
    {
        Prepared prepared = await PrepareAsync();
        string record = Scene.Fresh("calls");
        (await new Tool(Tool.Built, prepared.Data).RunUnderAsync(SystemCalls.Wrapper(record, calls, paths(prepared.Data), injection: null), Arguments)).Expect(Done);
        return calls.Select(call => (Call: call, Count: SystemCalls.Most(record, call))).Where(pair => pair.Count > 0).ToDictionary(pair => pair.Call, pair => pair.Count);
    }

    /// <summary>Runs it with a fault; then the store must be sound, and the next run must complete it.</summary>
    /// <param name="calls">What is watched.</param>
    /// <param name="paths">On which files of a workspace; empty for all.</param>
    /// <param name="injection">The fault.</param>
    /// <returns>How the faulted run ended, and whether it met the fault.</returns>
    public async Task<(ToolRun Run, bool IsMet)> MeetAsync(IReadOnlyList<string> calls, Func<string, string[]> paths, string injection)
    {
        Prepared prepared = await PrepareAsync();
        string record = Scene.Fresh("calls");
        ToolRun run = await new Tool(Tool.Built, prepared.Data).RunUnderAsync(SystemCalls.Wrapper(record, calls, paths(prepared.Data), injection), Arguments);
        bool isMet = run.ExitCode == Killed || SystemCalls.WasInjected(record);
        File.Delete(record);
        string what = $"{injection}: {run}";
        Assert.IsTrue(run.ExitCode is Done or Trouble or Killed, what);
        await AssertGoesOnAsync(prepared, run.ExitCode == Done, what);
        return (run, isMet);
    }

    /// <summary>The store is sound as it was left; after the same command once more everything is done, once.</summary>
    public async Task AssertGoesOnAsync(Prepared prepared, bool isDone, string what)
    {
        CommandRun left = await FaultScene.RunAsync(prepared.Data, "log", "audit", "--json");
        Assert.AreEqual(Done, left.ExitCode, $"{what}\n{left}");
        long entries = Entries(left);
        Assert.IsInRange(isDone ? prepared.Entries + NewEntries : prepared.Entries, prepared.Entries + NewEntries, entries, what);

        CommandRun again = await FaultScene.RunAsync(prepared.Data, Arguments);
        Assert.AreEqual(Done, again.ExitCode, $"{what}\n{again}");
        CommandRun audit = await FaultScene.RunAsync(prepared.Data, "log", "audit", "--json");
        Assert.AreEqual(Done, audit.ExitCode, $"{what}\n{audit}");
        Assert.AreEqual(prepared.Entries + NewEntries, Entries(audit), what);
        if (prepared.Data != Scene.Data)
        {
            Directory.Delete(prepared.Data, recursive: true);
        }
    }

    private static long Entries(CommandRun audit) => audit.Json.GetProperty("logs").EnumerateArray().Sum(log => log.GetProperty("entries").GetInt64());
}
