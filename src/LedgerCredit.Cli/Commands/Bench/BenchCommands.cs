using System.CommandLine;
using System.Globalization;
using LedgerCredit.Bench;

namespace LedgerCredit.Cli.Commands.Bench;

/// <summary><c>bench hash | ingest | …</c>: measures speed beside ceilings and peers.</summary>
internal static class BenchCommands
{
    private const int DefaultRounds = 5;
    private const int DefaultRecords = 1_000_000;
    private const int MostRecords = 50_000_000;

    /// <summary>Makes the commands.</summary>
    public static Command Create() =>
        new(
            "bench",
            """
            Measure speed on this machine, each figure beside what others need for the same (the peer) and beside what bounds it
            (the ceiling), in the same rounds. docs/performance.md tells what the figures mean.
            """)
        {
            Create(
                "hash",
                """
                Measure hashing: nodes of the tree, disclosures and salts, on one thread and on all, and a whole tree. Needs no
                workspace.
                """,
                "The size of the input: hashes of each kind, and leaves of the tree.",
                (records, _) => new HashBench(records)),
            Create(
                "ingest",
                """
                Measure the import of NDJSON into an empty workspace, and of as many records again into the same one, beside
                plain rows in SQLite.
                """,
                "Records in each of the two files.",
                (records, folder) => new IngestBench(records, folder)),
        };

    private static Command Create(string name, string description, string recordsDescription, Func<int, string, IBench> makeBench)
    {
        Option<int> rounds = new("--rounds")
        {
            Description = "How many rounds the medians are of.",
            HelpName = "N",
            DefaultValueFactory = _ => DefaultRounds,
        };
        Option<int> records = new("--records")
        {
            Description = recordsDescription,
            HelpName = "N",
            DefaultValueFactory = _ => DefaultRecords,
        };
        Option<string> folder = new("--folder")
        {
            Description = "Where to make files, which are deleted afterwards: on the disk that is to be measured. Default: the system's folder for such files.",
            HelpName = "DIR",
            DefaultValueFactory = _ => Path.GetTempPath(),
        };
        Command command = new(name, description) { rounds, records, folder };
        command.SetAction(async (result, cancellationToken) =>
        {
            int roundCount = Positive(result, rounds, int.MaxValue);
            int recordCount = Positive(result, records, MostRecords);
            string where = result.GetRequiredValue(folder);
            if (!Directory.Exists(where))
            {
                throw new InputException($"The folder '{where}' of --folder does not exist.");
            }

            await using IBench bench = makeBench(recordCount, where);
            await RunAsync(new CommandOutput(result), bench, roundCount, cancellationToken);
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task RunAsync(CommandOutput output, IBench bench, int rounds, CancellationToken cancellationToken)
    {
        IReadOnlyList<(string Name, string Value)> machine = BenchMachine.Describe(CommandLine.Version);
        using ProgressBar progress = ProgressBar.Start(output, "Measuring", 1 + rounds);
        IReadOnlyList<BenchResult> results = await new BenchRunner(TimeProvider.System).RunAsync(bench, rounds, done => progress.Report(done), cancellationToken);
        new BenchReport(bench.Name, rounds, bench.Settings, machine, results, bench.Measures).Write(output);
    }

    private static int Positive(ParseResult result, Option<int> option, int most)
    {
        int value = result.GetValue(option);
        return value >= 1 && value <= most
            ? value
            : throw new InputException(string.Create(CultureInfo.InvariantCulture, $"{option.Name} must be from 1 to {most}."));
    }
}
