using System.ComponentModel;
using System.Diagnostics;

namespace LedgerCredit.Faults.Tests.Storage;

/// <summary>Real processes on a disk that is full, that may not be written, or whose files may not grow.</summary>
/// <remarks>Full and read-only file systems are mounted in a namespace of the process alone; inconclusive where that is not allowed.</remarks>
[TestClass]
public sealed class DiskLimitTests
{
    private const int Records = 2_000;
    private const int SmallFileRecords = 300;

    private static FaultScene _scene = null!;
    private static string _import = null!;
    private static string _small = null!;

    public TestContext TestContext { get; set; } = null!;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        _scene = await FaultScene.StartAsync(120);
        _import = _scene.Supply.Make(Records, new Random(1)).Path;
        _small = _scene.Supply.Make(SmallFileRecords, new Random(2)).Path;
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
    [Timeout(900_000, CooperativeCancellation = true)]
    public async Task Import_FullDisk_SaysSoAndTheNextRunGoesOn()
    {
        RequireMounts();
        FaultedCommand command = new(_scene, ["record", "import", _import], Records, PrepareAsync);
        long used = Size(_scene.Data);
        int full = 0;
        foreach (int free in (int[])[0, 16, 60, 150, 400, 1_000, 2_000, 30_000])
        {
            (Prepared prepared, ToolRun run) = await RunOnSmallDiskAsync(used + (free * 1024), command.Arguments);
            string what = $"{free} KiB free: {run}";
            Assert.IsTrue(run.ExitCode is FaultedCommand.Done or FaultedCommand.Trouble, what);
            if (run.ExitCode == FaultedCommand.Trouble)
            {
                full++;
                Assert.Contains("disk", run.Error, what);
            }

            await command.AssertGoesOnAsync(prepared, run.ExitCode == FaultedCommand.Done, what);
        }

        TestContext.WriteLine($"{full} full disks.");
        Assert.IsGreaterThan(2, full);
    }

    // What is written beside the store.
    [TestMethod]
    [DataRow("record", "import", "SMALL", "--receipts", "DISK/receipts.ndjson")]
    [DataRow("record", "import", "SMALL", "--reject", "DISK/rejected.ndjson")]
    [DataRow("workspace", "backup", "DISK/backup.tar")]
    [DataRow("log", "export", "DISK/export")]
    [DataRow("evidence", "create", "--all", "-o", "DISK/evidence")]
    [DataRow("member", "add", "another-member", "--role", "agency")]
    [DataRow("key", "new", "another-key")]
    [Timeout(900_000, CooperativeCancellation = true)]
    public async Task Command_FullDisk_SaysSoAndLeavesTheWorkspaceSound(params string[] arguments)
    {
        RequireMounts();
        long used = Size(_scene.Data);
        int full = 0;
        foreach (int free in (int[])[0, 8, 40])
        {
            (Prepared prepared, ToolRun run) = await RunOnSmallDiskAsync(used + (free * 1024), arguments);
            string what = $"{free} KiB free: {run}";
            Assert.IsTrue(run.ExitCode is FaultedCommand.Done or FaultedCommand.Trouble, what);
            if (run.ExitCode == FaultedCommand.Trouble)
            {
                full++;
                Assert.IsTrue(run.Error.Contains("disk", StringComparison.Ordinal) || run.Error.Contains("No space left", StringComparison.Ordinal), what);
                Assert.AreEqual("", run.Out, what);
            }

            Tool tool = new(Tool.Built, prepared.Data);
            ToolRun audit = await tool.RunAsync("log", "audit");
            Assert.AreEqual(FaultedCommand.Done, audit.ExitCode, $"{what}\n{audit}");
            ToolRun next = await tool.RunAsync("record", "import", _small);
            Assert.AreEqual(FaultedCommand.Done, next.ExitCode, $"{what}\n{next}");
            Directory.Delete(prepared.Data, recursive: true);
        }

        TestContext.WriteLine($"{string.Join(' ', arguments)}: {full} full disks.");
        Assert.IsGreaterThan(0, full);
    }

    // 'ulimit -f', as some services are run: a write beyond it fails like one on a broken disk.
    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    [Timeout(900_000, CooperativeCancellation = true)]
    public async Task Import_FilesMayNotGrow_SaysSoAndTheNextRunGoesOn()
    {
        FaultedCommand command = new(_scene, ["record", "import", _import], Records, PrepareAsync);
        int told = 0;
        foreach (int blocks in (int[])[64, 200, 600, 1_500, 3_000, 5_000])
        {
            Prepared prepared = await PrepareAsync();

            // The runtime maps its own code into a file that is larger than any such limit, unless it is told not to.
            ToolRun run = await new Tool(Tool.Built, prepared.Data).RunUnderAsync(
                ["/bin/sh", "-c", FormattableString.Invariant($"ulimit -f {blocks}; exec env DOTNET_EnableWriteXorExecute=0 \"$@\""), "sh"], command.Arguments);
            string what = $"{blocks} blocks: {run}";
            Assert.IsTrue(run.ExitCode is FaultedCommand.Done or FaultedCommand.Trouble, what);
            if (run.ExitCode == FaultedCommand.Trouble)
            {
                told++;
                Assert.Contains("disk", run.Error, what);
            }

            await command.AssertGoesOnAsync(prepared, run.ExitCode == FaultedCommand.Done, what);
        }

        TestContext.WriteLine($"{told} limits met.");
        Assert.IsGreaterThan(2, told);
    }

    [TestMethod]
    [DataRow("record", "import", "SMALL")]
    [DataRow("log", "anchor")]
    [DataRow("node", "run", "--once")]
    [DataRow("member", "add", "another-member", "--role", "agency")]
    public async Task Command_ReadOnlyDisk_SaysSo(params string[] arguments)
    {
        RequireMounts();
        Prepared prepared = await PrepareAsync();
        const string Script = "mount --bind \"$1\" \"$1\" && mount -o remount,bind,ro \"$1\" || exit 99; shift; exec \"$@\"";

        ToolRun run = await new Tool(Tool.Built, prepared.Data).RunUnderAsync(["unshare", "-rm", "/bin/sh", "-c", Script, "sh", prepared.Data], Named(arguments, prepared.Data));

        Assert.AreEqual(FaultedCommand.Trouble, run.ExitCode, run.ToString());
        Assert.IsTrue(run.Error.Contains("may not be opened or written", StringComparison.Ordinal) || run.Error.Contains("Read-only file system", StringComparison.Ordinal), run.ToString());
        (await new Tool(Tool.Built, prepared.Data).RunAsync("log", "audit")).Expect(FaultedCommand.Done);
    }

    private static Task<Prepared> PrepareAsync() => Task.FromResult(new Prepared(_scene.Copy(), _scene.Entries));

    private static long Size(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(path => !path.Contains("anvil", StringComparison.Ordinal)).Sum(path => (new FileInfo(path).Length + 4095) / 4096 * 4096);

    private static string[] Named(string[] arguments, string disk) =>
        [.. arguments.Select(argument => argument.Replace("SMALL", _small, StringComparison.Ordinal).Replace("DISK", disk, StringComparison.Ordinal))];

    // Copies a workspace onto a file system of some size, runs the command there, and copies back what it left.
    private static async Task<(Prepared Prepared, ToolRun Run)> RunOnSmallDiskAsync(long bytes, string[] arguments)
    {
        const string Script = """
            size="$1" from="$2" disk="$3" left="$4"; shift 4
            mount -t tmpfs -o size="$size" tmpfs "$disk" && cp -r "$from/." "$disk" || exit 99
            code=0; "$@" || code=$?
            cp -r "$disk/." "$left" || exit 98
            exit $code
            """;
        Prepared prepared = await PrepareAsync();
        string disk = _scene.Fresh("disk");
        string left = _scene.Fresh("left");
        Directory.CreateDirectory(disk);
        Directory.CreateDirectory(left);
        ToolRun run = await new Tool(Tool.Built, disk).RunUnderAsync(
            ["unshare", "-rm", "/bin/sh", "-c", Script, "sh", FormattableString.Invariant($"{bytes}"), prepared.Data, disk, left], Named(arguments, disk));
        Directory.Delete(prepared.Data, recursive: true);
        return (prepared with { Data = left }, run);
    }

    private static void RequireMounts()
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo("unshare", ["-rm", "/bin/sh", "-c", "mount -t tmpfs tmpfs /mnt"]) { RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode == 0)
            {
                return;
            }
        }
        catch (Win32Exception)
        {
            // There is no such program here.
        }

        Assert.Inconclusive("Needs the right to mount in a namespace of its own.");
    }
}
