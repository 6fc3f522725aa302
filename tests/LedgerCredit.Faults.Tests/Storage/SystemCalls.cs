using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace LedgerCredit.Faults.Tests.Storage;

/// <summary>Lets chosen system calls of a real process fail, or kills it at one, by strace: nothing in the product knows of it.</summary>
/// <remarks>
/// strace counts for each thread, so a fault meant for the third write meets the third write of every thread that makes so many. What
/// was met is read from its own record.
/// </remarks>
internal static partial class SystemCalls
{
    /// <summary>The test is inconclusive where strace is missing or may not trace.</summary>
    public static void Require()
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo("strace", ["-f", "-e", "trace=fsync", "-e", "inject=fsync:error=EIO:when=1", "true"]) { RedirectStandardError = true })!;
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

        Assert.Inconclusive("Needs strace and the right to trace.");
    }

    /// <summary>The program that runs another and writes down some of its calls.</summary>
    /// <param name="record">Takes one line for each call.</param>
    /// <param name="calls">Which.</param>
    /// <param name="paths">Only those on these files; empty for all.</param>
    /// <param name="injection">What to do at which call, or null to look only.</param>
    public static IReadOnlyList<string> Wrapper(string record, IReadOnlyList<string> calls, IReadOnlyList<string> paths, string? injection) =>
    [
        "strace", "-f", "-qq", "-o", record,

        // Faster: the kernel tells of these calls alone. It knows of no signals to be injected, though.
        .. injection?.Contains("signal=", StringComparison.Ordinal) == true ? Array.Empty<string>() : ["--seccomp-bpf"],
        "-e", "trace=" + string.Join(',', calls),
        .. paths.SelectMany(path => (string[])["-P", path]),
        .. injection is null ? Array.Empty<string>() : ["-e", "inject=" + injection],
    ];

    /// <summary>Begins to watch a process that runs already, and returns when all of its threads are watched. Calls are counted from here on.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="record">Takes one line for each call.</param>
    /// <param name="calls">Which.</param>
    /// <param name="paths">Only those on these files; empty for all.</param>
    /// <param name="injection">What to do at which call.</param>
    /// <returns>The watcher, which ends with the process.</returns>
    public static async Task<Process> AttachAsync(int processId, string record, IReadOnlyList<string> calls, IReadOnlyList<string> paths, string injection)
    {
        string[] line = [.. Wrapper(record, calls, paths, injection).Where(part => part != "-qq"), "-p", processId.ToString(CultureInfo.InvariantCulture)];
        Process watcher = Process.Start(new ProcessStartInfo(line[0], line[1..]) { RedirectStandardError = true })!;
        string? said = await watcher.StandardError.ReadLineAsync();
        Assert.Contains("attached", said ?? "nothing");
        _ = watcher.StandardError.ReadToEndAsync();
        return watcher;
    }

    /// <summary>The most calls of a name that one thread made.</summary>
    public static int Most(string record, string call) => File.ReadLines(record)
        .Select(line => Line().Match(line))
        .Where(match => match.Success && match.Groups["call"].Value == call)
        .GroupBy(match => match.Groups["thread"].Value)
        .Select(thread => thread.Count())
        .DefaultIfEmpty(0)
        .Max();

    /// <summary>Whether a fault was met.</summary>
    public static bool WasInjected(string record) => File.ReadLines(record).Any(line => line.Contains("(INJECTED)", StringComparison.Ordinal));

    /// <summary>Some of the numbers from 1 to a last one: the ends, and others spread between.</summary>
    public static IEnumerable<int> Some(int last, int most) =>
        last <= most ? Enumerable.Range(1, last) : Enumerable.Range(0, most).Select(i => 1 + (int)((long)(last - 1) * i / Math.Max(1, most - 1))).Distinct();

    /// <summary>How many calls of each kind are met in one test: few, or as many as the variable says.</summary>
    public static int MostOfEach { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("LEDGERCREDIT_TEST_FAULTS"), NumberStyles.None, CultureInfo.InvariantCulture, out int most) ? most : 3;

    [GeneratedRegex(@"^(?<thread>\d+) +(?<call>[a-z0-9_]+)\(")]
    private static partial Regex Line();
}
