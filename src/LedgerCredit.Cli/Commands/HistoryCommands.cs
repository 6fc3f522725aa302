using System.CommandLine;
using LedgerCredit.Cli.Remote;
using LedgerCredit.Client.Models;
using LedgerCredit.Evidence;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.Records;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Storage;

namespace LedgerCredit.Cli.Commands;

/// <summary><c>rating history</c> and <c>subject report</c>.</summary>
internal static class HistoryCommands
{
    private static readonly string Sanction = RecordKind.Sanction.ToName();
    private static readonly string Repair = RecordKind.Repair.ToName();
    private static readonly string Rating = RecordKind.Rating.ToName();

    /// <summary>Makes <c>rating</c>.</summary>
    public static Command CreateRating()
    {
        Argument<string> subject = SubjectArgument();
        Command history = new("history", "Show the rating actions about a subject by date, all agencies side by side.") { subject };
        NodeOptions node = NodeOptions.AddTo(history, readsRecords: true);
        history.SetAction((result, cancellationToken) => ShowRatingsAsync(result, node, ReadSubject(result.GetRequiredValue(subject)), cancellationToken));
        return new Command("rating", "Rating actions.") { history };
    }

    /// <summary>Makes <c>subject</c>.</summary>
    public static Command CreateSubject()
    {
        Argument<string> subject = SubjectArgument();
        Command report = new(
            "report",
            """
            Show everything that this workspace holds about a subject: sanctions, repairs and ratings. With --node: what the caller
            may see of what the node holds.
            """)
        {
            subject,
        };
        NodeOptions node = NodeOptions.AddTo(report, readsRecords: true);
        report.SetAction((result, cancellationToken) => ShowReportAsync(result, node, ReadSubject(result.GetRequiredValue(subject)), cancellationToken));
        return new Command("subject", "What is recorded about a subject.") { report };
    }

    /// <summary>Makes the argument that names a subject.</summary>
    public static Argument<string> SubjectArgument() => new("SUBJECT") { Description = "Whom: scheme:value, for example uscc:91512081MA62K0260E; schemes are uscc, lei, cik and x-<name>." };

    /// <summary>Reads the subject that is named.</summary>
    /// <exception cref="InputException">It is none.</exception>
    public static SubjectId ReadSubject(string text) =>
        SubjectId.TryParse(text, out SubjectId? subject, out RecordProblem? problem)
            ? subject
            : throw new InputException($"'{text}' is not a subject. {problem}");

    private static async Task<int> ShowRatingsAsync(ParseResult result, NodeOptions node, SubjectId subject, CancellationToken cancellationToken)
    {
        if (node.FindUrl(result) is Uri url)
        {
            using NodeSession session = await node.ConnectAsync(result, url, cancellationToken);
            IReadOnlyList<RecordView> views = await NodeSubject.ReadRatingsAsync(session.Client, subject, cancellationToken);
            return ShowRatings(new CommandOutput(result), subject, HistoryLine.Of(views), "No rating actions about this subject that the caller may see.");
        }

        Workspace workspace = result.OpenWorkspace();
        using Store store = workspace.OpenStore(StoreAccess.Read);
        using StoreTransaction snapshot = store.BeginRead();
        List<HistoryLine> ratings =
        [
            .. SubjectHistory.Read(workspace, store, subject).Where(r => r.Record.Kind == RecordKind.Rating).Select(record => HistoryLine.Of(record, state: null)),
        ];
        return ShowRatings(new CommandOutput(result), subject, ratings, "No rating actions about this subject are recorded here.");
    }

    private static int ShowRatings(CommandOutput output, SubjectId subject, IReadOnlyList<HistoryLine> lines, string none)
    {
        List<HistoryLine> ratings = [.. HistoryLine.InOrder(lines).OrderBy(line => line.Claim("actedOn"), StringComparer.Ordinal)];
        output.Result(
            new JsonObject(
                new JsonMember("subject", new JsonString(subject.ToString())),
                new JsonMember("ratings", new JsonArray([.. ratings.Select(rating => rating.ToJson())]))),
            text =>
            {
                if (ratings.Count == 0)
                {
                    text.WriteLine(none);
                    return;
                }

                CommandOutput.Table(
                    text,
                    ["date", "agency", "symbol", "action", "outlook", "watch", "record", "state"],
                    ratings.Select(r => (IReadOnlyList<string>)
                    [
                        r.Claim("actedOn"), r.Claim("agency"), r.Claim("symbol"), r.Claim("action"), r.Claim("outlook"), r.Claim("watch"), r.Id, r.State,
                    ]));
            });
        NoteWithheld(output, ratings);
        return ExitCode.Done;
    }

    private static async Task<int> ShowReportAsync(ParseResult result, NodeOptions node, SubjectId subject, CancellationToken cancellationToken)
    {
        CommandOutput output = new(result);
        if (node.FindUrl(result) is Uri url)
        {
            using NodeSession session = await node.ConnectAsync(result, url, cancellationToken);
            (IReadOnlyList<RecordView> views, long? asOfBlock) = await NodeSubject.ReadReportAsync(session.Client, subject, cancellationToken);
            return ShowReport(output, subject, HistoryLine.Of(views), asOfBlock, "Nothing about this subject that the caller may see.");
        }

        Workspace workspace = result.OpenWorkspace();
        using Store store = workspace.OpenStore(StoreAccess.Read);
        using StoreTransaction snapshot = store.BeginRead();
        LedgerIndexReader index = new(store);
        List<HistoryLine> records =
        [
            .. SubjectHistory.Read(workspace, store, subject)
                .Select(record => HistoryLine.Of(record, record.Record.Kind == RecordKind.Sanction && index.Position is not null ? index.StatusOf(record.LeafHash).State : null)),
        ];
        return ShowReport(output, subject, records, index.Position is IndexPosition block ? checked((long)block.BlockNumber) : null, "Nothing about this subject is recorded here.");
    }

    private static int ShowReport(CommandOutput output, SubjectId subject, IReadOnlyList<HistoryLine> lines, long? asOfBlock, string none)
    {
        IReadOnlyList<HistoryLine> records = HistoryLine.InOrder(lines);
        output.Result(
            new JsonObject(
                new JsonMember("subject", new JsonString(subject.ToString())),
                new JsonMember("asOfBlock", asOfBlock is long number ? new JsonNumber(number) : new JsonNull()),
                new JsonMember("sanctions", new JsonArray([.. OfKind(Sanction).Select(sanction => sanction.ToJson(sanction.RepairMember))])),
                new JsonMember("repairs", new JsonArray([.. OfKind(Repair).Select(repair => repair.ToJson())])),
                new JsonMember("ratings", new JsonArray([.. OfKind(Rating).Select(rating => rating.ToJson())]))),
            text =>
            {
                if (records.Count == 0)
                {
                    text.WriteLine(none);
                    return;
                }

                CommandOutput.Table(
                    text,
                    ["kind", "issued", "issuer", "record", "what", "until", "repair", "state"],
                    records.Select(r => (IReadOnlyList<string>)
                    [
                        r.Kind, r.IssuedAt, r.Issuer, r.Id, Summary(r), r.Claim("publicUntil"), r.RepairText, r.State,
                    ]));
            });
        if (OfKind(Sanction).Any())
        {
            output.Note(asOfBlock is long block
                ? $"Repair as of block {block}. 'ledgercredit repair list' and 'node run' follow the ledger; 'evidence create ID --status' proves it."
                : "Repair was never asked for: 'ledgercredit repair list' and 'node run' follow the ledger.");
        }

        NoteWithheld(output, records);
        return ExitCode.Done;

        IEnumerable<HistoryLine> OfKind(string kind) => records.Where(r => r.Kind == kind);
    }

    private static void NoteWithheld(CommandOutput output, IReadOnlyList<HistoryLine> lines)
    {
        if (lines.Sum(line => line.Withheld ?? 0) is int withheld and > 0)
        {
            output.Note($"{withheld} members of these records are not for the caller.");
        }
    }

    private static string Summary(HistoryLine line) =>
        line.Kind == Sanction ? $"{line.Claim("grade")} {line.Claim("violation")}".Trim()
        : line.Kind == Rating ? $"{line.Claim("agency")} {line.Claim("symbol")} {line.Claim("action")}".Trim()
        : line.Claim("event");
}
