using System.CommandLine;
using System.Globalization;
using LedgerCredit.Bench;

namespace LedgerCredit.Cli.Commands.Bench;

/// <summary><c>bench hash | ingest | …</c>: measures speed beside ceilings and peers.</summary>
internal static class BenchCommands
{
    private const int DefaultRounds = 5;
    private const int DefaultRecords = 1_000_000;
    private const int DefaultPosts = 50_000;
    private const int MostRecords = 50_000_000;
    private const int MostRepairRounds = 500;

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
            Create(
                "anchor",
                """
                Measure anchoring on a devnet of its own: tree, tiles, checkpoint, final with its proof, beside contracts that keep
                each hash. Needs the packages of contracts/peers, which 'scripts/ledgercredit' installs.
                """,
                "Entries of the log.",
                (records, folder) => new AnchorBench(records, folder)),
            Create(
                "post",
                """
                Measure single writes that are acknowledged after fsync: 1, 8, 64 and 256 writers at once, in this process and over HTTP,
                beside an empty handler of the same server.
                """,
                "Records that many writers write together; one writer writes a tenth.",
                (records, folder) => new PostBench(records, folder, PostServers.StartAsync),
                DefaultPosts),
            Create(
                "prove",
                "Measure making evidence files, with state proofs, of 10,000 records in a store of many.",
                "Records in the store.",
                (records, folder) => new ProveBench(records, folder)),
            Create(
                "verify",
                "Measure the complete offline verification of evidence files, and of one file by a process of its own.",
                "Records in the store that the files are of.",
                (records, folder) => new VerifyBench(records, folder)),
            Create(
                "audit",
                "Measure 'log audit' of a whole store, compared with its ledger, beside a scan of its rows and its hashes alone.",
                "Records in the store.",
                (records, folder) => new AuditBench(records, folder)),
            Create(
                "grow",
                """
                Measure ingest, prove and audit at a tenth of a number of records, at it, and at ten times it: what a record costs should
                hardly grow. With the default number this takes some minutes a round and 20 GB of disk.
                """,
                "The number in the middle.",
                (records, folder) => new GrowBench(records, folder),
                quick: new Option<bool>("--quick") { Description = "A tenth of the records." }),
            CreateRepair(),
        };

    private static Option<int> RoundsOption() => new("--rounds")
    {
        Description = "How many rounds the medians are of.",
        HelpName = "N",
        DefaultValueFactory = _ => DefaultRounds,
    };

    private static Option<string?> FolderOption() => new("--folder")
    {
        Description = "Where to make files, which are deleted afterwards: on the disk that is to be measured. Default: the system's folder for such files.",
        HelpName = "DIR",
    };

    private static Command CreateRepair()
    {
        Option<int> rounds = RoundsOption();
        Option<string?> folder = FolderOption();
        Command command = new(
            "repair",
            "Measure each step of a repair on a devnet of its own: gas, and the time from signing to the block.")
        {
            rounds,
            folder,
        };
        command.SetAction((result, cancellationToken) =>
            RunAsync(result, Positive(result, rounds, MostRepairRounds), () => new RepairBench(ExistingFolder(result, folder)), cancellationToken));
        return command;
    }

    private static Command Create(
        string name,
        string description,
        string recordsDescription,
        Func<int, string, IBench> makeBench,
        int defaultRecords = DefaultRecords,
        Option<bool>? quick = null)
    {
        Option<int> rounds = RoundsOption();
        Option<int> records = new("--records")
        {
            Description = recordsDescription,
            HelpName = "N",
            DefaultValueFactory = _ => defaultRecords,
        };
        Option<string?> folder = FolderOption();
        Command command = new(name, description) { rounds, records, folder };
        if (quick is not null)
        {
            command.Add(quick);
        }

        command.SetAction((result, cancellationToken) =>
        {
            const int PartOfQuick = 10;
            int recordCount = Positive(result, records, MostRecords);
            recordCount = quick is not null && result.GetValue(quick) ? Math.Max(1, recordCount / PartOfQuick) : recordCount;
            return RunAsync(result, Positive(result, rounds, int.MaxValue), () => makeBench(recordCount, ExistingFolder(result, folder)), cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(ParseResult result, int rounds, Func<IBench> makeBench, CancellationToken cancellationToken)
    {
        CommandOutput output = new(result);
        IReadOnlyList<(string Name, string Value)> machine = BenchMachine.Describe(CommandLine.Version);
        await using IBench bench = makeBench();
        using ProgressBar progress = ProgressBar.Start(output, "Measuring", bench.WarmsUp ? 1 + rounds : rounds);
        IReadOnlyList<BenchResult> results = await new BenchRunner(TimeProvider.System).RunAsync(bench, rounds, done => progress.Report(done), cancellationToken);
        new BenchReport(bench.Name, rounds, bench.Settings, machine, results, bench.Measures, bench.WarmsUp).Write(output);
        return ExitCode.Done;
    }

    private static string ExistingFolder(ParseResult result, Option<string?> option)
    {
        string folder = result.GetValue(option) ?? Path.GetTempPath();
        return Directory.Exists(folder) ? folder : throw new InputException($"The folder '{folder}' of --folder does not exist.");
    }

    private static int Positive(ParseResult result, Option<int> option, int most)
    {
        int value = result.GetValue(option);
        return value >= 1 && value <= most
            ? value
            : throw new InputException(string.Create(CultureInfo.InvariantCulture, $"{option.Name} must be from 1 to {most}."));
    }
}
