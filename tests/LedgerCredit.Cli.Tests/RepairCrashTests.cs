using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using LedgerCredit.Cli.Tests.Remote;
using LedgerCredit.Node.LedgerIndex;

namespace LedgerCredit.Cli.Tests;

/// <summary>The real tool, killed at some moment while it applies: the next run completes it, and no salt is ever lost.</summary>
[TestClass]
[DoNotParallelize]
public sealed class RepairCrashTests : IDisposable
{
    private const string KillsVariable = "LEDGERCREDIT_TEST_KILLS";
    private const int DefaultKills = 6;
    private const int Seed = 20_260_403;
    private static readonly Dictionary<string, string> NoVariables = [];

    private readonly TestFolder _folder = new();

    public TestContext TestContext { get; set; } = null!;

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    [Timeout(1_800_000, CooperativeCancellation = true)]
    public async Task Open_KilledAtRandomMoments_IsCompletedByTheNextRun(bool throughNode)
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        int kills = KillCount();
        List<(ApplicantFiles Files, string Evidence)> sanctions = [];
        for (int i = 0; i <= kills; i++)
        {
            sanctions.Add(await ImposeAsync(desk, $"kill-{i}-{throughNode}"));
        }

        await using RunningNode? node = throughNode ? await RunningNode.StartBesideAsync(desk, TestContext.CancellationToken) : null;
        Random random = new(Seed);
        TimeSpan whole = await MeasureAsync(desk, node, sanctions[^1]);
        int onLedger = 0;
        foreach ((ApplicantFiles files, string evidence) in sanctions.SkipLast(1))
        {
            string[] open = ["repair", "open", evidence, "--as", RepairWorkspace.Enterprise, .. files.Materials(), "--package", _folder.At("case.zip"), .. Through(node)];
            await KillAsync(desk, open, Moment(random, whole));

            // What the killed run left is completed by the command that was killed.
            onLedger += (await desk.RunAsync("repair", "show", evidence)).ExitCode == ExitCode.Done ? 1 : 0;
            CommandRun completed = (await desk.RunAsync([.. open, "--json"])).Expect(ExitCode.Done);

            JsonElement sanction = completed.Json.GetProperty("sanction");
            await AssertOneCaseAsync(desk, node, evidence, sanction.GetString()!, 5);
            File.Delete(_folder.At("case.zip"));
        }

        TestContext.WriteLine($"{kills} kills within {whole.TotalMilliseconds:0} ms; {onLedger} left a case on the ledger.");
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    [Timeout(1_800_000, CooperativeCancellation = true)]
    public async Task Supplement_KilledAtRandomMoments_IsOnTheLedgerOnce(bool throughNode)
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        (ApplicantFiles Files, string Evidence) measured = await ImposeAsync(desk, $"supplement-measured-{throughNode}");
        (ApplicantFiles files, string evidence) = await ImposeAsync(desk, $"supplement-{throughNode}");
        await using RunningNode? node = throughNode ? await RunningNode.StartBesideAsync(desk, TestContext.CancellationToken) : null;
        Random random = new(Seed + 1);
        TimeSpan whole = await MeasureAsync(desk, node, measured);
        JsonElement opened = (await desk.RunAsync(["repair", "open", evidence, "--as", RepairWorkspace.Enterprise, .. files.Materials(), "--json"])).Expect(ExitCode.Done).Json;
        string caseId = opened.GetProperty("case").GetInt64().ToString(CultureInfo.InvariantCulture);
        int kills = KillCount();
        for (int i = 0; i < kills; i++)
        {
            string[] supplement = ["repair", "supplement", caseId, "--as", RepairWorkspace.Enterprise, "--material", $"D08={files.Jpeg($"photo-{i}.jpg")}", .. Through(node)];
            await KillAsync(desk, supplement, Moment(random, whole));

            (await desk.RunAsync(supplement)).Expect(ExitCode.Done);

            await AssertOneCaseAsync(desk, node, evidence, opened.GetProperty("sanction").GetString()!, 6 + i);
        }
    }

    // Before a node runs, which anchors by itself.
    private async Task<(ApplicantFiles Files, string Evidence)> ImposeAsync(RepairWorkspace desk, string mark)
    {
        ApplicantFiles files = new(_folder, mark);
        return (files, await files.ImposeAsync(desk));
    }

    private static string[] Through(RunningNode? node) => node is null ? [] : ["--node", node.Url, "--purpose", "own-records"];

    private static int KillCount() =>
        int.TryParse(Environment.GetEnvironmentVariable(KillsVariable), NumberStyles.None, CultureInfo.InvariantCulture, out int kills) ? kills : DefaultKills;

    // Mostly late ones: before the tool has started up nothing can happen.
    private static TimeSpan Moment(Random random, TimeSpan whole) => whole * (0.4 + (0.6 * random.NextDouble()));

    // How long an application takes on this machine, so that the kills fall within it.
    private async Task<TimeSpan> MeasureAsync(RepairWorkspace desk, RunningNode? node, (ApplicantFiles Files, string Evidence) sanction)
    {
        long started = Stopwatch.GetTimestamp();
        using Process open = CommandRun.Start(NoVariables, ["repair", "open", sanction.Evidence, "--as", RepairWorkspace.Enterprise, .. sanction.Files.Materials(), .. Through(node), "--data", desk.Data]);
        (await CommandRun.FinishAsync(open, "", TestContext.CancellationToken)).Expect(ExitCode.Done);
        return Stopwatch.GetElapsedTime(started);
    }

    private async Task KillAsync(RepairWorkspace desk, string[] command, TimeSpan after)
    {
        using Process process = CommandRun.Start(NoVariables, [.. command, "--data", desk.Data]);
        using CancellationTokenSource time = CancellationTokenSource.CreateLinkedTokenSource(TestContext.CancellationToken);
        time.CancelAfter(after);
        try
        {
            await process.WaitForExitAsync(time.Token);
        }
        catch (OperationCanceledException) when (!TestContext.CancellationToken.IsCancellationRequested)
        {
            // SIGKILL: nothing of the tool runs after it.
            process.Kill();
            await process.WaitForExitAsync(TestContext.CancellationToken);
        }
    }

    private static async Task AssertOneCaseAsync(RepairWorkspace desk, RunningNode? node, string evidence, string sanction, int materials)
    {
        string folder = Path.Combine(desk.Data, "repair", sanction[2..]);
        string[] packages = [.. Directory.GetFiles(folder, "*.zip")];
        Assert.HasCount(1, packages, string.Join('\n', packages));
        Assert.IsEmpty(Directory.GetFiles(folder, "*.transaction"));
        JsonElement check = (await desk.RunAsync("repair", "check", packages[0], "--json")).Expect(ExitCode.Done).Json;
        string caseId = check.GetProperty("case").GetInt64().ToString(CultureInfo.InvariantCulture);
        Assert.AreEqual($"case-{caseId}.repair.zip", Path.GetFileName(packages[0]));
        IndexedCase indexed = await desk.ReadAsync(caseId);
        Assert.HasCount(materials, indexed.Materials);
        Assert.HasCount(indexed.Materials.Count, indexed.Materials.Select(material => material.Digest).Distinct());

        // Each step is recorded once, however often it was tried; by a node in a round of its own.
        string expected = "opened" + string.Concat(Enumerable.Repeat(" materials-submitted", materials - 4));
        string events;
        do
        {
            JsonElement report = (await desk.RunAsync("subject", "report", ApplicantFiles.SubjectOf(evidence), "--json")).Expect(ExitCode.Done).Json;
            events = string.Join(' ', report.GetProperty("repairs").EnumerateArray().Select(repair => repair.GetProperty("record").GetProperty("claims").GetProperty("event").GetString()!));
        }
        while (node is not null && events.Length < expected.Length);
        Assert.AreEqual(expected, events);
        CommandRun list = await desk.RunAsync("repair", "list", "--json");
        Assert.HasCount(1, list.Json.EnumerateArray().Where(row => row.GetProperty("sanction").GetString() == sanction));
    }
}
