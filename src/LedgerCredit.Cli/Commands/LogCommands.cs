using System.CommandLine;
using System.Globalization;
using LedgerCredit.Contracts;
using LedgerCredit.Node.Anchoring;
using LedgerCredit.Node.Exporting;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Witnessing;
using LedgerCredit.Node.Workspaces;
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
            LogStatusCommand.Create(),
            LogAuditCommand.Create(),
            CreateExport(),
        };

    /// <summary>The option that names a log.</summary>
    public static Option<string?> IssuerOption() => new("--issuer") { Description = "Only this member's log. Default: all.", HelpName = "S" };

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

    /// <summary>The logs that are meant: one, or all.</summary>
    /// <exception cref="InputException">There is no such log.</exception>
    public static IReadOnlyList<StoredLog> SelectLogs(Workspace workspace, Store store, string? issuer)
    {
        IReadOnlyList<StoredLog> logs = store.Logs.ReadAll();
        if (issuer is null)
        {
            return logs.Count > 0 ? logs : throw new WorkspaceException($"'{workspace.Folder}' has no logs yet. Add a member: ledgercredit member add SLUG --role authority");
        }

        return [logs.FirstOrDefault(log => log.Issuer == issuer) ?? throw new InputException($"'{issuer}' has no log in '{workspace.Folder}'.")];
    }
}
