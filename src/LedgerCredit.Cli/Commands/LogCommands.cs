using System.CommandLine;
using System.Globalization;
using LedgerCredit.Contracts;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Node.Anchoring;
using LedgerCredit.Node.Exporting;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Witnessing;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Cryptography;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Storage;

namespace LedgerCredit.Cli.Commands;

/// <summary><c>log anchor | status | audit | export</c>.</summary>
internal static class LogCommands
{
    /// <summary>Makes the commands.</summary>
    public static Command Create() =>
        new("log", "The append-only logs: anchor them, compare them with the ledger, audit and export them.")
        {
            CreateAnchor(),
            CreateStatus(),
            LogAuditCommand.Create(),
            CreateExport(),
        };

    private static Option<string?> IssuerOption() => new("--issuer") { Description = "Only this member's log. Default: all.", HelpName = "S" };

    private static Command CreateAnchor()
    {
        Option<string?> issuer = IssuerOption();
        Option<bool> wait = new("--wait") { Description = "Wait until the anchors are mined and final. Otherwise they are sent, and the next 'log anchor' completes them." };
        Command anchor = new(
            "anchor",
            """
            Bring the newest checkpoint of each log onto the ledger, in one transaction a log, however many records are new.
            Safe to repeat and to interrupt: signed bytes are kept before they are sent, and sent again as they are.
            """)
        {
            issuer,
            wait,
        };
        anchor.SetAction((result, cancellationToken) => AnchorAsync(result, result.GetValue(issuer), result.GetValue(wait), cancellationToken));
        return anchor;
    }

    private static async Task<int> AnchorAsync(ParseResult result, string? issuer, bool wait, CancellationToken cancellationToken)
    {
        CommandOutput output = new(result);
        Workspace workspace = result.OpenWorkspace();
        KeyRing keys = result.OpenKeys(workspace);
        using Store store = workspace.OpenStore(StoreAccess.Write);
        IReadOnlyList<StoredLog> logs = SelectLogs(workspace, store, issuer);
        using LedgerSession session = await LedgerSession.ConnectAsync(workspace, rpcUrl: null, TimeProvider.System, cancellationToken);
        Anchorer anchorer = new(session, store, LedgerFinality.Of(workspace.Config, TimeProvider.System), TimeProvider.System);
        using WitnessClient witnessClient = new(WitnessClient.DefaultTimeout, TimeProvider.System);
        WitnessRound witnesses = new(store, workspace.Config.Witnesses, witnessClient);
        List<AnchorOutcome> outcomes = [];
        int refused = 0;
        using ProgressBar progress = ProgressBar.Start(output, "Anchoring", logs.Count);
        foreach (StoredLog log in logs)
        {
            using Secp256k1Key key = keys.OpenAccount(log.Issuer);

            // What is anchored is what the witnesses were asked for just now. One that is down keeps nothing from being anchored.
            ulong cosigned = await witnesses.RunAsync(log, outcome => NoteWitness(output, outcome), cancellationToken);
            try
            {
                outcomes.Add(await anchorer.AnchorAsync(log, key, wait, workspace.Config.Witnesses.Count == 0 ? ulong.MaxValue : cosigned, cancellationToken));
            }
            catch (ContractRevertException e)
            {
                // One member that is suspended keeps the others' logs from nothing.
                refused++;
                output.Note($"{log.Issuer}: not anchored. {GovernanceErrorText.Find(e.Error) ?? e.Message}");
            }

            progress.Report(outcomes.Count + refused);
        }

        output.Result(
            new JsonArray([.. outcomes.Select(ToJson)]),
            text =>
            {
                foreach (AnchorOutcome outcome in outcomes)
                {
                    text.WriteLine(Describe(outcome));
                }
            });
        return refused > 0 ? ExitCode.Undecided : ExitCode.Done;
    }

    private static void NoteWitness(CommandOutput output, WitnessOutcome outcome)
    {
        if (outcome.Problem is not null)
        {
            output.Note($"{outcome.Issuer}: not cosigned by {outcome.Witness}: {outcome.Problem}.{(outcome.IsAlarm ? " Run 'ledgercredit log audit'." : "")}");
        }
    }

    private static string Describe(AnchorOutcome outcome)
    {
        if (outcome.TransactionHash is null)
        {
            return outcome.TreeSize == 0 ? $"{outcome.Issuer}: nothing to anchor yet." : $"{outcome.Issuer}: all {outcome.TreeSize} entries were anchored before.";
        }

        return outcome.Block is ulong block
            ? string.Create(CultureInfo.InvariantCulture, $"{outcome.Issuer}: {outcome.TreeSize} entries anchored and final in block {block}, {outcome.GasUsed} gas, transaction {outcome.TransactionHash}")
            : $"{outcome.Issuer}: {outcome.TreeSize} entries sent in transaction {outcome.TransactionHash}; not in a block yet.";
    }

    private static JsonObject ToJson(AnchorOutcome outcome)
    {
        List<JsonMember> members =
        [
            new("issuer", new JsonString(outcome.Issuer)),
            new("treeSize", new JsonNumber(checked((long)outcome.TreeSize))),
            new("state", new JsonString(outcome.TreeSize == 0 ? "empty" : outcome.TransactionHash is not null && outcome.Block is null ? "sent" : "final")),
        ];
        if (outcome.TransactionHash is not null)
        {
            members.Add(new("transactionHash", new JsonString(outcome.TransactionHash.Value.ToString())));
        }

        if (outcome.Block is ulong block)
        {
            members.Add(new("block", new JsonNumber(checked((long)block))));
        }

        if (outcome.GasUsed is ulong gas)
        {
            members.Add(new("gasUsed", new JsonNumber(checked((long)gas))));
        }

        return new JsonObject(members);
    }

    private static Command CreateStatus()
    {
        Option<string?> issuer = IssuerOption();
        Command status = new(
            "status",
            """
            Show each log: entries, newest anchor, entries that wait for the ledger and since when, and how the store stands to
            the ledger: equal, behind (anchoring catches up), ahead or other (histories differ: exit code 1). Exit code 3 when
            the ledger could not be asked.
            """)
        {
            issuer,
        };
        status.SetAction((result, cancellationToken) => StatusAsync(result, result.GetValue(issuer), cancellationToken));
        return status;
    }

    private static async Task<int> StatusAsync(ParseResult result, string? issuer, CancellationToken cancellationToken)
    {
        CommandOutput output = new(result);
        Workspace workspace = result.OpenWorkspace();
        using Store store = workspace.OpenStore(StoreAccess.Read);
        (LedgerSession? session, string? why) = await LedgerAccess.TryConnectAsync(workspace, rpcUrl: null, cancellationToken);
        using LedgerSession? owned = session;
        List<LogStatus> rows = [];
        foreach (StoredLog log in SelectLogs(workspace, store, issuer))
        {
            LedgerComparison? comparison = null;
            try
            {
                comparison = session is null || why is not null ? null : await LedgerComparison.CompareAsync(session, store, log, cancellationToken);
            }
            catch (LedgerException e)
            {
                // It went away meanwhile, or answers nonsense: what the store alone knows is shown all the same.
                why = e.Message;
            }

            IReadOnlyList<StoredAnchor> anchors = store.Anchors.ReadAll(log.Number);
            rows.Add(new LogStatus(
                log,
                store.Entries.Count(log.Number),
                anchors.LastOrDefault(a => !a.IsInFlight),
                anchors.Any(a => a.IsInFlight),
                comparison));
        }

        output.Result(
            new JsonObject(
                new JsonMember("compared", new JsonBoolean(why is null)),
                new JsonMember("logs", new JsonArray([.. rows.Select(r => r.ToJson())]))),
            text => CommandOutput.Table(text, ["log", "entries", "anchored", "waiting", "in flight", "ledger"], rows.Select(r => r.ToRow())));
        bool isDivergent = rows.Any(r => r.Comparison is { Standing: LedgerStanding.Ahead or LedgerStanding.Other });
        if (why is not null)
        {
            output.Note($"Not compared with the ledger. {why}");
            foreach (LogStatus row in rows.Where(r => r.Waiting > 0))
            {
                output.Note(row.DescribeWaiting());
            }

        }

        return isDivergent ? ExitCode.VerificationFailed : why is null ? ExitCode.Done : ExitCode.Undecided;
    }

    private static Command CreateExport()
    {
        Argument<string> folder = new("DIR") { Description = "The folder that gets log/<issuer>/ with checkpoint, tile/ and tile/entries/." };
        Option<string?> issuer = IssuerOption();
        Command export = new(
            "export",
            """
            Write the logs as static files in the layout of C2SP tlog-tiles, below DIR/log/<issuer>/, which any
            transparency-log client reads. Nothing readable about a subject is in them. Repeat it to bring them up to date.
            """)
        {
            folder,
            issuer,
        };
        export.SetAction((result, cancellationToken) =>
        {
            CommandOutput output = new(result);
            Workspace workspace = result.OpenWorkspace();
            using Store store = workspace.OpenStore(StoreAccess.Read);
            LogExporter exporter = new(store);
            List<LogExport> exports = [.. SelectLogs(workspace, store, result.GetValue(issuer))
                .Select(log => exporter.Export(log, result.GetRequiredValue(folder), cancellationToken))];
            output.Result(
                new JsonArray([.. exports.Select(e => new JsonObject(
                    new JsonMember("issuer", new JsonString(e.Issuer)),
                    new JsonMember("treeSize", new JsonNumber(checked((long)e.TreeSize))),
                    new JsonMember("folder", new JsonString(e.Folder)),
                    new JsonMember("filesWritten", new JsonNumber(e.FilesWritten))))]),
                text =>
                {
                    foreach (LogExport e in exports)
                    {
                        text.WriteLine(e.TreeSize == 0 ? $"{e.Issuer}: no entries yet, nothing written." : $"{e.Issuer}: {e.TreeSize} entries, {e.FilesWritten} files written to {e.Folder}");
                    }
                });
            return Task.FromResult(ExitCode.Done);
        });
        return export;
    }

    private static IReadOnlyList<StoredLog> SelectLogs(Workspace workspace, Store store, string? issuer)
    {
        IReadOnlyList<StoredLog> logs = store.Logs.ReadAll();
        if (issuer is null)
        {
            return logs.Count > 0 ? logs : throw new WorkspaceException($"'{workspace.Folder}' has no logs yet. Add a member: ledgercredit member add SLUG --role authority");
        }

        return [logs.FirstOrDefault(log => log.Issuer == issuer) ?? throw new InputException($"'{issuer}' has no log in '{workspace.Folder}'.")];
    }

    private sealed record LogStatus(StoredLog Log, ulong Entries, StoredAnchor? Anchor, bool InFlight, LedgerComparison? Comparison)
    {
        /// <summary>How many entries are not known to be on the ledger.</summary>
        public ulong Waiting => Entries > Anchored ? Entries - Anchored : 0;

        private ulong Anchored => Anchor?.TreeSize ?? 0;

        // The block that shows the newest anchor. What waits came later.
        private string? AnchoredAt => LedgerProof.TryDecode(Anchor?.LedgerProof, out LedgerProof? proof) && proof.FindBlockTime() is DateTimeOffset time
            ? UtcTime.Format(time)
            : null;

        private string Standing => Comparison switch
        {
            null => "not-compared",
            { Standing: LedgerStanding.Equal } => "equal",
            { Standing: LedgerStanding.Behind } => "behind",
            { Standing: LedgerStanding.Ahead } => "ahead",
            _ => "other",
        };

        public string DescribeWaiting() => string.Create(
            CultureInfo.InvariantCulture,
            $"{Log.Issuer}: {Waiting} entries wait for the ledger{(AnchoredAt is string time ? $" since {time}, the time of the newest anchor" : "; none was anchored yet")}. They are kept, and anchored when it is back; importing goes on.");

        public IReadOnlyList<string> ToRow() =>
        [
            Log.Origin,
            Entries.ToString(CultureInfo.InvariantCulture),
            Anchored.ToString(CultureInfo.InvariantCulture),
            Waiting.ToString(CultureInfo.InvariantCulture),
            InFlight ? "yes" : "no",
            Comparison is { Standing: LedgerStanding.Behind } behind ? $"behind by {behind.StoreSize - behind.LedgerSize} entries" : Standing,
        ];

        public JsonObject ToJson() => new(
            new JsonMember("issuer", new JsonString(Log.Issuer)),
            new JsonMember("origin", new JsonString(Log.Origin)),
            new JsonMember("entries", new JsonNumber(checked((long)Entries))),
            new JsonMember("anchored", new JsonNumber(checked((long)Anchored))),
            new JsonMember("anchoredAt", AnchoredAt is string time ? new JsonString(time) : new JsonNull()),
            new JsonMember("waiting", new JsonNumber(checked((long)Waiting))),
            new JsonMember("inFlight", new JsonBoolean(InFlight)),
            new JsonMember("ledger", new JsonString(Standing)),
            new JsonMember("ledgerTreeSize", Comparison is null ? new JsonNull() : new JsonNumber(checked((long)Comparison.LedgerSize))));
    }
}
