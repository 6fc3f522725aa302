using System.Diagnostics;
using System.Globalization;

namespace LedgerCredit.Faults.Tests.Torture;

/// <summary>The long run, as a command of this program.</summary>
internal static class TortureCommand
{
    public const string Name = "torture";

    private const string Usage = """
        Usage: scripts/torture.sh [--rounds N] [--seed S] [--keep]

        Starts the tool again and again in a new workspace with a devnet: imports, the node, anchoring, erasures, backups and
        audits at once, each killed by SIGKILL at a random moment. Every tenth round and at the end everything is checked:
        docs/faults.md says what. N is 80 unless named, which makes about 200 kills. --keep leaves the folder.
        Exit code: 0 all promises kept, 1 one was broken (the folder is left and named), 2 wrong usage.
        """;

    /// <summary>Runs the command.</summary>
    /// <param name="arguments">What stands behind the command's name.</param>
    /// <param name="output">Takes the rounds and the summary.</param>
    /// <param name="error">Takes usage and what was broken.</param>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, TextWriter error)
    {
        Dictionary<string, string> options = new(StringComparer.Ordinal)
        {
            ["--rounds"] = "80",
            ["--seed"] = "1",
            ["--tool"] = Tool.Built,
            ["--dir"] = "",
        };
        bool keep = arguments.Contains("--keep");
        string[] named = [.. arguments.Where(argument => argument != "--keep")];
        for (int i = 0; i < named.Length; i += 2)
        {
            if (!options.ContainsKey(named[i]) || i + 1 == named.Length)
            {
                error.WriteLine(Usage);
                return 2;
            }

            options[named[i]] = named[i + 1];
        }

        if (!int.TryParse(options["--rounds"], NumberStyles.None, CultureInfo.InvariantCulture, out int rounds)
            || rounds == 0
            || !int.TryParse(options["--seed"], NumberStyles.None, CultureInfo.InvariantCulture, out int seed))
        {
            error.WriteLine(Usage);
            return 2;
        }

        string folder = options["--dir"].Length > 0
            ? Directory.CreateDirectory(options["--dir"]).FullName
            : Directory.CreateTempSubdirectory("ledgercredit-torture-").FullName;
        long started = Stopwatch.GetTimestamp();
        try
        {
            TortureSummary summary = await TortureRun.RunAsync(new TortureOptions(options["--tool"], folder, rounds, seed, CheckEvery: 10, LargestPiece: 4_000), output);
            output.WriteLine($"All promises kept: {Describe(summary)}; {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s, seed {seed}.");
        }
        catch (AssertFailedException e)
        {
            error.WriteLine($"BROKEN (seed {seed}, everything is in '{folder}'): {e.Message}");
            return 1;
        }

        if (!keep)
        {
            Directory.Delete(folder, recursive: true);
        }

        return 0;
    }

    /// <summary>A summary in words.</summary>
    public static string Describe(TortureSummary summary) => string.Create(
        CultureInfo.InvariantCulture,
        $"{summary.Kills} kills ({string.Join(", ", summary.KillsByCommand.OrderByDescending(pair => pair.Value).Select(pair => $"{pair.Key} {pair.Value}"))}), "
        + $"{summary.Cuts} connections cut, {summary.Acknowledged} records acknowledged and found, {summary.Anchors} anchors, everything checked {summary.Checks} times");
}
