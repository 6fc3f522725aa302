using System.Globalization;
using LedgerCredit.Cli.Commands.Repair;
using LedgerCredit.Client;
using LedgerCredit.Client.Models;
using LedgerCredit.Node.RepairScreens;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Cli.Remote;

/// <summary>Repair cases as a node shows them.</summary>
/// <remarks>
/// The words are the node's own, which are those of the local screens: both are made by the same code, there in the language that is asked for. What
/// a local screen adds of its workspace, such as the text of statements, is not shown.
/// </remarks>
internal static class NodeCases
{
    private const int PageSize = 100;
    private const int IsoDay = 10;
    private const string Rfc3339 = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    /// <summary>Finds the case that is meant: by its number, or the newest one of a sanction.</summary>
    /// <exception cref="InputException">The caller sees none.</exception>
    public static async Task<RepairCaseView> FindAsync(LedgerCreditClient client, string text, string language, CancellationToken cancellationToken)
    {
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long caseId))
        {
            Bytes32 leafHash = CaseArgument.ReadSanction(text);
            caseId = (await SearchAsync(client, new RepairCaseSearch(Sanction: leafHash.ToString()), language, cancellationToken)).LastOrDefault(row => row.Sanction == leafHash.ToString())?.Case
                ?? throw new InputException($"The node shows the caller no repair case of the sanction {leafHash}.");
        }

        RepairCaseView view = await client.GetRepairCaseAsync(caseId, language, cancellationToken);
        return view.Case == caseId ? view : throw new NodeAnswerException($"The node gave case {view.Case} for case {caseId}.");
    }

    /// <summary>All cases that the caller sees of those that are looked for, by their number.</summary>
    public static async Task<IReadOnlyList<RepairCaseRow>> SearchAsync(LedgerCreditClient client, RepairCaseSearch search, string language, CancellationToken cancellationToken)
    {
        List<RepairCaseRow> rows = [];
        await foreach (RepairCasePage page in NodePages.ReadAsync(
            cursor => client.SearchRepairCasesAsync(search with { Cursor = cursor, Limit = PageSize }, language, cancellationToken), page => page.Next, cancellationToken))
        {
            rows.AddRange(page.Cases);
        }

        return rows;
    }

    /// <summary>Prints a list of cases.</summary>
    public static void WriteList(CommandOutput output, IReadOnlyList<RepairCaseRow> rows, string language) => output.Result(
        new JsonArray([.. rows.Select(NodeJson.Of)]),
        text =>
        {
            bool isEnglish = language == "en";
            if (rows.Count == 0)
            {
                text.WriteLine(isEnglish ? "No such cases." : "没有符合条件的申请。");
                return;
            }

            CommandOutput.Table(
                text,
                isEnglish ? ["Case", "Sanction", "Authority", "Stage", "Next", "By", "Opened"] : ["申请", "处罚", "认定单位", "状态", "待办方", "期限", "申请日"],
                rows.Select(row => (IReadOnlyList<string>)
                [
                    row.Case.ToString(CultureInfo.InvariantCulture),
                    Shown($"{Abbreviate(row.Sanction)} {row.Record}"),
                    Shown(row.Authority),
                    Shown(row.Stage),
                    Shown(string.Join(", ", (row.Steps ?? []).Select(step => step.Party).Distinct())),
                    Shown(row.Steps?.Select(step => step.Due).OfType<RepairDue>().Select(due => DayOf(due, language)).FirstOrDefault() ?? ""),
                    Shown(row.OpenedAt[..Math.Min(IsoDay, row.OpenedAt.Length)]),
                ]));
        });

    /// <summary>Prints a case.</summary>
    public static void Write(CommandOutput output, RepairCaseView view, string language) => output.Result(NodeJson.Of(view), text =>
    {
        bool isEnglish = language == "en";
        text.WriteLine(Shown(isEnglish ? $"Case {view.Case}: {view.Stage}" : $"申请 {view.Case}：{view.Stage}"));
        text.WriteLine(Shown(isEnglish ? $"  Sanction   {view.Sanction} {view.Record}" : $"  处罚      {view.Sanction} {view.Record}"));
        text.WriteLine(Shown(isEnglish ? $"  Authority  {view.Authority}" : $"  认定单位  {view.Authority}"));
        text.WriteLine(Shown(isEnglish ? $"  Rules      {view.RulePack.Id} ({view.RulePack.Status})" : $"  规则包    {view.RulePack.Id}（{view.RulePack.Status}）"));
        text.WriteLine(Shown(isEnglish ? $"  As of      block {view.AsOf.Block}, {MomentOf(view.AsOf.Time, language)}" : $"  截至      区块 {view.AsOf.Block}，{MomentOf(view.AsOf.Time, language)}"));
        foreach (RepairConditionView condition in view.Conditions)
        {
            string mark = condition.State switch
            {
                "met" => "+",
                "waiting" => "~",
                _ => "-",
            };
            string due = condition.Due is RepairDue owed ? $" [{DayOf(owed, language)}]" : condition.HoldsFrom is string from ? $" [{MomentOf(from, language)}]" : "";
            text.WriteLine(Shown($"  {mark} {condition.Code,-3} {condition.Title}{(condition.Missing is null ? "" : $": {condition.Missing}")}{due}"));
        }

        WriteNext(text, view.Steps, language);
        foreach (RepairEventView line in view.History)
        {
            text.WriteLine(Shown($"  {MomentOf(line.At, language)}  {line.Text}"));
        }
    });

    /// <summary>Prints who has to do what next.</summary>
    public static void WriteNext(TextWriter text, IReadOnlyList<RepairStepView> steps, string language)
    {
        foreach (RepairStepView step in steps)
        {
            string due = step.Due is RepairDue owed ? $" [{DayOf(owed, language)}]" : "";
            text.WriteLine(Shown($"{(language == "en" ? "Next: " : "下一步：")}{step.Party}: {step.What}{due}"));
        }
    }

    private static string DayOf(RepairDue due, string language) => $"{due.ByRule?.Day ?? MomentOf(due.OnLedger, language)}{(due.Overdue ? " OVERDUE" : due.Late ? " LATE" : "")}";

    // Nodes give moments in UTC (RFC 3339), and words with those of the rule pack's zone: each says which it is. What is none is shown as it came.
    private static string MomentOf(string text, string language) =>
        DateTimeOffset.TryParseExact(text, Rfc3339, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset moment) && moment >= DateTimeOffset.UnixEpoch
            ? new CaseClock(TimeSpan.Zero, language).Moment((ulong)moment.ToUnixTimeSeconds())
            : text;

    private static string Abbreviate(string hash) => hash.Length > 18 ? $"{hash[..10]}…{hash[^6..]}" : hash;

    private static string Shown(string text) => CaseScreen.Printable(text).TrimEnd();
}
