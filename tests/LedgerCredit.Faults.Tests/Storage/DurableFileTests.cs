using System.Text.RegularExpressions;

namespace LedgerCredit.Faults.Tests.Storage;

/// <summary>A file that must stay, as the real program writes it: what a power cut may take back shows only in the order of its system calls.</summary>
[TestClass]
public sealed partial class DurableFileTests
{
    public TestContext TestContext { get; set; } = null!;

    private readonly string _folder = Directory.CreateTempSubdirectory("ledgercredit-durable-").FullName;

    [TestCleanup]
    public void Delete() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Key_Made_ItsContentIsFlushedThenNamedThenTheFolderIsFlushed()
    {
        SystemCalls.Require();
        Tool tool = new(Tool.Built, Path.Combine(_folder, "workspace"));
        Assert.AreEqual(0, (await tool.RunAsync("workspace", "init")).ExitCode);
        string record = Path.Combine(_folder, "calls");

        // -y tells of each open file which one it is.
        ToolRun made = await tool.RunUnderAsync([.. SystemCalls.Wrapper(record, ["fsync", "rename", "link", "unlink"], [], injection: null), "-y"], ["key", "new", "other"]);

        Assert.AreEqual(0, made.ExitCode, made.ToString());
        string keys = Path.Combine(tool.Data, "keys");
        string file = Path.Combine(keys, "account-other.json");
        string[] calls = [.. File.ReadLines(record).Where(line => line.Contains(keys, StringComparison.Ordinal)).Select(line => Thread().Replace(Descriptor().Replace(line, "("), ""))];
        Assert.AreSequenceEqual(
            new[] { $"fsync(<{file}.new>) = 0", $"rename(\"{file}.new\", \"{file}\") = 0", $"fsync(<{keys}>) = 0" },
            calls.Select(call => Spaces().Replace(call, " ")));
    }

    // A folder that is new has its name in the one above it. Whether the command can do anything with it does not matter here.
    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Folder_Made_TheOneAboveItIsFlushedAndAgainWhereItWasThere()
    {
        SystemCalls.Require();
        Tool tool = new(Tool.Built, Path.Combine(_folder, "workspace"));
        Assert.AreEqual(0, (await tool.RunAsync("workspace", "init")).ExitCode);
        string folder = Path.Combine(tool.Data, "repair");
        string flushed = $"fsync(<{tool.Data}>) = 0";
        foreach (string[] expected in (string[][])[[$"mkdir(\"{folder}\") = 0", flushed], [$"mkdir(\"{folder}\") = -1 EEXIST (File exists)", flushed]])
        {
            string record = Path.Combine(_folder, "calls");
            ToolRun run = await tool.RunUnderAsync(
                [.. SystemCalls.Wrapper(record, ["fsync", "mkdir"], [], injection: null), "-y"], ["repair", "supplement", "1", "--material", "D01=none"]);
            Assert.AreEqual(3, run.ExitCode, run.ToString());
            string[] calls = [.. File.ReadLines(record).Select(line => Mode().Replace(Thread().Replace(Descriptor().Replace(line, "("), ""), ""))];
            Assert.AreSequenceEqual(expected, calls.Select(call => Spaces().Replace(call, " ")).Where(call => call == flushed || call.StartsWith($"mkdir(\"{folder}\"", StringComparison.Ordinal)));
        }
    }

    // What is left of a workspace that counts as one must be all of it: a power cut may not take keys back and leave workspace.json.
    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Workspace_InitAndRestore_EveryNameIsFlushedBeforeTheFileThatMakesItCount()
    {
        SystemCalls.Require();
        Tool tool = new(Tool.Built, Path.Combine(_folder, "new", "workspace"));
        await ExpectNamesAsync(tool, "workspace.json", "workspace", "init");

        string statements = Path.Combine(tool.Data, "repair", "statements");
        Directory.CreateDirectory(statements);
        await File.WriteAllTextAsync(Path.Combine(statements, "one.json"), "{}", TestContext.CancellationToken);
        string backup = Path.Combine(_folder, "backup.tar");
        (await tool.RunAsync("workspace", "backup", backup)).Expect(0);
        await ExpectNamesAsync(tool.On(Path.Combine(_folder, "other", "folder", "workspace")), "workspace.json", "workspace", "restore", backup);

        string password = Path.Combine(_folder, "password");
        await File.WriteAllTextAsync(password, "one two three", TestContext.CancellationToken);
        await ExpectNamesAsync(tool.On(Path.Combine(_folder, "of-witness", "witness")), "witness.json", "witness", "init", "--name", "witness.example/w1", "--password-file", password);
    }

    // The last of the names is that of the file.
    private async Task ExpectNamesAsync(Tool tool, string last, params string[] arguments)
    {
        string record = Path.Combine(_folder, "calls");
        ToolRun run = await tool.RunUnderAsync([.. SystemCalls.Wrapper(record, ["fsync", "mkdir", "rename"], [], injection: null), "-y"], arguments);
        run.Expect(0);
        string[] calls = [.. File.ReadLines(record).Select(line => Spaces().Replace(Mode().Replace(Thread().Replace(Descriptor().Replace(line, "("), ""), ""), " "))];
        string whole = Path.Combine(tool.Data, last);
        int counts = Array.IndexOf(calls, $"rename(\"{whole}.new\", \"{whole}\") = 0");
        Assert.IsGreaterThan(0, counts, string.Join('\n', calls));

        // Folders that were made, files that were renamed, and files that were written under their own names.
        (int At, string Path)[] named = [.. calls.Take(counts)
            .Select((call, at) => (At: at, Path: Named().Match(call).Groups["path"].Value))
            .Where(name => name.Path.StartsWith(_folder, StringComparison.Ordinal) && (calls[name.At][0] != 'f' || File.Exists(name.Path)))];
        Assert.IsGreaterThan(2, named.Length, string.Join('\n', calls));
        foreach ((int at, string path) in named)
        {
            Assert.Contains($"fsync(<{Path.GetDirectoryName(path)}>) = 0", calls[at..counts], $"{path} may be taken back:\n{string.Join('\n', calls)}");
        }
    }

    [GeneratedRegex(@"^(mkdir\(|fsync\(|rename\("".*"", )[""<](?<path>[^"">]*)["">]\) = 0$")]
    private static partial Regex Named();

    [GeneratedRegex(@", 0\d+")]
    private static partial Regex Mode();

    [GeneratedRegex(@"^\d+ +")]
    private static partial Regex Thread();

    [GeneratedRegex(@"\(\d+")]
    private static partial Regex Descriptor();

    [GeneratedRegex(" {2,}")]
    private static partial Regex Spaces();
}
