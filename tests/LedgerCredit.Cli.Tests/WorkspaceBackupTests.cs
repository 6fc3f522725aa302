using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace LedgerCredit.Cli.Tests;

/// <summary><c>workspace backup</c> and <c>restore</c> as their user sees them, beside other processes, and killed.</summary>
[TestClass]
public sealed class WorkspaceBackupTests : IDisposable
{
    private const int Rows = 40_000;
    private const int MostBackups = 4;
    private static readonly Dictionary<string, string> NoVariables = [];
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(180);

    private readonly TestFolder _folder = new();

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    private string Data => _folder.At("workspace");

    private string Backup => _folder.At("backup.tar");

    private string Restored => _folder.At("restored");

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Backup_WhileAnotherProcessImports_HasEveryRecordAcknowledgedBefore()
    {
        await InitAsync();
        string file = WriteRatings(Rows);
        string receipts = _folder.At("receipts.ndjson");
        using Process import = CommandRun.Start(NoVariables, ["record", "import", file, "--receipts", receipts, "--data", Data]);
        Task<CommandRun> finished = CommandRun.FinishAsync(import, "", Token);
        await WaitForAsync(() => File.Exists(receipts) && new FileInfo(receipts).Length > 0, import);

        List<int> acknowledged = [];
        while (!import.HasExited && acknowledged.Count < MostBackups)
        {
            acknowledged.Add(await CountLinesAsync(receipts));
            (await RunAsync(Data, "workspace", "backup", $"{Backup}.{acknowledged.Count}")).Expect(ExitCode.Done);

            // The import goes on: the next backup is of a larger store.
            while (!import.HasExited && await CountLinesAsync(receipts) <= acknowledged[^1])
            {
                await Task.Delay(PollInterval, Token);
            }
        }

        (await finished).Expect(ExitCode.Done);
        JsonElement[] lines = [.. (await File.ReadAllLinesAsync(receipts, Token)).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.HasCount(Rows, lines);
        Assert.IsInRange(1, Rows - 1, acknowledged[0]);
        for (int i = 1; i <= acknowledged.Count; i++)
        {
            string target = $"{Restored}.{i}";
            CommandRun run = (await RunAsync(target, "workspace", "restore", $"{Backup}.{i}", "--json")).Expect(ExitCode.Done);
            long entries = run.Json.GetProperty("logs")[0].GetProperty("entries").GetInt64();
            TestContext.WriteLine($"backup {i}: {acknowledged[i - 1]} acknowledged before, {entries} in it");
            Assert.IsGreaterThanOrEqualTo(acknowledged[i - 1], entries);
            Assert.AreEqual("not-compared", run.Json.GetProperty("audit").GetProperty("verdict").GetString());

            // The last record that was acknowledged before is the one at its acknowledged index.
            JsonElement last = lines[acknowledged[i - 1] - 1];
            CommandRun shown = (await RunAsync(target, "record", "show", $"R-{last.GetProperty("row").GetInt64() - 1}", "--json")).Expect(ExitCode.Done);
            Assert.AreEqual(last.GetProperty("leafHash").GetString(), shown.Json.GetProperty("leafHash").GetString());
            Assert.AreEqual(last.GetProperty("leafIndex").GetInt64(), shown.Json.GetProperty("leafIndex").GetInt64());
        }

        Assert.IsGreaterThan(1, acknowledged.Distinct().Count());

        // What the first of them lacks can be imported into it.
        CommandRun completed = (await RunAsync($"{Restored}.1", "record", "import", file, "--json")).Expect(ExitCode.Done);
        Assert.AreEqual(Rows, completed.Json.GetProperty("alreadyThere").GetInt64() + completed.Json.GetProperty("imported").GetInt64());
        (await RunAsync($"{Restored}.1", "log", "audit")).Expect(ExitCode.Undecided);
    }

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task BackupAndRestore_Killed_LeaveNothingThatCountsAsOne()
    {
        await InitAsync();
        (await RunAsync(Data, "record", "import", WriteRatings(Rows))).Expect(ExitCode.Done);

        string[] leftBehind = [Backup + ".new", Backup + ".store.new"];
        foreach (string begun in leftBehind)
        {
            await StartAndKillAsync(begun, "workspace", "backup", Backup, "--data", Data);
            Assert.IsFalse(File.Exists(Backup));
        }

        (await RunAsync(Data, "workspace", "backup", Backup)).Expect(ExitCode.Done);
        Assert.AreSequenceEqual((string[])["backup.tar", "ratings.ndjson", "workspace"], Directory.EnumerateFileSystemEntries(_folder.FullPath).Select(Path.GetFileName).Order(StringComparer.Ordinal).ToArray());

        foreach (string begun in (string[])["keys", "ledgercredit.db"])
        {
            await StartAndKillAsync(Path.Combine(Restored, begun), "workspace", "restore", Backup, "--data", Restored);
            (await RunAsync(Restored, "log", "status")).ExpectFailure(ExitCode.Configuration, "is not a workspace");
            (await RunAsync(Restored, "workspace", "restore", Backup)).ExpectFailure(ExitCode.Configuration, "remove it");
            Directory.Delete(Restored, recursive: true);
        }

        (await RunAsync(Restored, "workspace", "restore", Backup)).Expect(ExitCode.Done);
    }

    [TestMethod]
    public async Task Backup_ExistingFile_IsTwo()
    {
        await InitAsync();
        _folder.Write("backup.tar", "mine");

        (await RunAsync(Data, "workspace", "backup", Backup)).ExpectFailure(ExitCode.BadInput, "never replaces a file");
        (await RunAsync(Data, "workspace", "backup", _folder.FullPath)).ExpectFailure(ExitCode.BadInput, "never replaces a file");
        (await RunAsync(Data, "workspace", "backup", _folder.At("none/backup.tar"))).ExpectFailure(ExitCode.Undecided, "none");

        Assert.AreEqual("mine", await File.ReadAllTextAsync(Backup, Token));
    }

    [TestMethod]
    public async Task Restore_DamagedMissingOrIntoAFolderInUse_SaysWhy()
    {
        await InitAsync();
        (await RunAsync(Data, "workspace", "backup", Backup)).Expect(ExitCode.Done);
        byte[] archive = await File.ReadAllBytesAsync(Backup, Token);
        archive[^3000] ^= 1;
        await File.WriteAllBytesAsync(_folder.At("flipped.tar"), archive, Token);
        await File.WriteAllBytesAsync(_folder.At("cut.tar"), archive[..^1], Token);

        (await RunAsync(Restored, "workspace", "restore", _folder.At("flipped.tar"))).ExpectFailure(ExitCode.VerificationFailed, "nothing was restored. ledgercredit.db: ");
        (await RunAsync(Restored, "workspace", "restore", _folder.At("cut.tar"))).ExpectFailure(ExitCode.VerificationFailed, "cut short");
        (await RunAsync(Restored, "workspace", "restore", _folder.At("none.tar"))).ExpectFailure(ExitCode.BadInput, "does not exist");
        (await RunAsync(Data, "workspace", "restore", Backup)).ExpectFailure(ExitCode.Configuration, "is a workspace already");
        Assert.IsFalse(Path.Exists(Restored));
    }

    [TestMethod]
    public async Task Restore_ProtectedKeysWithoutPassword_RestoresAndSaysThatItWasNotAudited()
    {
        string consensus = _folder.Write("consensus.json", """{"type": "pinned", "hash": "keccak", "blocks": {}}""");
        string password = _folder.Write("password.txt", "one two three");
        (await RunAsync(Data, "workspace", "init", "--rpc", "http://127.0.0.1:1", "--consensus", consensus, "--password-file", password)).Expect(ExitCode.Done);

        // No password is needed to make a backup: keys stay as they are.
        (await RunAsync(Data, "workspace", "backup", Backup)).Expect(ExitCode.Done);
        (await RunAsync(Restored, "workspace", "restore", Backup, "--password-file", _folder.Write("other.txt", "another")))
            .ExpectFailure(ExitCode.Configuration, "could not be audited");

        (await RunAsync(Restored, "key", "list")).Expect(ExitCode.Done);
        (await RunAsync(_folder.At("second"), "workspace", "restore", Backup, "--password-file", password)).Expect(ExitCode.Done);
        (await RunAsync(_folder.At("third"), "workspace", "restore", Backup, "--no-audit")).Expect(ExitCode.Done);
    }

    [TestMethod]
    public async Task Restore_OfRecordsThatWereAlteredBefore_IsOneAndTheWorkspaceIsThere()
    {
        await InitAsync();
        (await RunAsync(Data, "record", "import", WriteRatings(3))).Expect(ExitCode.Done);
        StoreFile.AlterRecord(Data, "example-agency", 0, "AA", "BB");
        (await RunAsync(Data, "workspace", "backup", Backup)).Expect(ExitCode.Done);
        CommandRun run = (await RunAsync(Restored, "workspace", "restore", Backup)).Expect(ExitCode.VerificationFailed);

        Assert.Contains("DIVERGES: example-agency, entry 0:", run.Out);
        (await RunAsync(Restored, "log", "audit")).Expect(ExitCode.VerificationFailed);
    }

    private static Task<CommandRun> RunAsync(string data, params string[] arguments) => CommandRun.RunAsync([.. arguments, "--data", data]);

    private async Task InitAsync()
    {
        (await RunAsync(Data, "workspace", "init")).Expect(ExitCode.Done);
        (await RunAsync(Data, "member", "add", "example-agency", "--role", "agency")).Expect(ExitCode.Done);
    }

    // Killed when a file or folder is there that it makes on the way.
    private async Task StartAndKillAsync(string begun, params string[] arguments)
    {
        using Process process = CommandRun.Start(NoVariables, arguments);
        await WaitForAsync(() => Path.Exists(begun), process);
        process.Kill();
        await process.WaitForExitAsync(Token);
        Assert.AreNotEqual(0, process.ExitCode);
    }

    private async Task WaitForAsync(Func<bool> isThere, Process process)
    {
        long started = Stopwatch.GetTimestamp();
        while (!isThere())
        {
            Assert.IsFalse(process.HasExited, "The process ended before.");
            Assert.IsLessThan(StartTimeout, Stopwatch.GetElapsedTime(started), "The process did not come so far.");
            await Task.Delay(PollInterval, Token);
        }
    }

    // Lines that are whole. By another program, because the one that writes the file shares it with none of the framework's.
    private async Task<int> CountLinesAsync(string path)
    {
        using Process count = Process.Start(new ProcessStartInfo("wc", ["-l", path]) { RedirectStandardOutput = true })!;
        string output = await count.StandardOutput.ReadToEndAsync(Token);
        await count.WaitForExitAsync(Token);
        return int.Parse(output.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture);
    }

    private string WriteRatings(int count)
    {
        StringBuilder text = new();
        for (int i = 0; i < count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $$$"""{"kind":"rating","id":"R-{{{i}}}","issuer":"example-agency","subject":"cik:{{{i}}}","issuedAt":"2026-01-02T00:00:00Z","claims":{"agency":"example-agency","scale":"long-term","symbol":"AA","action":"initial","actedOn":"2026-01-02"}}""").Append('\n');
        }

        return _folder.Write("ratings.ndjson", text.ToString());
    }
}
