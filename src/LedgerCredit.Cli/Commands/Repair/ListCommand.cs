using System.CommandLine;
using System.Globalization;
using LedgerCredit.Cli.Remote;
using LedgerCredit.Client.Models;
using LedgerCredit.Contracts;
using LedgerCredit.Ethereum;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.Members;
using LedgerCredit.Node.RepairScreens;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Repair.Cases;
using LedgerCredit.Repair.Packs;
using LedgerCredit.Storage;

namespace LedgerCredit.Cli.Commands.Repair;

/// <summary><c>repair list</c>: cases, and who owes the next step.</summary>
internal static class ListCommand
{
    private const int IsoDay = 10;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Option<bool> underWay = new("--under-way") { Description = "Only cases that have not ended." };
        Option<bool> overdue = new("--overdue") { Description = "Only steps whose day by the rules is over, or whose time on the ledger, the oldest first." };
        Option<string?> sanction = new("--sanction") { Description = "Only cases of this sanction: its leaf hash or evidence file.", HelpName = "S" };
        Option<bool> mine = new("--mine") { Description = "Only cases in which a member of this workspace has a part, or owes a step." };
        Option<string> language = RepairOptions.Language();
        Command list = new("list", "List repair cases: where each stands, who owes the next step, and by when.") { underWay, overdue, sanction, mine, language };
        NodeOptions node = NodeOptions.AddTo(list, readsRecords: true);
        list.SetAction(async (result, cancellationToken) =>
        {
            string spoken = result.ReadLanguage(language);
            Bytes32? leafHash = result.GetValue(sanction) is string text ? CaseArgument.ReadSanction(text) : null;
            bool isOverdue = result.GetValue(overdue);
            CommandOutput output = new(result);
            if (node.FindUrl(result) is Uri url)
            {
                NodeOptions.Refuse(result.GetValue(mine), "--mine", "A node shows the cases in which the caller has a part, or may have to take one.");
                using NodeSession asked = await node.ConnectAsync(result, url, cancellationToken);
                RepairCaseSearch search = new(Overdue: isOverdue ? true : null, UnderWay: result.GetValue(underWay) ? true : null);
                IReadOnlyList<RepairCaseRow> rows = await NodeCases.SearchAsync(asked.Client, search, spoken, cancellationToken);
                NodeCases.WriteList(output, [.. rows.Where(row => leafHash is null || row.Sanction == leafHash.ToString())], spoken);
                return ExitCode.Done;
            }

            using RepairSession session = await RepairSession.OpenAsync(result, cancellationToken);

            // The node may be reading on while this looks: what is listed is of one moment.
            using StoreTransaction moment = session.Store.BeginRead();
            CaseReporter reporter = new(session.Index, session.Packs);
            CaseFilter filter = new() { IsUnderWay = isOverdue || result.GetValue(underWay), LeafHash = leafHash };
            IEnumerable<(IndexedCase Case, CaseReport? Report)> cases = session.Index.ReadCases(filter)
                .Select(indexed => (indexed, reporter.TryReport(indexed, conditions: null)));
            if (result.GetValue(mine))
            {
                IReadOnlyList<ActingAccount> accounts = ActingAccount.ReadAll(session.Workspace.Config);
                cases = cases.Where(item => HasPart(accounts, item.Case, item.Report));
            }

            List<ListLine> lines = [.. isOverdue
                ? cases.SelectMany(item => LateLines(item.Case, item.Report)).OrderBy(line => line.LateSince).ThenBy(line => line.Case.CaseId)
                : cases.Select(item => new ListLine(item.Case, item.Report, item.Report?.View.Steps ?? [], 0))];
            SanctionNames names = new(session, lines.Select(line => line.Case));
            output.Result(
                new JsonArray([.. lines.DistinctBy(line => line.Case.CaseId).Select(line => line.Report is null ? CaseJson.Row(line.Case, session.Index, names.Find(line.Case.LeafHash)) : CaseJson.Row(line.Report, session.Index, names.Find(line.Case.LeafHash), spoken))]),
                text => Write(text, session, lines, names, spoken));
            return ExitCode.Done;
        });
        return list;
    }

    // A line for each step that is late. Without its rule pack nothing but the ledger's own time is known of a case.
    private static IEnumerable<ListLine> LateLines(IndexedCase indexed, CaseReport? report) => report is null
        ? []
        : report.LateSteps.Select(step => new ListLine(indexed, report, [step], CaseReport.LateSince(step)));

    private static bool HasPart(IReadOnlyList<ActingAccount> accounts, IndexedCase indexed, CaseReport? report)
    {
        HashSet<Bytes32> organisations = [.. accounts.Select(account => ConsortiumContract.OrganisationId(account.Member))];
        HashSet<Address> addresses = [.. accounts.Select(account => account.Address)];
        return organisations.Contains(indexed.Terms.Authority)
            || addresses.Contains(indexed.Applicant)
            || indexed.Approvals.Any(approval => organisations.Contains(approval.OrgId))
            || indexed.Objections.Any(objection => organisations.Contains(objection.Objector) || (objection.Arbiter is Bytes32 arbiter && organisations.Contains(arbiter)))
            || (report is not null && report.View.Steps.Any(step => RoleOf(step.Party) is string role && accounts.Any(account => account.Roles.Contains(role))));
    }

    private static string? RoleOf(CaseParty party) => party switch
    {
        CaseParty.Reviewers => ConsortiumRoles.ToName(ConsortiumRole.Reviewer),
        CaseParty.Arbiters => ConsortiumRoles.ToName(ConsortiumRole.Arbiter),
        _ => null,
    };

    private static void Write(TextWriter text, RepairSession session, List<ListLine> lines, SanctionNames names, string language)
    {
        bool isEnglish = language == "en";
        if (lines.Count == 0)
        {
            text.WriteLine(isEnglish ? "No such cases." : "没有符合条件的申请。");
            return;
        }

        CommandOutput.Table(
            text,
            isEnglish ? ["Case", "Sanction", "Authority", "Stage", "Next", "By", "Opened"] : ["申请", "处罚", "认定单位", "状态", "待办方", "期限", "申请日"],
            lines.Select(line => Row(line, session, names, language)));
        if (lines.Any(line => line.Steps.Any(step => step.Due?.ByRule?.IsProvisional == true)))
        {
            text.WriteLine(isEnglish
                ? "* provisional: the holidays of a year in between are not published yet."
                : "* 暂定：所涉年度的节假日安排尚未公布。");
        }
    }

    private static string[] Row(ListLine line, RepairSession session, SanctionNames names, string language)
    {
        string id = line.Case.CaseId.ToString(CultureInfo.InvariantCulture);
        string leaf = CaseWording.Abbreviate(line.Case.LeafHash.ToString());
        string sanction = names.Find(line.Case.LeafHash) is string name
            ? $"{leaf} {CaseScreen.Printable(name)}"
            : leaf;
        string authority = session.Index.NameOf(line.Case.Terms.Authority);
        string stage = CaseTexts.Of(line.Case.Stage).In(language);
        if (line.Report is not CaseReport report)
        {
            CaseClock utc = new(TimeSpan.Zero, language);
            string unknown = language == "en" ? "(rule pack not here)" : "（本地无此规则包）";
            return [id, sanction, authority, stage, unknown, line.Case.DueAt == 0 ? "" : utc.Moment(line.Case.DueAt), CaseClock.Rfc3339(line.Case.OpenedAt)[..IsoDay]];
        }

        CaseWording wording = new(report, session.Index, language);
        string next = string.Join(language == "en" ? ", " : "、", line.Steps.Select(step => PartyOf(step, report, language)).Distinct());
        CaseStep? first = line.Steps.Where(step => step.Due is not null).MinBy(step => step.Due!.ByRule?.Until ?? step.Due.OnLedger);
        string by = first?.Due is CaseDue due ? By(due, wording) : "";
        if (wording.HoldsFrom is ulong from)
        {
            next = CaseTexts.Of(CaseParty.Time).In(language);
            by = wording.Text($"from {wording.Clock.From(from)} on", $"自 {wording.Clock.From(from)} 起");
        }

        return [id, sanction, authority, stage, next, by, CaseClock.Iso(PackDays.DayOf(report.Pack, report.Case.OpenedAt))];
    }

    private static string PartyOf(CaseStep step, CaseReport report, string language)
    {
        string party = CaseTexts.Of(step.Party).In(language);
        return !report.Standing.IsSuspended(step.Party) ? party : language == "en" ? $"{party} (suspended)" : $"{party}（已被暂停）";
    }

    private static string By(CaseDue due, CaseWording wording)
    {
        string day = due.ByRule is null ? wording.Clock.Moment(due.OnLedger) : wording.Clock.By(due.ByRule, due.Limit);
        return due switch
        {
            { IsOverdue: true } => wording.Text($"{day} OVERDUE", $"{day} 已逾期"),
            { IsLate: true } => wording.Text($"{day} LATE", $"{day} 已超期"),
            _ => day,
        };
    }

    private sealed record ListLine(IndexedCase Case, CaseReport? Report, IReadOnlyList<CaseStep> Steps, ulong LateSince);
}
