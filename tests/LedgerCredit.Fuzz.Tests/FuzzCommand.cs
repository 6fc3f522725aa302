using System.Globalization;
using LedgerCredit.Fuzz.Tests.Targets;

namespace LedgerCredit.Fuzz.Tests;

/// <summary>The long run: many inputs for every parser, a table, and the input that broke a promise as a file.</summary>
internal static class FuzzCommand
{
    public const string Name = "fuzz";

    private const string Usage = """
        Usage: scripts/fuzz.sh [--inputs N] [--seed S] [--only NAME] [--first I] [--out DIR]
               scripts/fuzz.sh --only NAME --input FILE

        Parses N changed inputs (1,000,000) with every parser of foreign bytes, or with those whose name begins with NAME.
        An input follows from seed, parser and its index alone: --first I --inputs 1 makes input I again.
        The first input that breaks a promise ends a parser's run and is written to DIR. --input parses one file instead.
        Exit code: 0 all promises kept, 1 one was broken, 2 wrong usage.
        """;

    /// <summary>Runs the command.</summary>
    /// <param name="arguments">What stands behind the command's name.</param>
    /// <param name="output">Takes the table.</param>
    /// <param name="error">Takes usage.</param>
    public static int Run(IReadOnlyList<string> arguments, TextWriter output, TextWriter error)
    {
        Dictionary<string, string> options = new(StringComparer.Ordinal)
        {
            ["--inputs"] = "1000000",
            ["--seed"] = "1",
            ["--only"] = "",
            ["--first"] = "0",
            ["--out"] = "fuzz-findings",
            ["--input"] = "",
        };
        for (int i = 0; i < arguments.Count; i += 2)
        {
            if (!options.ContainsKey(arguments[i]) || i + 1 == arguments.Count)
            {
                error.WriteLine(Usage);
                return 2;
            }

            options[arguments[i]] = arguments[i + 1];
        }

        List<FuzzTarget> targets = [.. AllTargets.All.Where(target => target.Name.StartsWith(options["--only"], StringComparison.Ordinal))];
        if (targets.Count == 0
            || !long.TryParse(options["--inputs"], NumberStyles.None, CultureInfo.InvariantCulture, out long inputs)
            || !ulong.TryParse(options["--seed"], NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed)
            || !long.TryParse(options["--first"], NumberStyles.None, CultureInfo.InvariantCulture, out long first))
        {
            error.WriteLine(Usage);
            return 2;
        }

        return options["--input"].Length > 0
            ? ParseFile(targets, options["--input"], output)
            : RunAll(targets, seed, first, inputs, options["--out"], output);
    }

    private static int ParseFile(List<FuzzTarget> targets, string path, TextWriter output)
    {
        byte[] input = File.ReadAllBytes(path);
        bool isKept = true;
        foreach (FuzzTarget target in targets)
        {
            string? what = new FuzzRunner(target, 0).Judge(input);
            output.WriteLine($"{target.Name}: {what ?? "kept"}");
            isKept &= what is null;
        }

        return isKept ? 0 : 1;
    }

    private static int RunAll(List<FuzzTarget> targets, ulong seed, long first, long inputs, string folder, TextWriter output)
    {
        output.WriteLine(Row("parser", "inputs", "accepted", "inputs/s", "slowest ms", "most KiB"));
        bool isKept = true;
        foreach (FuzzTarget target in targets)
        {
            FuzzRun run = new FuzzRunner(target, seed).Run(first, inputs);
            output.WriteLine(Row(
                target.Name,
                Number(run.Inputs),
                $"{Number(100.0 * run.Accepted / Math.Max(run.Inputs, 1))} %",
                Number(run.Inputs / run.Elapsed.TotalSeconds),
                Number(run.Slowest.TotalMilliseconds),
                Number(run.MostBytes / 1024.0)));
            if (run.Finding is FuzzFinding finding)
            {
                isKept = false;
                output.WriteLine($"  BROKEN: {Describe(target, seed, finding, folder)}");
            }
        }

        return isKept ? 0 : 1;
    }

    /// <summary>Writes the input of a finding to a file and says how to repeat it.</summary>
    public static string Describe(FuzzTarget target, ulong seed, FuzzFinding finding, string folder)
    {
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{target.Name}-{seed}-{finding.Index}.bin"));
        File.WriteAllBytes(path, finding.Input);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{target.Name}, seed {seed}, input {finding.Index} ({finding.Input.Length} bytes, in '{path}'): {finding.What}\n"
            + $"  Repeat: scripts/fuzz.sh --only {target.Name} --seed {seed} --first {Math.Max(finding.Index, 0)} --inputs 1");
    }

    private static string Number(double value) => value.ToString("#,##0", CultureInfo.InvariantCulture);

    private static string Row(params string[] cells) =>
        $"{cells[0],-22}{string.Concat(cells.Skip(1).Select(cell => $"{cell,14}"))}";
}
