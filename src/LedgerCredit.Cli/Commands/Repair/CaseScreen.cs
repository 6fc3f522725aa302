using System.Globalization;
using LedgerCredit.Contracts;
using LedgerCredit.Evidence;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.RepairScreens;
using LedgerCredit.Node.RepairSteps;
using LedgerCredit.Primitives;
using LedgerCredit.Repair.Cases;

namespace LedgerCredit.Cli.Commands.Repair;

/// <summary>A case for people: what holds and what is missing, who owes it and by when, and how it came there.</summary>
internal sealed class CaseScreen
{
    private const string Green = "\u001b[32m";
    private const string Yellow = "\u001b[33m";
    private const string Red = "\u001b[31m";
    private const string Bold = "\u001b[1m";
    private const string Plain = "\u001b[0m";

    private readonly CaseDetail _detail;
    private readonly CaseReport _report;
    private readonly CaseWording _wording;
    private readonly RepairSession _session;
    private readonly LedgerIndexReader _index;
    private readonly string? _record;
    private readonly Func<Bytes32, Statement?> _findStatement;
    private readonly bool _hasColours;

    /// <summary>Makes the screen of a case.</summary>
    /// <param name="detail">The case.</param>
    /// <param name="session">The session, for the names of organisations and accounts.</param>
    /// <param name="record">What people call the sanction, where it is known here; else null.</param>
    /// <param name="language"><c>en</c> or <c>zh</c>.</param>
    /// <param name="findStatement">Finds the statements whose text is kept here.</param>
    /// <param name="hasColours">Whether marks are coloured, as on a terminal.</param>
    public CaseScreen(
        CaseDetail detail, RepairSession session, string? record, string language, Func<Bytes32, Statement?> findStatement, bool hasColours)
    {
        _detail = detail;
        _report = detail.Report;
        _wording = new CaseWording(detail.Report, session.Index, language, new OwnKeys(session.Keys).Find);
        _session = session;
        _index = session.Index;
        _record = record is null ? null : Printable(record);
        _findStatement = findStatement;
        _hasColours = hasColours;
    }

    private IndexedCase Case => _report.Case;

    /// <summary>Writes the screen.</summary>
    public void Write(TextWriter text)
    {
        WriteHead(text);
        WriteConditions(text);
        WriteNext(text);
        WriteObjections(text);
        WriteApprovals(text);
        WriteMaterials(text);
        WriteHistory(text);
    }

    private void WriteHead(TextWriter text)
    {
        string stage = CaseTexts.Of(Case.Stage).In(_wording.Language);
        string since = _wording.Clock.Moment(Case.IsUnderWay ? Case.StageBegunAt : Case.EndedAt);
        string second = Case is { IsUnderWay: true, IsEscalated: true }
            ? _wording.Text($"; escalated, second period since {_wording.Clock.Moment(Case.StepBegunAt)}", $"；已催办，第二期限自 {_wording.Clock.Moment(Case.StepBegunAt)} 起")
            : "";
        string leaf = CaseWording.Abbreviate(Case.LeafHash.ToString());
        text.WriteLine(Emphasis(_wording.Text($"Repair case {Case.CaseId}: {stage} since {since}{second}", $"信用修复申请 {Case.CaseId}：{stage}（自 {since} 起{second}）")));
        text.WriteLine();
        Row(text, "Sanction", "处罚", $"{(_record is null ? leaf : $"{_record} ({leaf})")}, {_wording.Authority}: {CaseTexts.Of(_detail.Status.State).English}", $"{(_record is null ? leaf : $"{_record}（{leaf}）")}，认定单位 {_wording.Authority}，{CaseTexts.Of(_detail.Status.State).Chinese}");
        if (_detail.Status.State == SanctionState.Shielded)
        {
            Row(text, "", "", $"without the shield: {CaseTexts.Of(_detail.Status.ReturnTo).English}", $"解除后：{CaseTexts.Of(_detail.Status.ReturnTo).Chinese}");
        }

        Row(text, "Rules", "规则包", $"{_report.Pack.TitleEnglish} ({_report.Pack.Id}): {CaseTexts.OfPack(_report.Pack.Status).English}", $"{_report.Pack.TitleChinese}（{_report.Pack.Id}）：{CaseTexts.OfPack(_report.Pack.Status).Chinese}");
        string applicant = _wording.Who(_index.OrganisationOf(Case.Applicant), Case.Applicant);
        Row(text, "Applied", "申请", $"{_wording.Clock.Moment(Case.OpenedAt)}, {applicant}", $"{_wording.Clock.Moment(Case.OpenedAt)}，{applicant}");
        if (_report.View.Answer is { } answer)
        {
            string until = _wording.Clock.Until(answer, _report.Pack.Repair.Answer, _report.Calendar);
            string late = _report.AsOf.BlockTime < answer.Until ? "" : _wording.Text("LATE: was due ", "已超期：");
            Row(text, "Answer", "办结", $"{late}by {until}, counted from the application", $"{late}期限至 {until}，自申请起计算");
        }

        Row(text, "As of", "截至", $"block {_report.AsOf.BlockNumber}, {_wording.Clock.Moment(_report.AsOf.BlockTime)}; days are those of {_wording.Clock.Zone}", $"区块 {_report.AsOf.BlockNumber}，{_wording.Clock.Moment(_report.AsOf.BlockTime)}；日期按 {_wording.Clock.Zone} 计");
    }

    private void WriteConditions(TextWriter text)
    {
        int met = _report.View.Conditions.Count(condition => condition.State == ConditionState.Met);
        Heading(text, $"Conditions: {met} of {_report.View.Conditions.Count} hold", $"修复条件：{_report.View.Conditions.Count} 项中 {met} 项满足");
        foreach (ConditionView condition in _report.View.Conditions)
        {
            text.WriteLine($"  {Mark(condition.State)} {condition.Code,-3} {condition.Title.In(_wording.Language)}");
            if (condition.Missing is null || !Case.IsUnderWay)
            {
                continue;
            }

            string owner = _wording.Party(condition.Owner);
            text.WriteLine($"        {_wording.Text($"{owner}: {condition.Missing.English}", $"{owner}：{condition.Missing.Chinese}")}");
            if (condition.Due is not null)
            {
                text.WriteLine($"        {_wording.Due(condition.Due)}");
            }
        }

        if (!Case.IsUnderWay)
        {
            text.WriteLine($"  {_wording.Text("The case has ended; nobody owes anything.", "申请已终结，各方均无待办事项。")}");
        }
    }

    private void WriteNext(TextWriter text)
    {
        string[] next = [.. _wording.NextBesideConditions()];
        if (next.Length == 0)
        {
            return;
        }

        Heading(text, "What can be done now", "当前可办理事项");
        foreach (string line in next)
        {
            text.WriteLine($"  {line}");
        }

        foreach (string command in _report.View.Steps.SelectMany(step => CommandsOf(step.Act)).Distinct())
        {
            text.WriteLine($"      {command}");
        }

        if (Case.Revocation is IndexedRevocation proposal)
        {
            text.WriteLine($"      {RevokeCommand.SecondKey(_session, Case, proposal)}");
        }
    }

    private void WriteObjections(TextWriter text)
    {
        if (Case.Objections.Count == 0 && Case.ObjectionsUntil == 0)
        {
            return;
        }

        string window = Case.ObjectionsUntil == 0
            ? ""
            : _report.AsOf.BlockTime < Case.ObjectionsUntil
                ? _wording.Text($": the window is open until {_wording.Clock.Moment(Case.ObjectionsUntil)}", $"：异议期至 {_wording.Clock.Moment(Case.ObjectionsUntil)}")
                : _wording.Text($": the window closed {_wording.Clock.Moment(Case.ObjectionsUntil)}", $"：异议期已于 {_wording.Clock.Moment(Case.ObjectionsUntil)} 届满");
        Heading(text, $"Objections{(Case.IsUnderWay ? window : "")}", $"异议{(Case.IsUnderWay ? window : "")}");
        foreach (IndexedObjection objection in Case.Objections)
        {
            string state = CaseTexts.Of(objection.State).In(_wording.Language);
            string arbiter = objection.Arbiter is Bytes32 by ? _wording.Text($" by {_index.NameOf(by)}", $"（{_index.NameOf(by)}）") : "";
            string due = objection.State == ObjectionState.Raised && Case.IsUnderWay
                ? _wording.Text($"; the ledger waits for an arbiter until {_wording.Clock.Moment(objection.DueAt)}", $"；链上裁决期限至 {_wording.Clock.Moment(objection.DueAt)}")
                : "";
            string second = objection.IsEscalated ? _wording.Text(", escalated", "，已催办") : "";
            text.WriteLine($"  {_wording.Who(objection.Objector, objection.Account)}{_wording.Text(": ", "：")}{state}{arbiter}{second}{due}");
        }

        if (Case.Objections.Count == 0)
        {
            text.WriteLine($"  {_wording.Text("none", "无")}");
        }
    }

    private void WriteApprovals(TextWriter text)
    {
        int needed = _report.Pack.Repair.Approvals.Value;
        int counting = _report.Standing.Counting;
        bool countAll = counting == Case.Approvals.Count;
        Heading(
            text,
            countAll ? $"Approvals: {counting} of {needed}" : $"Approvals: {counting} of {needed} count; {Case.Approvals.Count} were given",
            countAll ? $"评审同意：{counting} / {needed}" : $"评审同意：有效 {counting} / {needed}（共作出 {Case.Approvals.Count} 项）");
        foreach ((IndexedApproval approval, ApprovalFlaw flaw) in _report.Standing.Approvals)
        {
            string score = approval.Score == 0 ? "" : _wording.Text($", score {approval.Score}", $"，评分 {approval.Score}");
            string why = flaw == ApprovalFlaw.None ? "" : _wording.Text("; ", "；") + _wording.Flaw(flaw);
            text.WriteLine($"  {_wording.Who(approval.OrgId, approval.Account)}{score}{_wording.Text(", ", "，")}{_wording.Clock.Moment(approval.At)}{why}");
        }

        if (Case.Approvals.Count == 0)
        {
            text.WriteLine($"  {_wording.Text("none", "无")}");
        }
    }

    private void WriteMaterials(TextWriter text)
    {
        Heading(text, $"Materials: {Case.Materials.Count}", $"材料：{Case.Materials.Count} 份");
        for (int i = 0; i < Case.Materials.Count; i++)
        {
            string digest = CaseWording.Abbreviate(Case.Materials[i].Digest.ToString());
            text.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {i + 1,2}. {digest}  {_wording.Events.Material(Case.Materials[i].Kind)}"));
        }

        if (Case.Materials.Count > 0)
        {
            text.WriteLine($"  {_wording.Text("hash of all", "全部材料摘要")} {Case.MaterialsHash}");
        }
    }

    private void WriteHistory(TextWriter text)
    {
        Heading(text, "History", "办理经过");
        foreach ((IndexedEvent line, string sentence) in _detail.History.Zip(_wording.DescribeAll(_detail.History)).Where(pair => pair.First.Event is not StatusChangedEvent))
        {
            string who = RepairDeskEventFacts.FindAccount(line.Event) is { } account ? $"{_wording.Who(line.OrganisationId, account)}{_wording.Text(": ", "：")}" : "";
            text.WriteLine($"  {_wording.Clock.Moment(line.Time)}  {who}{sentence}");

            // Only the parties know what their digests stand for; where this workspace is one of them, it can say so.
            if (CaseJson.FindStatement(line.Event) is Bytes32 digest && _findStatement(digest)?.Text is string statement)
            {
                text.WriteLine($"      {_wording.Text("“", "“")}{Printable(statement)}{_wording.Text("”", "”")}");
            }
        }
    }

    private IEnumerable<string> CommandsOf(CaseAct act)
    {
        string id = Case.CaseId.ToString(CultureInfo.InvariantCulture);
        return act switch
        {
            CaseAct.None => [],
            CaseAct.Supplement => [$"ledgercredit repair supplement {id}{string.Concat(WantedMaterials().Select(code => $" --material {code}=FILE"))}"],
            CaseAct.TakeIn =>
            [
                $"ledgercredit repair accept {id}",
                .. Case.SupplementRequests < _report.Pack.Repair.SupplementRequests.Value ? (string[])[$"ledgercredit repair ask {id} --material CODE --notice TEXT"] : [],
                $"ledgercredit repair refuse {id} --reasons TEXT",
            ],
            CaseAct.Confirm => [$"ledgercredit repair confirm {id} --statement TEXT", $"ledgercredit repair refuse {id} --reasons TEXT"],
            CaseAct.Approve => [$"ledgercredit repair approve {id} --package FILE"],
            CaseAct.Resolve => Case.OpenObjections.SelectMany(objection => (string[])
            [
                $"ledgercredit repair resolve {id} --objector {_index.NameOf(objection.Objector)} --dismiss --reasons TEXT",
                $"ledgercredit repair resolve {id} --objector {_index.NameOf(objection.Objector)} --uphold --reasons TEXT",
            ]),
            CaseAct.Trigger => [$"ledgercredit repair trigger {id}"],
            CaseAct.Escalate => [$"ledgercredit repair escalate {id}"],
            CaseAct.EscalateObjection => Case.OpenObjections
                .Where(objection => _report.AsOf.BlockTime >= objection.DueAt)
                .Select(objection => $"ledgercredit repair escalate {id} --objector {_index.NameOf(objection.Objector)}"),
            CaseAct.Resume => ["ledgercredit repair resume"],
            _ => throw new System.Diagnostics.UnreachableException($"There is no step {act}."),
        };
    }

    // What was asked for; before that, what the rules want and is not there.
    private string[] WantedMaterials()
    {
        IEnumerable<int> kinds = Case.AskedKinds != 0
            ? EventTexts.KindsOf(Case.AskedKinds)
            : _report.Pack.Repair.Materials
                .Where(material => material.Need == MaterialNeed.Always || material.Kind == _report.Pack.Repair.CommitmentKind)
                .Select(material => (int)material.Kind)
                .Where(kind => (Case.MaterialKinds & (1UL << kind)) == 0);
        string[] codes = [.. kinds.Select(RuleMaterial.CodeOf)];
        return codes.Length == 0 ? ["CODE"] : codes;
    }

    private string Mark(ConditionState state) => state switch
    {
        ConditionState.Met => Colour("✓", Green),
        ConditionState.Waiting => Colour("…", Yellow),
        _ => Colour("✗", Red),
    };

    private void Heading(TextWriter text, string english, string chinese)
    {
        text.WriteLine();
        text.WriteLine(Emphasis(_wording.Text(english, chinese)));
    }

    // Chinese characters take two cells, so that both columns end at the same one.
    private void Row(TextWriter text, string english, string chinese, string valueEnglish, string valueChinese) =>
        text.WriteLine(_wording.Text($"  {english,-10}{valueEnglish}", $"  {chinese}{new string(' ', 10 - (2 * chinese.Length))}{valueChinese}"));

    private string Emphasis(string value) => Colour(value, Bold);

    private string Colour(string value, string colour) => _hasColours ? $"{colour}{value}{Plain}" : value;

    /// <summary>What somebody wrote, for a terminal: control characters could rewrite what stands there.</summary>
    public static string Printable(string value) => new([.. value.Select(c => char.IsControl(c) ? ' ' : c)]);
}
