using System.CommandLine;
using System.Globalization;

namespace LedgerCredit.Cli.Commands.Bench;

/// <summary><c>bench hash</c>: measures speed beside ceilings and peers.</summary>
internal static class BenchCommands
{
    private const int DefaultRounds = 5;
    private const int DefaultRecords = 1_000_000;
    private const int MostRecords = 20_000_000;

    /// <summary>Makes the commands.</summary>
    public static Command Create()
    {
        Option<int> rounds = new("--rounds")
        {
            Description = "How many rounds the medians are of.",
            HelpName = "N",
            DefaultValueFactory = _ => DefaultRounds,
        };
        Option<int> records = new("--records")
        {
            Description = "The size of the input: hashes of each kind, and leaves of the tree.",
            HelpName = "N",
            DefaultValueFactory = _ => DefaultRecords,
        };
        Command hash = new(
            "hash",
            """
            Measure hashing: nodes of the tree, disclosures and salts, on one thread and on all, and a whole tree. Needs no
            workspace.
            """)
        {
            rounds,
            records,
        };
        hash.SetAction((result, cancellationToken) =>
        {
            RunHash(new CommandOutput(result), Positive(result, rounds, int.MaxValue), Positive(result, records, MostRecords), cancellationToken);
            return Task.FromResult(ExitCode.Done);
        });

        return new Command(
            "bench",
            """
            Measure speed on this machine, each figure beside what others need for the same (the peer) and beside what bounds it
            (the ceiling), in the same rounds. docs/performance.md tells what the figures mean.
            """)
        {
            hash,
        };
    }

    private static void RunHash(CommandOutput output, int rounds, int records, CancellationToken cancellationToken)
    {
        IReadOnlyList<(string Name, string Value)> machine = BenchMachine.Describe();
        HashBench bench = new(records);
        using ProgressBar progress = ProgressBar.Start(output, "Measuring", 1 + rounds);
        IReadOnlyList<BenchResult> results =
            new BenchRunner(TimeProvider.System).Run(bench.Figures(), rounds, done => progress.Report(done), cancellationToken);
        new BenchReport("hash", rounds, [("records", records.ToString(CultureInfo.InvariantCulture))], machine, results).Write(output);
    }

    private static int Positive(ParseResult result, Option<int> option, int most)
    {
        int value = result.GetValue(option);
        return value >= 1 && value <= most
            ? value
            : throw new InputException(string.Create(CultureInfo.InvariantCulture, $"{option.Name} must be from 1 to {most}."));
    }
}
