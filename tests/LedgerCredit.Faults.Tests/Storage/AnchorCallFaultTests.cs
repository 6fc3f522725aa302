namespace LedgerCredit.Faults.Tests.Storage;

/// <summary>
/// Anchoring meets a fault, or is killed, at each write of the store, each request to the ledger and each answer of it. In one
/// workspace, case after case: what one leaves is what the next one begins with.
/// </summary>
[TestClass]
[DoNotParallelize]
public sealed class AnchorCallFaultTests
{
    private const int NewRecords = 5;

    private static FaultScene _scene = null!;
    private static int _entries;

    public TestContext TestContext { get; set; } = null!;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        SystemCalls.Require();
        _scene = await FaultScene.StartAsync(60);
        _entries = _scene.Entries;
    }

    [ClassCleanup]
    public static async Task StopAsync()
    {
        if (_scene is not null)
        {
            await _scene.DisposeAsync();
        }
    }

    [TestMethod]
    [DataRow("log", "anchor", "--wait")]
    [DataRow("node", "run", "--once")]
    [Timeout(900_000, CooperativeCancellation = true)]
    public async Task Write_FailsOrIsWhereItIsKilled_AnchorsOnceInTheEnd(params string[] arguments)
    {
        FaultedCommand command = new(_scene, arguments, 0, PrepareAsync);
        IReadOnlyDictionary<string, int> counts = await command.CountAsync(FaultedCommand.Writing, FaultedCommand.StoreFiles);
        int met = 0;
        foreach ((string call, int count) in counts)
        {
            foreach (int at in SystemCalls.Some(count, SystemCalls.MostOfEach))
            {
                string what = at % 2 == 0 ? "signal=SIGKILL" : "error=EIO";
                (ToolRun _, bool isMet) = await command.MeetAsync(FaultedCommand.Writing, FaultedCommand.StoreFiles, FormattableString.Invariant($"{call}:{what}:when={at}"));
                met += isMet ? 1 : 0;
                await AssertAnchoredOnceAsync();
            }
        }

        TestContext.WriteLine($"{string.Join(' ', arguments)}: {string.Join(", ", counts.Select(pair => $"{pair.Value} {pair.Key}"))}; {met} faults met.");
        Assert.IsGreaterThan(2, met);
    }

    [TestMethod]
    [DataRow("log", "anchor", "--wait")]
    [DataRow("node", "run", "--once")]
    [Timeout(900_000, CooperativeCancellation = true)]
    public async Task Ledger_CutOffOrKilledAtARequestOrAnAnswer_AnchorsOnceInTheEnd(params string[] arguments)
    {
        FaultedCommand command = new(_scene, arguments, 0, PrepareAsync);
        IReadOnlyDictionary<string, int> counts = await command.CountAsync(FaultedCommand.Talking, _ => []);
        int met = 0;
        foreach ((string call, int count) in counts)
        {
            foreach (int at in SystemCalls.Some(count, SystemCalls.MostOfEach))
            {
                string what = at % 2 == 0 ? "signal=SIGKILL" : "error=ECONNRESET";
                (ToolRun _, bool isMet) = await command.MeetAsync(FaultedCommand.Talking, _ => [], FormattableString.Invariant($"{call}:{what}:when={at}"));
                met += isMet ? 1 : 0;
                await AssertAnchoredOnceAsync();
            }
        }

        TestContext.WriteLine($"{string.Join(' ', arguments)}: {string.Join(", ", counts.Select(pair => $"{pair.Value} {pair.Key}"))}; {met} faults met.");

        // The first of each call. Which thread makes the later ones differs from run to run, and so whether one of them comes that far.
        Assert.IsGreaterThan(1, met);
    }

    private static async Task<Prepared> PrepareAsync()
    {
        (await FaultScene.RunAsync(_scene.Data, "record", "import", _scene.Supply.Make(NewRecords, new Random(_entries)).Path)).Expect(FaultedCommand.Done);
        _entries += NewRecords;
        return new Prepared(_scene.Data, _entries);
    }

    private static Task<int> AssertAnchoredOnceAsync() => LedgerAnchors.AssertKnownOnceAsync(_scene.Data);
}
