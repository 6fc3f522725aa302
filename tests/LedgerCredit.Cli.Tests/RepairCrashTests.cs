using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
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
    [Timeout(1_800_000, CooperativeCancellation = true)]
    public async Task Open_KilledAtRandomMoments_IsCompletedByTheNextRun()
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        Random random = new(Seed);
        TimeSpan whole = await MeasureAsync(desk);
        int onLedger = 0;
        int kills = KillCount();
        for (int i = 0; i < kills; i++)
        {
            ApplicantFiles files = new(_folder, $"kill-{i}");
            string evidence = await files.ImposeAsync(desk);
            string[] open = ["repair", "open", evidence, "--as", RepairWorkspace.Enterprise, .. files.Materials(), "--package", _folder.At("case.zip")];
            await KillAsync(desk, open, Moment(random, whole));

            // What the killed run left is completed by the command that was killed.
            onLedger += (await desk.RunAsync("repair", "show", evidence)).ExitCode == ExitCode.Done ? 1 : 0;
            CommandRun completed = (await desk.RunAsync([.. open, "--json"])).Expect(ExitCode.Done);

            JsonElement sanction = completed.Json.GetProperty("sanction");
            await AssertOneCaseAsync(desk, evidence, sanction.GetString()!, 5);
            File.Delete(_folder.At("case.zip"));
        }

        TestContext.WriteLine($"{kills} kills within {whole.TotalMilliseconds:0} ms; {onLedger} left a case on the ledger.");
    }

    [TestMethod]
    [Timeout(1_800_000, CooperativeCancellation = true)]
    public async Task Supplement_KilledAtRandomMoments_IsOnTheLedgerOnce()
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        Random random = new(Seed + 1);
        TimeSpan whole = await MeasureAsync(desk);
        ApplicantFiles files = new(_folder, "supplement");
        string evidence = await files.ImposeAsync(desk);
        JsonElement opened = (await desk.RunAsync(["repair", "open", evidence, "--as", RepairWorkspace.Enterprise, .. files.Materials(), "--json"])).Expect(ExitCode.Done).Json;
        string caseId = opened.GetProperty("case").GetInt64().ToString(CultureInfo.InvariantCulture);
        int kills = KillCount();
        for (int i = 0; i < kills; i++)
        {
            string[] supplement = ["repair", "supplement", caseId, "--as", RepairWorkspace.Enterprise, "--material", $"D08={files.Jpeg($"photo-{i}.jpg")}"];
            await KillAsync(desk, supplement, Moment(random, whole));

            (await desk.RunAsync(supplement)).Expect(ExitCode.Done);

            await AssertOneCaseAsync(desk, evidence, opened.GetProperty("sanction").GetString()!, 6 + i);
        }
    }

    private static int KillCount() =>
        int.TryParse(Environment.GetEnvironmentVariable(KillsVariable), NumberStyles.None, CultureInfo.InvariantCulture, out int kills) ? kills : DefaultKills;

    // Mostly late ones: before the tool has started up nothing can happen.
    private static TimeSpan Moment(Random random, TimeSpan whole) => whole * (0.4 + (0.6 * random.NextDouble()));

    // How long an application takes on this machine, so that the kills fall within it.
    private async Task<TimeSpan> MeasureAsync(RepairWorkspace desk)
    {
        ApplicantFiles files = new(_folder, $"measure-{Guid.NewGuid():N}"[..20]);
        string evidence = await files.ImposeAsync(desk);
        long started = Stopwatch.GetTimestamp();
        using Process open = CommandRun.Start(NoVariables, ["repair", "open", evidence, "--as", RepairWorkspace.Enterprise, .. files.Materials(), "--data", desk.Data]);
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

    private static async Task AssertOneCaseAsync(RepairWorkspace desk, string evidence, string sanction, int materials)
    {
        string folder = Path.Combine(desk.Data, "repair", sanction[2..]);
        string[] packages = [.. Directory.GetFiles(folder, "*.zip")];
        Assert.HasCount(1, packages, string.Join('\n', packages));
        JsonElement check = (await desk.RunAsync("repair", "check", packages[0], "--json")).Expect(ExitCode.Done).Json;
        string caseId = check.GetProperty("case").GetInt64().ToString(CultureInfo.InvariantCulture);
        Assert.AreEqual($"case-{caseId}.repair.zip", Path.GetFileName(packages[0]));
        IndexedCase indexed = await desk.ReadAsync(caseId);
        Assert.HasCount(materials, indexed.Materials);
        Assert.HasCount(indexed.Materials.Count, indexed.Materials.Select(material => material.Digest).Distinct());

        // Each step is recorded once, however often it was tried.
        JsonElement report = (await desk.RunAsync("subject", "report", ApplicantFiles.SubjectOf(evidence), "--json")).Expect(ExitCode.Done).Json;
        string[] events = [.. report.GetProperty("repairs").EnumerateArray().Select(repair => repair.GetProperty("record").GetProperty("claims").GetProperty("event").GetString()!)];
        Assert.AreEqual("opened" + string.Concat(Enumerable.Repeat(" materials-submitted", materials - 4)), string.Join(' ', events));
        CommandRun list = await desk.RunAsync("repair", "list", "--json");
        Assert.HasCount(1, list.Json.EnumerateArray().Where(row => row.GetProperty("sanction").GetString() == sanction));
    }
}
