using System.CommandLine;
using LedgerCredit.Evidence;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.Records;
using LedgerCredit.Node.RepairScreens;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Storage;

namespace LedgerCredit.Cli.Commands;

/// <summary><c>rating history</c> and <c>subject report</c>.</summary>
internal static class HistoryCommands
{
    /// <summary>Makes <c>rating</c>.</summary>
    public static Command CreateRating()
    {
        Argument<string> subject = SubjectArgument();
        Command history = new("history", "Show the rating actions about a subject by date, all agencies side by side.") { subject };
        history.SetAction(result => ShowRatings(result, ReadSubject(result.GetRequiredValue(subject))));
        return new Command("rating", "Rating actions.") { history };
    }

    /// <summary>Makes <c>subject</c>.</summary>
    public static Command CreateSubject()
    {
        Argument<string> subject = SubjectArgument();
        Command report = new("report", "Show everything that this workspace holds about a subject: sanctions, repairs and ratings.") { subject };
        report.SetAction(result => ShowReport(result, ReadSubject(result.GetRequiredValue(subject))));
        return new Command("subject", "What is recorded about a subject.") { report };
    }

    private static Argument<string> SubjectArgument() => new("SUBJECT") { Description = "Whom: scheme:value, for example uscc:91512081MA62K0260E; schemes are uscc, lei, cik and x-<name>." };

    private static SubjectId ReadSubject(string text) =>
        SubjectId.TryParse(text, out SubjectId? subject, out RecordProblem? problem)
            ? subject
            : throw new InputException($"'{text}' is not a subject. {problem}");

    private static int ShowRatings(ParseResult result, SubjectId subject)
    {
        Workspace workspace = result.OpenWorkspace();
        using Store store = workspace.OpenStore(StoreAccess.Read);
        using StoreTransaction snapshot = store.BeginRead();
        List<SubjectRecord> ratings =
        [
            .. SubjectHistory.Read(workspace, store, subject)
                .Where(r => r.Record.Kind == RecordKind.Rating)
                .OrderBy(r => Claim(r, "actedOn"), StringComparer.Ordinal),
        ];
        new CommandOutput(result).Result(
            new JsonObject(
                new JsonMember("subject", new JsonString(subject.ToString())),
                new JsonMember("ratings", new JsonArray([.. ratings.Select(rating => ToJson(rating))]))),
            text =>
            {
                if (ratings.Count == 0)
                {
                    text.WriteLine("No rating actions about this subject are recorded here.");
                    return;
                }

                CommandOutput.Table(
                    text,
                    ["date", "agency", "symbol", "action", "outlook", "watch", "record", "state"],
                    ratings.Select(r => (IReadOnlyList<string>)
                    [
                        Claim(r, "actedOn"), Claim(r, "agency"), Claim(r, "symbol"), Claim(r, "action"), Claim(r, "outlook"), Claim(r, "watch"), r.Record.Id, State(r),
                    ]));
            });
        return ExitCode.Done;
    }

    private static int ShowReport(ParseResult result, SubjectId subject)
    {
        Workspace workspace = result.OpenWorkspace();
        using Store store = workspace.OpenStore(StoreAccess.Read);
        using StoreTransaction snapshot = store.BeginRead();
        IReadOnlyList<SubjectRecord> records = SubjectHistory.Read(workspace, store, subject);
        LedgerIndexReader index = new(store);
        CommandOutput output = new(result);
        output.Result(
            new JsonObject(
                new JsonMember("subject", new JsonString(subject.ToString())),
                new JsonMember("asOfBlock", index.Position is IndexPosition block ? new JsonNumber(checked((long)block.BlockNumber)) : new JsonNull()),
                new JsonMember("sanctions", new JsonArray([.. OfKind(RecordKind.Sanction).Select(sanction => ToJson(sanction, new JsonMember("repair", RepairJson(index, sanction))))])),
                new JsonMember("repairs", new JsonArray([.. OfKind(RecordKind.Repair).Select(repair => ToJson(repair))])),
                new JsonMember("ratings", new JsonArray([.. OfKind(RecordKind.Rating).Select(rating => ToJson(rating))]))),
            text =>
            {
                if (records.Count == 0)
                {
                    text.WriteLine("Nothing about this subject is recorded here.");
                    return;
                }

                CommandOutput.Table(
                    text,
                    ["kind", "issued", "issuer", "record", "what", "until", "repair", "state"],
                    records.Select(r => (IReadOnlyList<string>)
                    [
                        r.Record.Kind.ToName(), r.Record.IssuedAt, r.Record.Issuer, r.Record.Id, Summary(r), Claim(r, "publicUntil"), Repair(index, r), State(r),
                    ]));
            });
        if (OfKind(RecordKind.Sanction).Any())
        {
            output.Note(index.Position is IndexPosition position
                ? $"Repair as of block {position.BlockNumber}. 'ledgercredit repair list' and 'node run' follow the ledger; 'evidence create ID --status' proves it."
                : "Repair was never asked for: 'ledgercredit repair list' and 'node run' follow the ledger.");
        }

        return ExitCode.Done;

        IEnumerable<SubjectRecord> OfKind(RecordKind kind) => records.Where(r => r.Record.Kind == kind);
    }

    private static string Repair(LedgerIndexReader index, SubjectRecord record) =>
        record.Record.Kind == RecordKind.Sanction && index.Position is not null ? CaseTexts.Of(index.StatusOf(record.LeafHash).State).English : "";

    private static JsonValue RepairJson(LedgerIndexReader index, SubjectRecord sanction) =>
        index.Position is null ? new JsonNull() : new JsonString(CaseTexts.NameOf(index.StatusOf(sanction.LeafHash).State));

    private static string Summary(SubjectRecord record) => record.Record.Kind switch
    {
        RecordKind.Sanction => $"{Claim(record, "grade")} {Claim(record, "violation")}".Trim(),
        RecordKind.Rating => $"{Claim(record, "agency")} {Claim(record, "symbol")} {Claim(record, "action")}".Trim(),
        _ => Claim(record, "event"),
    };

    private static string State(SubjectRecord record)
    {
        string state = record.IsAnchored ? "final" : "checkpointed";
        return record.SupersededBy is null ? state : $"{state}, superseded by {JsonNames.Show(record.SupersededBy)}";
    }

    private static string Claim(SubjectRecord record, string name) =>
        record.Record.Claims.TryFindString(name, out string? value) ? JsonNames.Show(value) : "";

    private static JsonObject ToJson(SubjectRecord record, params JsonMember[] more) => new([
        new JsonMember("record", record.Record.ToJson()),
        new JsonMember("origin", new JsonString(record.Log.Origin)),
        new JsonMember("leafIndex", new JsonNumber(checked((long)record.LeafIndex))),
        new JsonMember("state", new JsonString(record.IsAnchored ? "final" : "checkpointed")),
        new JsonMember("supersededBy", record.SupersededBy is null ? new JsonNull() : new JsonString(record.SupersededBy)),
        .. more,
    ]);
}
