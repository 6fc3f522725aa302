using System.CommandLine;
using System.Text;
using LedgerCredit.Evidence;
using LedgerCredit.Node.Records;
using LedgerCredit.Node.Sequencing;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Storage;

namespace LedgerCredit.Cli.Commands;

/// <summary><c>record import | show | digest | canonicalize | erase</c>.</summary>
internal static class RecordCommands
{
    /// <summary>Makes the commands.</summary>
    public static Command Create() =>
        new("record", "Records: bring them in, look at them, commit to them, erase them.")
        {
            RecordImportCommand.Create(),
            CreateShow(),
            RecordDigestCommands.CreateDigest(),
            RecordDigestCommands.CreateCanonicalize(),
            CreateErase(),
        };

    private static Command CreateShow()
    {
        Argument<string> id = new("ID") { Description = "The record's id." };
        RecordSelector selector = new();
        Command show = new("show", "Show a record with its place in the log and how far it is: sequenced, checkpointed, anchored, final.") { id, selector.Issuer, selector.Kind };
        show.SetAction(result =>
        {
            Workspace workspace = result.OpenWorkspace();
            using Store store = workspace.OpenStore(StoreAccess.Read);
            using StoreTransaction snapshot = store.BeginRead();
            FoundRecord found = selector.Find(result, store, result.GetRequiredValue(id));
            Show(new CommandOutput(result), found, new RecordReader(workspace, store).Read(found.Log, found.Position));
            return ExitCode.Done;
        });
        return show;
    }

    private static void Show(CommandOutput output, FoundRecord found, CommittedRecord committed)
    {
        // A proof is kept only when its block is final, so what is anchored here is final; before that it is in flight.
        string state = committed.AnchoredTreeSize is null ? "checkpointed" : "final";
        JsonObject record = committed.Record.ToJson();
        output.Result(
            new JsonObject([
                new JsonMember("record", record),
                new JsonMember("origin", new JsonString(found.Log.Origin)),
                new JsonMember("leafIndex", new JsonNumber(checked((long)found.Position.LeafIndex))),
                new JsonMember("leafHash", new JsonString(committed.LeafHash.ToString())),
                new JsonMember("state", new JsonString(state)),
                .. committed.AnchoredTreeSize is ulong size ? [new JsonMember("anchoredTreeSize", new JsonNumber(checked((long)size)))] : Array.Empty<JsonMember>(),
            ]),
            text =>
            {
                text.Write(Encoding.UTF8.GetString(JsonText.WriteIndented(record)));
                text.WriteLine($"log        {found.Log.Origin}");
                text.WriteLine($"index      {found.Position.LeafIndex}");
                text.WriteLine($"leaf hash  {committed.LeafHash}");
                text.WriteLine(committed.AnchoredTreeSize is null
                    ? "state      checkpointed: in the log under a signed checkpoint, not anchored yet ('ledgercredit log anchor')"
                    : $"state      final: anchored with the first {committed.AnchoredTreeSize} entries");
            });
    }

    private static Command CreateErase()
    {
        Argument<string> id = new("ID") { Description = "The record's id." };
        RecordSelector selector = new();
        Option<string> reason = new("--reason") { Description = "One line for the statement; nothing of the record may be in it.", HelpName = "TEXT", DefaultValueFactory = _ => "" };
        Command erase = new(
            "erase",
            """
            Destroy a record and its secret for good. Its entry stays in the log, so all other evidence stays valid; a signed,
            dated statement takes its place, and a later import of the same record is refused. Backups and evidence files
            that were handed out are not reached.
            """)
        {
            id,
            selector.Issuer,
            selector.Kind,
            reason,
        };
        erase.SetAction(result => Erase(result, selector, result.GetRequiredValue(id), result.GetRequiredValue(reason)));
        return erase;
    }

    private static int Erase(ParseResult result, RecordSelector selector, string id, string reason)
    {
        if (reason.Length > ErasureStatement.MaxReasonLength || reason.Any(char.IsControl))
        {
            throw new InputException($"The reason must be one line of at most {ErasureStatement.MaxReasonLength} characters.");
        }

        CommandOutput output = new(result);
        Workspace workspace = result.OpenWorkspace();
        KeyRing keys = result.OpenKeys(workspace);
        using Store store = workspace.OpenStore(StoreAccess.Write);
        RecordEraser eraser = new(store, TimeProvider.System);
        IReadOnlyList<FoundRecord> all = selector.FindAll(result, store, id);
        if (all.Count == 0 && FindErased(selector, result, workspace, keys, store, eraser, id) is ErasureStatement earlier)
        {
            // An earlier erasure may have been stopped before its last step, so that step is done again.
            eraser.CompleteErasures();
            Report(output, earlier, "was erased before");
            return ExitCode.Done;
        }

        FoundRecord found = RecordSelector.RequireOne(id, all);
        using LogKey key = keys.OpenLogKey(workspace.Config.FindMember(found.Log.Issuer)!);
        (ErasureStatement statement, bool isNew) = eraser.Erase(found, key, new RecordRules { AllowNaturalPersons = true }, reason);
        Report(output, statement, isNew ? "is erased" : "was erased before");
        return ExitCode.Done;
    }

    private static ErasureStatement? FindErased(
        RecordSelector selector,
        ParseResult result,
        Workspace workspace,
        KeyRing keys,
        Store store,
        RecordEraser eraser,
        string id)
    {
        foreach (StoredLog log in selector.FindLogs(result, store))
        {
            if (workspace.Config.FindMember(log.Issuer) is not MemberConfig member || store.Entries.ReadErasures(log.Number).Count == 0)
            {
                continue;
            }

            using LogKey key = keys.OpenLogKey(member);
            foreach (RecordKind kind in RecordKinds.Stated)
            {
                if (eraser.FindErased(log, key, kind, id) is ErasureStatement statement)
                {
                    return statement;
                }
            }
        }

        return null;
    }

    private static void Report(CommandOutput output, ErasureStatement statement, string what) => output.Result(
        new JsonObject(
            new JsonMember("origin", new JsonString(statement.Origin)),
            new JsonMember("leafIndex", new JsonNumber(checked((long)statement.LeafIndex))),
            new JsonMember("leafHash", new JsonString(statement.LeafHash.ToString())),
            new JsonMember("erasedAt", new JsonString(statement.ErasedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture)))),
        text => text.WriteLine($"The record at index {statement.LeafIndex} of log {statement.Origin} {what}; the signed statement of {statement.ErasedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC is kept."));
}
