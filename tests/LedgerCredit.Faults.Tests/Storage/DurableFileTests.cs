using System.Text.RegularExpressions;

namespace LedgerCredit.Faults.Tests.Storage;

/// <summary>A file that must stay, as the real program writes it: what a power cut may take back shows only in the order of its system calls.</summary>
[TestClass]
public sealed partial class DurableFileTests
{
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

    [GeneratedRegex(@", 0\d+")]
    private static partial Regex Mode();

    [GeneratedRegex(@"^\d+ +")]
    private static partial Regex Thread();

    [GeneratedRegex(@"\(\d+")]
    private static partial Regex Descriptor();

    [GeneratedRegex(" {2,}")]
    private static partial Regex Spaces();
}
