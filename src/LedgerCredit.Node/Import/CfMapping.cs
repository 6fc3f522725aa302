using LedgerCredit.Evidence;
using LedgerCredit.Primitives;
using LedgerCredit.Repair.Packs;

namespace LedgerCredit.Node.Import;

/// <summary>Chinese administrative penalties in the "double publicity" columns (docs/import.md section 2).</summary>
internal sealed class CfMapping(ImportOptions options) : CsvMapping
{
    // Stands for a term without an end.
    private const string NoEnd = "2099-12-31";

    private static readonly string[][] Needed =
    [
        CfColumns.DecisionNumber, CfColumns.SubjectName, CfColumns.SubjectCode, CfColumns.Kinds, CfColumns.DecidedOn, CfColumns.Authority,
    ];

    public override RecordKind Kind => RecordKind.Sanction;

    public override string? FindMissing(CsvColumns columns) =>
        Needed.FirstOrDefault(names => !CfColumns.IsIn(columns, names))?[0];

    public override void Map(CsvRow row, RecordDraft draft)
    {
        CfColumns cells = new(row);
        string decisionNumber = CellText.DecisionNumber(cells[CfColumns.DecisionNumber]);
        string code = UnifiedSocialCreditCode.Normalize(cells[CfColumns.SubjectCode]);
        string? type = ReadType(cells, draft, hasCode: code.Length > 0);
        CheckState(cells, draft);
        if (code.Length == 0)
        {
            draft.Reject("missing-code", "Expected a unified social credit code, found none.", CfColumns.SubjectCode[0]);
        }

        if (decisionNumber.Length == 0)
        {
            draft.Reject("missing-decision-number", "Expected the number of the decision, found none.", CfColumns.DecisionNumber[0]);
        }

        if (!TryReadDate(cells, draft, CfColumns.DecidedOn, out string? decidedOn) || decidedOn is null)
        {
            draft.Reject("missing-date", "Expected the date of the decision, found none.", CfColumns.DecidedOn[0]);
        }

        TryReadDate(cells, draft, CfColumns.EffectiveUntil, out string? effectiveUntil);
        TryReadDate(cells, draft, CfColumns.PublicUntil, out string? publicUntil);
        TryReadAmount(cells, draft, CfColumns.Fine, out string? fineYuan);
        TryReadAmount(cells, draft, CfColumns.Confiscated, out string? confiscatedYuan);
        IReadOnlyList<string> kinds = CfPenalties.Split(cells.All(CfColumns.Kinds));
        SanctionGrade? stated = ReadGrade(cells, draft);
        if (draft.Rejection is not null || decidedOn is null)
        {
            return;
        }

        string authority = CellText.OneLine(cells.Carry(CfColumns.Authority));
        if (ChoosePack(draft, authority, decidedOn) is not (RulePack pack, string reason))
        {
            return;
        }

        // One decision may name several subjects, so its number alone is not unique.
        draft.Id = $"{decisionNumber}/{code}";
        draft.Issuer = options.Issuer ?? "";
        draft.Subject = $"uscc:{code}";
        draft.IssuedAt = $"{decidedOn}T00:00:00+08:00";

        draft.Claim("authorityName", authority);
        draft.Claim("authorityCode", UnifiedSocialCreditCode.Normalize(cells.Carry(CfColumns.AuthorityCode)));
        ClaimGrade(draft, stated, kinds);
        draft.Claim("decisionNo", decisionNumber);
        draft.Claim("violation", ReadViolation(cells));
        draft.Claim("facts", cells.Carry(CfColumns.Facts));
        draft.Claim("basis", cells.Carry(CfColumns.Basis));
        draft.Claim("penalties", kinds);
        draft.Claim("penaltyContent", cells.Carry(CfColumns.Content));
        draft.Claim("fineYuan", fineYuan);
        draft.Claim("confiscatedYuan", confiscatedYuan);
        draft.Claim("decidedOn", decidedOn);
        ClaimEnd(cells, draft, "attachedTermUntil", CfColumns.EffectiveUntil, effectiveUntil);
        ClaimEnd(cells, draft, "publicUntil", CfColumns.PublicUntil, publicUntil);
        draft.Claim("rulePack", pack.Id);
        draft.Claim("rulePackReason", reason);
        draft.Claim("subjectName", CellText.OneLine(cells.Carry(CfColumns.SubjectName)));
        draft.Claim(SubjectTypes.Claim, type);
        WithholdPersonal(cells, type);
        WithholdCarriedOtherwise(cells);
        draft.KeepSource(row);
    }

    // docs/spec/rule-packs.md section 4. The authority may name a pack; else authority and date of decision choose.
    private (RulePack Pack, string Reason)? ChoosePack(RecordDraft draft, string authority, string decidedOn)
    {
        if (!CivilDate.TryParse(decidedOn, out CivilDate day))
        {
            draft.Reject("bad-date", "Expected a date of decision that exists.", CfColumns.DecidedOn[0]);
            return null;
        }

        if (options.RulePack is string named)
        {
            if (RulePackChoice.TryName(options.RulePacks, named, day, out RulePack? chosen, out ParseProblem? problem))
            {
                return (chosen, "named-by-authority");
            }

            draft.Reject(problem.Code, problem.Message, CfColumns.DecidedOn[0]);
            return null;
        }

        if (RulePackChoice.Find(options.RulePacks, authority, day) is RulePackChoice choice)
        {
            return (choice.Pack, choice.Reason.ToName());
        }

        draft.Reject("no-rule-pack", "Expected a date of decision that a rule pack covers, found none that does.", CfColumns.DecidedOn[0]);
        return null;
    }

    // 2018: 法人及非法人组织 / 自然人 / 个体工商户. The older layout has no such column, but only persons have an identity number.
    private string? ReadType(CfColumns cells, RecordDraft draft, bool hasCode)
    {
        string text = cells[CfColumns.SubjectType];
        bool hasPersonNumber = cells.All(CfColumns.PersonNumber).Any();
        if (text.Contains("自然人", StringComparison.Ordinal) || (text.Length == 0 && !hasCode && hasPersonNumber))
        {
            // Without a code the only identifier is the identity number, which is not imported whatever the rules allow.
            if (!options.Rules.AllowNaturalPersons || !hasCode)
            {
                SanctionListRow.RejectPerson(draft, text.Length > 0 ? CfColumns.SubjectType[0] : null);
            }

            return SubjectTypes.NaturalPerson;
        }

        return text.Contains("个体", StringComparison.Ordinal) ? SubjectTypes.IndividualBusiness : null;
    }

    // 0 in force, 1 withdrawn, 2 disputed, 3 other.
    private static void CheckState(CfColumns cells, RecordDraft draft)
    {
        switch (CellText.ToHalfWidth(cells[CfColumns.State]))
        {
            case "" or "0" or "正常":
                return;
            case "1" or "撤销":
                draft.Reject("withdrawn", "Expected a penalty in force, found one that its authority has withdrawn.", CfColumns.State[0]);
                return;
            default:
                draft.Warn("The file says that the penalty's state is disputed or another one than in force.");
                return;
        }
    }

    private static SanctionGrade? ReadGrade(CfColumns cells, RecordDraft draft)
    {
        switch (cells[CfColumns.Grade].ToLowerInvariant())
        {
            case "":
                return null;
            case "minor" or "轻微":
                return SanctionGrade.Minor;
            case "general" or "一般":
                return SanctionGrade.General;
            case "serious" or "严重":
                return SanctionGrade.Serious;
            default:
                draft.Reject("bad-grade", "Expected 轻微, 一般 or 严重 (minor, general, serious), found other text.", CfColumns.Grade[0]);
                return null;
        }
    }

    private static void ClaimGrade(RecordDraft draft, SanctionGrade? stated, IReadOnlyList<string> kinds)
    {
        draft.Claim("grade", (stated ?? CfPenalties.Grade(kinds)).ToName());
        draft.Claim("gradeSource", stated is null ? "computed" : "authority");
        if (stated is null)
        {
            draft.ClaimTrue("gradeProvisional");
        }
    }

    // The older layout has no kind of violation: the name of the case says most about it, else what was done.
    private static string ReadViolation(CfColumns cells)
    {
        string violation = cells.Carry(CfColumns.Violation);
        if (violation.Length == 0)
        {
            violation = cells.Carry(CfColumns.PenaltyName);
        }

        return violation.Length > 0 ? violation : cells[CfColumns.Facts];
    }

    private static bool TryReadDate(CfColumns cells, RecordDraft draft, string[] names, out string? date)
    {
        date = null;
        if (cells[names].Length == 0 || CellText.TryReadDate(cells[names], out date))
        {
            return true;
        }

        draft.Reject("bad-date", "Expected a day that exists, such as 2026-04-01 or 2026/4/1, found other text.", names[0]);
        return false;
    }

    private static void TryReadAmount(CfColumns cells, RecordDraft draft, string[] names, out string? yuan)
    {
        yuan = null;
        if (cells[names].Length > 0 && !CellText.TryReadTenThousandYuan(cells[names], out yuan))
        {
            draft.Reject("bad-amount", "Expected an amount in 万元 that is whole fen, such as 0.2, found other text.", names[0]);
        }
    }

    // A term without an end is no claim; the cell then stays among the source columns.
    private static void ClaimEnd(CfColumns cells, RecordDraft draft, string claim, string[] names, string? date)
    {
        if (date is not null && date != NoEnd)
        {
            draft.Claim(claim, date);
            cells.Withhold(names);
        }
    }

    private static void WithholdPersonal(CfColumns cells, string? type)
    {
        cells.Withhold(CfColumns.Personal);
        if (type is SubjectTypes.IndividualBusiness or SubjectTypes.NaturalPerson)
        {
            cells.Withhold(CfColumns.TaxNumber);
        }
    }

    // Columns whose claim says the same in another spelling.
    private static void WithholdCarriedOtherwise(CfColumns cells)
    {
        cells.Withhold(CfColumns.DecisionNumber);
        cells.Withhold(CfColumns.SubjectCode);
        cells.Withhold(CfColumns.DecidedOn);
        cells.Withhold(CfColumns.Grade);
        cells.Withhold(CfColumns.Kinds);
        cells.Withhold(CfColumns.Fine);
        cells.Withhold(CfColumns.Confiscated);
    }
}
