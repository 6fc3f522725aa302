using System.Globalization;
using System.Text;
using LedgerCredit.Contracts;
using LedgerCredit.Evidence;
using LedgerCredit.Node.RepairScreens;
using LedgerCredit.Primitives;
using LedgerCredit.Repair;
using LedgerCredit.Repair.Cases;

namespace LedgerCredit.Node.RepairSteps;

/// <summary>Says in plain words why the contracts of repair refuse a step, and what to do instead.</summary>
/// <remarks>A test holds the list against the compiler's ABI: every error that a step can meet has its words.</remarks>
/// <param name="nameOf">What people call an organisation, by its id.</param>
/// <param name="utcOffset">The zone in which moments are said.</param>
/// <param name="namesRequests">Whether requests of the API are named as the way out, and not commands.</param>
public sealed class ContractErrorText(Func<Bytes32, string> nameOf, TimeSpan utcOffset, bool namesRequests)
{
    private readonly CaseClock _english = new(utcOffset, "en");
    private readonly CaseClock _chinese = new(utcOffset, "zh");

    /// <summary>The words for an error.</summary>
    /// <returns>Null for errors that no step at the repair desk meets.</returns>
    public LocalText? Find(ContractError error)
    {
        ArgumentNullException.ThrowIfNull(error);
        Values values = new(error);
        return FindParty(error.Name, values) ?? FindSanction(error.Name, values) ?? FindStep(error.Name, values) ?? FindPack(error.Name, values);
    }

    /// <summary>The code of an error: <c>repair-desk-not-applicant</c> for <c>RepairDeskNotApplicant</c>.</summary>
    public static string CodeOf(ContractError error)
    {
        ArgumentNullException.ThrowIfNull(error);
        StringBuilder code = new();
        foreach (char letter in error.Name)
        {
            if (char.IsAsciiLetterUpper(letter) && code.Length > 0)
            {
                code.Append('-');
            }

            code.Append(char.ToLowerInvariant(letter));
        }

        return code.ToString();
    }

    // Who may do it.
    private LocalText? FindParty(string name, Values values) => name switch
    {
        "RepairDeskNotApplicant" => new(
            $"The account {values.Text("account")} may not act for the sanctioned subject. {Way($"The authority lets it: ledgercredit member appoint {values.Text("account")} --subject SUBJECT", "The authority has to appoint it on the ledger.")}",
            $"账户 {values.Text("account")} 无权代表被处罚主体。{Way($"请认定单位授权：ledgercredit member appoint {values.Text("account")} --subject SUBJECT", "须由认定单位在账本上授权。")}"),
        "RepairDeskNotAuthority" => new(
            $"Only the authority that decided may do this, {Name(values, "authority")}; the account {values.Text("account")} does not act for it as authority.",
            $"仅作出决定的认定单位 {Name(values, "authority")} 可以办理；账户 {values.Text("account")} 不以认定单位身份代表它。"),
        "RepairDeskNotReviewer" => new(
            $"The account {values.Text("account")} is no reviewer: it or its organisation lacks the role, or is suspended.",
            $"账户 {values.Text("account")} 不是评审机构账户：该账户或其机构没有此角色，或已被暂停。"),
        "RepairDeskNotArbiter" => new(
            $"The account {values.Text("account")} is no arbiter: it or its organisation lacks the role, or is suspended.",
            $"账户 {values.Text("account")} 不是裁决机构账户：该账户或其机构没有此角色，或已被暂停。"),
        "RepairDeskNotMember" => new(
            $"The account {values.Text("account")} has no role in any organisation now, so that it may not object.",
            $"账户 {values.Text("account")} 目前在任何机构中均无角色，不能提出异议。"),
        "RepairDeskNotIndependent" => new(
            $"{Name(values, "orgId")} is not independent in case {values.Text("caseId")}: it represents the subject, is the authority, or has another part in the case. Another organisation must act.",
            $"{Name(values, "orgId")} 在申请 {values.Text("caseId")} 中不具独立性：其代表该主体、系认定单位，或在本案中另有身份。须由其他机构办理。"),
        "RepairDeskNotAdmin" => values.Number("openToAllAt") == 0
            ? new("Only the consortium's admin may do this.", "仅联盟管理员可以办理。")
            : new(
                $"Only the consortium's admin may do this now; from {_english.Moment(values.Number("openToAllAt"))} on anyone may.",
                $"目前仅联盟管理员可以办理；自{_chinese.Moment(values.Number("openToAllAt"))}起任何人均可办理。"),
        "RepairDeskSameKey" => new(
            $"The account {values.Text("account")} made the proposal itself. A second account of the authority must confirm it{Way(" (ledgercredit member account SLUG NAME makes one)", "")}.",
            $"该提议由账户 {values.Text("account")} 作出，须由认定单位的另一账户确认{Way("（ledgercredit member account SLUG NAME 可增设账户）", "")}。"),
        "ConsortiumNotInRole" => new(
            $"The account {values.Text("account")} does not act as {RoleOf(values)} now: it or its organisation lacks the role, or is suspended.",
            $"账户 {values.Text("account")} 目前不具有角色 {RoleOf(values)}：该账户或其机构没有此角色，或已被暂停。"),
        "ConsortiumOrganisationSuspended" => new(
            $"{Name(values, "orgId")} is suspended. Only the consortium's admin can end that.", $"{Name(values, "orgId")} 已被暂停，仅联盟管理员可以恢复。"),
        "ConsortiumUnknownAccount" => new(
            $"The account {values.Text("account")} belongs to no member. {Way("It must be registered first: ledgercredit member register.", "The consortium's admin has to register it first.")}",
            $"账户 {values.Text("account")} 不属于任何成员，{Way("须先登记：ledgercredit member register。", "须先由联盟管理员登记。")}"),
        _ => null,
    };

    // What the sanction allows.
    private LocalText? FindSanction(string name, Values values) => name switch
    {
        "RepairDeskWrongStatus" => new(
            $"That cannot be done with this sanction: it is {StatusOf(values).English}.{(values.Number("state") == (ulong)SanctionState.UnderRepair ? Way(" 'ledgercredit repair show' with its evidence file shows the case.", " POST /v1/repair/cases/search finds the case.") : "")}",
            $"该处罚当前状态为“{StatusOf(values).Chinese}”，不能办理此事项。{(values.Number("state") == (ulong)SanctionState.UnderRepair ? Way("可用 ledgercredit repair show 加证据文件查看该申请。", "可用 POST /v1/repair/cases/search 查找该申请。") : "")}"),
        "RepairDeskWrongCase" => new(
            $"Another case is under way for this sanction than was named, or none. {Way("Run the command again.", "Read it again, and prepare the step anew.")}",
            $"该处罚正在办理的申请与所指不符，或没有申请。{Way("请重新执行命令。", "请重新查询后再办理。")}"),
        "RepairDeskNotLogOfAuthority" => new(
            $"The evidence is from a log that does not belong to the authority of the terms, {Name(values, "authority")}. No other log can speak of its sanctions.",
            $"证据所在日志不属于修复条件所载的认定单位 {Name(values, "authority")}，其他日志不能载明其处罚。"),
        "RepairDeskNotIncluded" => new(
            $"The ledger does not have the state of the log that the evidence file leads to. Get a newer evidence file from the authority ({Way("'ledgercredit log anchor', then 'ledgercredit evidence create'", "GET /v1/records/{issuer}/{leafIndex}/evidence")}).",
            $"账本上没有证据文件所指的日志状态。请向认定单位索取新的证据文件（{Way("先 ledgercredit log anchor，再 ledgercredit evidence create", "GET /v1/records/{issuer}/{leafIndex}/evidence")}）。"),
        "RepairDeskNotRepairable" => new("The record says that this sanction cannot be repaired.", "该记录载明此处罚不可修复。"),
        "RepairDeskTimeOutOfRange" => new("The terms of the sanction have a date that is beyond what the ledger keeps.", "修复条件中的日期超出账本可保存的范围。"),
        "RepairDeskBarred" => new(
            $"The subject is barred for false material until {_english.Moment(values.Number("barredUntil"))}. A case can be opened from then on.",
            $"该主体因提供虚假材料被限制至{_chinese.Moment(values.Number("barredUntil"))}，此后方可申请。"),
        _ => null,
    };

    // What the case allows now.
    private LocalText? FindStep(string name, Values values) => name switch
    {
        "RepairDeskPaused" => new(
            $"The repair desk is paused: nothing can be done until the consortium's admin resumes it (from the 30th day on, anyone{Way(": ledgercredit repair resume", "")}). All periods stand still.",
            $"修复合约已暂停：在联盟管理员恢复之前不能办理任何事项（满 30 日后任何人可{Way("执行 ledgercredit repair resume", "恢复")}）。各项期限暂停计算。"),
        "RepairDeskNotPaused" => new("The repair desk is not paused.", "修复合约未暂停。"),
        "RepairDeskUnknownCase" => new(
            $"The ledger has no repair case {values.Text("caseId")}. {Way("'ledgercredit repair list' shows those that there are.", "POST /v1/repair/cases/search finds those that there are.")}",
            $"账本上没有修复申请 {values.Text("caseId")}。可用 {Way("ledgercredit repair list 查看", "POST /v1/repair/cases/search 查找")}。"),
        "RepairDeskWrongState" => new(
            $"That cannot be done in case {values.Text("caseId")} as it stands: {StageOf(values).English}. {Way($"'ledgercredit repair show {values.Text("caseId")}'", $"GET /v1/repair/cases/{values.Text("caseId")}")} says who can do what now.",
            $"申请 {values.Text("caseId")} 当前为“{StageOf(values).Chinese}”，不能办理此事项。可用 {Way($"ledgercredit repair show {values.Text("caseId")}", $"GET /v1/repair/cases/{values.Text("caseId")}")} 查看当前可办理的事项。"),
        "RepairDeskInvalidMaterial" => new(
            $"Material {values.Text("position")} has a kind that does not exist, or no digest.", $"第 {values.Text("position")} 项材料的种类不存在，或没有摘要。"),
        "RepairDeskNoMaterials" => new("A supplement needs at least one material.", "补正至少应有一项材料。"),
        "RepairDeskMaterialsMissing" => new(
            $"Materials are missing for the review: {KindsOf(values, ", ")}. The applicant must supplement them first.",
            $"评审所需材料不全：{KindsOf(values, "、")}。申请人须先补正。"),
        "RepairDeskTooManyRequests" => new(
            $"The authority has asked for a supplement as often as the rule pack allows: {values.Text("most")}.", $"要求补正的次数已达规则包上限：{values.Text("most")} 次。"),
        "RepairDeskTooLate" => new(
            $"It is too late for this: it was possible until {_english.Moment(values.Number("dueAt"))}.",
            $"已逾期：截至{_chinese.Moment(values.Number("dueAt"))}。"),
        "RepairDeskNotConfirmed" => new("There is no confirmation to take back.", "没有可撤回的履行确认。"),
        "RepairDeskOtherMaterials" => new(
            $"The materials of the case are not those that were approved: they were supplemented since. Check the new {Way("package ('ledgercredit repair check'), then approve its hash", "materials, then approve the 'materialsHash' of GET /v1/repair/cases/{case}")}.",
            $"申请的材料与所同意的不一致：其后已有补正。请核对新的材料{Way("包（ledgercredit repair check）后再同意", "，再按 GET /v1/repair/cases/{case} 的 materialsHash 同意")}。"),
        "RepairDeskScoreOutOfBounds" => new(
            $"The score {values.Text("score")} does not count: expected {values.Text("least")} to {values.Text("most")}.",
            $"得分 {values.Text("score")} 无效：应为 {values.Text("least")} 至 {values.Text("most")}。"),
        "RepairDeskAlreadyApproved" => new(
            $"An approval of {Name(values, "orgId")} stands already; two of one organisation count once.", $"{Name(values, "orgId")} 已经同意；同一机构只计一次。"),
        "RepairDeskAlreadyObjected" => new(
            $"{Name(values, "orgId")} has objected in this case already, which is possible once.", $"{Name(values, "orgId")} 已在本案提出过异议，每个机构仅可提出一次。"),
        "RepairDeskNoOpenObjection" => new(
            $"{Name(values, "objector")} has no open objection in case {values.Text("caseId")}.", $"{Name(values, "objector")} 在申请 {values.Text("caseId")} 中没有未决异议。"),
        "RepairDeskNotOverdue" => values.Number("dueAt") == 0
            ? new("Nothing is overdue: all facts are there.", "没有逾期事项：各项事实均已具备。")
            : new(
                $"Nothing is overdue: the ledger waits until {_english.Moment(values.Number("dueAt"))}.",
                $"尚未逾期：链上期限至{_chinese.Moment(values.Number("dueAt"))}。"),
        "RepairDeskConditionsNotMet" => new(
            $"Not all conditions hold: {MissingConditions(values, "en")}.", $"条件尚未全部满足：{MissingConditions(values, "zh")}。"),
        _ => null,
    };

    // What the rule pack allows.
    private LocalText? FindPack(string name, Values values) => name switch
    {
        "RulePacksUnknown" => new(
            $"The rule pack {values.Text("rulePack")} was not added on the ledger. The consortium's admin {Way("adds it: ledgercredit contracts add-pack FILE", "has to add it.")}",
            $"账本上没有规则包 {values.Text("rulePack")}。由联盟管理员登记{Way("：ledgercredit contracts add-pack FILE", "。")}"),
        "RulePacksClosed" => new(
            "The rule pack of this sanction is closed to new cases. Ask the authority which rules hold now.", "该处罚的规则包已停止受理新申请。请向认定单位询问现行规则。"),
        "RulePacksZeroRulePack" or "RulePacksInvalidGrade" => new(
            "The sanction has no grade and no rule pack: there are no rules of repair for it.", "该处罚没有等级和规则包，不适用修复规则。"),
        "RulePacksNotOpenTo" => new(
            $"The rule pack is not open to {Name(values, "authority")}. The consortium's admin decides that when it is added.", $"规则包不适用于 {Name(values, "authority")}，由联盟管理员在登记时确定。"),
        "RulePacksDecidedOutsideRange" => new(
            $"The rule pack does not cover decisions of {_english.From(values.Number("decidedAt"))}.", $"规则包不适用于{_chinese.From(values.Number("decidedAt"))}作出的决定。"),
        "RulePacksRepairTooEarly" => new(
            "The terms of the sanction allow the repair earlier than its rule pack does: they contradict each other. Ask the authority for a corrected record.",
            "修复条件允许的修复时间早于规则包的规定，二者矛盾。请认定单位更正记录。"),
        "RulePacksUnknownNumber" => new("The ledger has no rule pack of this number.", "账本上没有该编号的规则包。"),
        "RulePacksNotAdmin" => new("Only the consortium's admin may do this.", "仅联盟管理员可以办理。"),
        "RulePacksExists" => new("The rule pack is on the ledger already and can never be changed.", "规则包已登记，不可更改。"),
        _ => null,
    };

    private string Way(string command, string request) => namesRequests ? request : command;

    private string Name(Values values, string parameter) => nameOf(values.Hash(parameter));

    // Numbers come from an endpoint, which may be at fault: those that name nothing are shown as they are.
    private static string RoleOf(Values values) => values.Number("role") is >= (ulong)ConsortiumRole.Authority and <= (ulong)ConsortiumRole.Operator and ulong role
        ? ConsortiumRoles.ToName((ConsortiumRole)role)
        : values.Text("role");

    private static LocalText StageOf(Values values) => values.Number("state") is <= (ulong)CaseStage.Annulled and ulong stage
        ? CaseTexts.Of((CaseStage)stage)
        : new LocalText(values.Text("state"), values.Text("state"));

    private static LocalText StatusOf(Values values) => values.Number("state") is <= (ulong)SanctionState.Revoked and ulong state
        ? CaseTexts.Of((SanctionState)state)
        : new LocalText(values.Text("state"), values.Text("state"));

    private static string KindsOf(Values values, string separator)
    {
        ulong bitmap = values.Number("kinds");
        return string.Join(separator, Enumerable.Range(1, RuleMaterial.MaxKind).Where(kind => (bitmap & (1UL << kind)) != 0).Select(RuleMaterial.CodeOf));
    }

    // The error names all eleven with true or false, in their order.
    private static string MissingConditions(Values values, string language)
    {
        string[] states = values.Text("conditions").Trim('(', ')').Split(", ");
        IEnumerable<string> missing = Enumerable.Range(0, Math.Min(states.Length, ConditionTexts.Titles.Count))
            .Where(i => states[i].EndsWith(": false", StringComparison.Ordinal))
            .Select(i => string.Create(CultureInfo.InvariantCulture, $"C{i + 1} {ConditionTexts.Titles[i].In(language)}"));
        return string.Join(language == "zh" ? "；" : "; ", missing);
    }

    // The values of an error, which were decoded by the types of its declaration.
    private sealed class Values(ContractError error)
    {
        public string Text(string name) => error.Values.First(value => value.Name == name).Value;

        public ulong Number(string name) => ulong.Parse(Text(name), NumberStyles.None, CultureInfo.InvariantCulture);

        public Bytes32 Hash(string name) => Bytes32.TryParseHex(Text(name), out Bytes32 hash)
            ? hash
            : throw new ArgumentException($"The error {error.Name} has no hash '{name}'.", nameof(name));
    }
}
