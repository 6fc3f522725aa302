using System.Globalization;
using System.Text;
using LedgerCredit.Evidence;
using LedgerCredit.Primitives;

namespace LedgerCredit.Repair.Materials;

/// <summary>Checks an application's materials on the applicant's side, before anything is sent.</summary>
/// <remarks>docs/spec/repair-package.md section 4. All problems at once, in the order of the materials. Pure.</remarks>
public static class MaterialChecks
{
    /// <summary>The most materials of a case.</summary>
    public const int MaxMaterials = 64;

    /// <summary>The longest number of a voucher or document.</summary>
    public const int MaxReference = 200;

    /// <summary>The kind of material that shows a payment.</summary>
    public const int PaymentKind = 6;

    private const int Decision = 5;
    private const int Acceptance = 7;

    /// <summary>Checks all materials of a case: those submitted before and those to be submitted now.</summary>
    /// <param name="pack">The rule pack of the sanction's terms.</param>
    /// <param name="facts">What is known of the sanction.</param>
    /// <param name="materials">The materials, in their order.</param>
    /// <param name="history">What was submitted in other cases.</param>
    /// <param name="today">The day in the pack's zone.</param>
    /// <returns>Nothing where the application may be sent.</returns>
    public static IReadOnlyList<MaterialProblem> Check(
        RulePack pack,
        SanctionFacts facts,
        IReadOnlyList<Material> materials,
        IMaterialHistory history,
        DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(pack);
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(materials);
        ArgumentNullException.ThrowIfNull(history);

        List<MaterialProblem> problems = [];
        if (materials.Count > MaxMaterials)
        {
            problems.Add(new MaterialProblem("too-many-materials", null, null, new LocalText(
                $"Expected at most {MaxMaterials} files, found {materials.Count}. Join pages of one document into one file.",
                $"文件最多 {MaxMaterials} 个，现有 {materials.Count} 个。请将同一材料的各页合并为一个文件。")));
            return problems;
        }

        HashSet<Bytes32> seen = [];
        foreach (Material material in materials)
        {
            AddContentProblems(problems, pack.Repair, material);
            AddReuse(problems, material, seen, history);
            AddDateProblems(problems, pack.Repair, facts, material, today);
            AddStatementProblems(problems, material);
        }

        AddPaymentProblems(problems, facts, materials, history);
        AddMissing(problems, pack.Repair, facts, materials);
        return problems;
    }

    private static void AddContentProblems(List<MaterialProblem> problems, RepairRules rules, Material material)
    {
        if (rules.FindMaterial(material.Kind) is null)
        {
            Add(problems, "material-unknown", material, new LocalText(
                $"The rule pack knows no material {RuleMaterial.CodeOf(material.Kind)}.",
                $"规则包中没有材料 {RuleMaterial.CodeOf(material.Kind)}。"));
        }

        ContentFailure failure = material.Content.Failure;
        if (failure != ContentFailure.None)
        {
            Add(problems, ContentTexts.Code(failure), material, ContentTexts.Text(failure, rules));
        }
    }

    private static void AddReuse(
        List<MaterialProblem> problems, Material material, HashSet<Bytes32> seen, IMaterialHistory history)
    {
        if (material.Content.Failure is ContentFailure.Empty or ContentFailure.TooLarge)
        {
            return;
        }

        if (!seen.Add(material.Content.FileHash))
        {
            Add(problems, "file-twice", material, new LocalText(
                "The same file is there twice. Each material needs its own file.",
                "同一文件重复提交。每份材料应为单独的文件。"));
        }
        else if (history.FindFile(material.Content.FileHash) is MaterialUse used)
        {
            Add(problems, "file-used", material, used.IsRevoked
                ? new LocalText(
                    $"The same file was used in a case whose repair was revoked for false material: {used.Place}. Documents of that case cannot be used again.",
                    $"该文件已用于因虚假材料被撤销的修复申请：{used.Place}。该申请的材料不得再次使用。")
                : new LocalText(
                    $"The same file was used in another case: {used.Place}. Each decision needs its own documents.",
                    $"该文件已用于另一修复申请：{used.Place}。每份处罚决定须单独提交材料。"));
        }
    }

    private static void AddDateProblems(
        List<MaterialProblem> problems, RepairRules rules, SanctionFacts facts, Material material, DateOnly today)
    {
        bool isDecision = material.Kind == Decision;
        bool isPerformance = NeedsDate(rules, material.Kind);
        if (material.Statements.IssuedOn is not DateOnly issuedOn)
        {
            if (isPerformance)
            {
                Add(problems, "date-missing", material, new LocalText(
                    "State the date of this document.", "请填写该材料的日期。"));
            }

            return;
        }

        if (issuedOn > today)
        {
            Add(problems, "date-in-future", material, new LocalText(
                $"The date {Show(issuedOn)} is after today, {Show(today)}.", $"日期 {Show(issuedOn)} 晚于今日 {Show(today)}。"));
        }
        else if (isDecision && issuedOn != facts.DecidedOn)
        {
            Add(problems, "date-of-other-decision", material, new LocalText(
                $"The sanction was decided on {Show(facts.DecidedOn)}, this document is of {Show(issuedOn)}.",
                $"处罚决定日期为 {Show(facts.DecidedOn)}，该文书日期为 {Show(issuedOn)}。"));
        }
        else if (isPerformance && issuedOn < facts.DecidedOn)
        {
            Add(problems, "date-before-decision", material, new LocalText(
                $"The date {Show(issuedOn)} is before the decision of {Show(facts.DecidedOn)}.",
                $"日期 {Show(issuedOn)} 早于处罚决定日期 {Show(facts.DecidedOn)}。"));
        }
    }

    private static void AddStatementProblems(List<MaterialProblem> problems, Material material)
    {
        bool isStated = material.Statements.AmountYuan is not null;
        if ((isStated || material.Kind == PaymentKind) && !Amount.TryParse(material.Statements.AmountYuan, out _))
        {
            Add(problems, isStated ? "amount-malformed" : "amount-missing", material, new LocalText(
                "State the amount that was paid, in yuan, as digits with at most one decimal point.",
                "请以数字填写缴纳金额（元），最多一个小数点。"));
        }

        if (material.Statements.Reference is string reference && !IsShortText(reference))
        {
            Add(problems, "reference-malformed", material, new LocalText(
                $"The number of the document must have 1 to {MaxReference} characters, all of them printable.",
                $"文书编号应为 1 至 {MaxReference} 个可见字符。"));
        }
    }

    private static void AddPaymentProblems(
        List<MaterialProblem> problems, SanctionFacts facts, IReadOnlyList<Material> materials, IMaterialHistory history)
    {
        decimal paid = 0;
        bool isComplete = true;
        HashSet<string> vouchers = new(StringComparer.Ordinal);
        Material[] payments = [.. materials.Where(material => material.Kind == PaymentKind)];
        foreach (Material payment in payments)
        {
            if (Amount.TryParse(payment.Statements.AmountYuan, out decimal amount))
            {
                paid += amount;
            }
            else
            {
                isComplete = false;
            }

            AddVoucherReuse(problems, payment, vouchers, history);
        }

        if (payments.Length > 0 && isComplete && paid < facts.DueYuan)
        {
            string due = Show(facts.DueYuan);
            problems.Add(new MaterialProblem("payment-too-small", PaymentKind, null, new LocalText(
                $"The payments come to {Show(paid)} yuan, the decision demands {due}.",
                $"缴纳金额合计 {Show(paid)} 元，处罚决定要求 {due} 元。")));
        }
    }

    private static void AddVoucherReuse(
        List<MaterialProblem> problems, Material payment, HashSet<string> vouchers, IMaterialHistory history)
    {
        if (payment.Statements.Reference is not string reference)
        {
            return;
        }

        if (!vouchers.Add(reference))
        {
            Add(problems, "voucher-twice", payment, new LocalText(
                "The same voucher number is there twice.", "同一凭证号重复。"));
        }
        else if (history.FindVoucher(reference) is MaterialUse used)
        {
            Add(problems, "voucher-used", payment, used.IsRevoked
                ? new LocalText(
                    $"The same voucher was used in a case whose repair was revoked for false material: {used.Place}. Vouchers of that case cannot be used again.",
                    $"该凭证已用于因虚假材料被撤销的修复申请：{used.Place}。该申请的凭证不得再次使用。")
                : new LocalText(
                    $"The same voucher was used in another case: {used.Place}.", $"该凭证已用于另一修复申请：{used.Place}。"));
        }
    }

    private static void AddMissing(
        List<MaterialProblem> problems, RepairRules rules, SanctionFacts facts, IReadOnlyList<Material> materials)
    {
        foreach (RuleMaterial needed in Needed(rules, facts))
        {
            if (materials.All(material => material.Kind != needed.Kind))
            {
                problems.Add(new MaterialProblem("material-missing", needed.Kind, null, new LocalText(
                    $"Missing: {needed.Code} {needed.NameEnglish}.", $"缺少材料：{needed.Code} {needed.NameChinese}。")));
            }
        }
    }

    /// <summary>Whether the date of a material must be stated, because it must not be before the decision.</summary>
    public static bool NeedsDate(RepairRules rules, int kind)
    {
        ArgumentNullException.ThrowIfNull(rules);

        return kind is PaymentKind or Acceptance || kind == rules.CommitmentKind;
    }

    /// <summary>The materials that an application for this sanction needs.</summary>
    public static IEnumerable<RuleMaterial> Needed(RepairRules rules, SanctionFacts facts)
    {
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentNullException.ThrowIfNull(facts);

        return rules.Materials.Where(material => material.Need switch
        {
            MaterialNeed.Optional => false,
            MaterialNeed.Always => true,
            MaterialNeed.IfFined => facts.IsFined,
            MaterialNeed.IfCorrected => facts.OrdersCorrection,
            MaterialNeed.IfAgent => facts.HasAgent,
            _ => throw new System.Diagnostics.UnreachableException($"There is no need {material.Need}."),
        });
    }

    /// <summary>Whether a text can stand in a package: 1 to 200 characters, none of them a control character.</summary>
    internal static bool IsShortText(string text) =>
        text.Length is > 0 and <= MaxReference
        && text.EnumerateRunes().All(rune => !Rune.IsControl(rune) && rune != Rune.ReplacementChar);

    private static void Add(List<MaterialProblem> problems, string code, Material material, LocalText message) =>
        problems.Add(new MaterialProblem(code, material.Kind, material.Name, message));

    private static string Show(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Show(decimal yuan) => yuan.ToString(CultureInfo.InvariantCulture);
}
