using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace LedgerCredit.Contracts;

/// <summary>Decodes the errors of our contracts, of the library they build on, and of the compiler.</summary>
/// <remarks>A test holds the list against the compiler's ABI: every error there is here, with the same names and types.</remarks>
public static class ContractErrors
{
    private const int MaxTextBytes = 1024;

    // The one tuple that is in an error.
    private const string ConditionsType = "conditions";

    private static readonly string[] ConditionNames =
    [
        "periodOver",
        "performed",
        "committed",
        "materialsComplete",
        "approved",
        "unopposed",
        "repairable",
        "attachedTermOver",
        "notBarred",
        "packKept",
        "notPaused",
    ];

    private static readonly string ConditionsSignature = $"({string.Join(',', ConditionNames.Select(_ => "bool"))})";

    private static readonly Dictionary<AbiSelector, ErrorForm> Forms = new ErrorForm[]
    {
        // Of the compiler itself: require with a text, and failed assertions, overflows and the like.
        new("Error", "string message"),
        new("Panic", "uint256 code"),

        new("ConsortiumAccountExists", "address account", "bytes32 orgId"),
        new("ConsortiumAccountRetired", "address account", "bytes32 orgId"),
        new("ConsortiumAdminRequired"),
        new("ConsortiumAlreadyRepresentative", "bytes32 subjectTag", "address account", "bytes32 appointedBy"),
        new("ConsortiumHandoverDelayOutOfBounds", "uint64 delay", "uint64 shortest", "uint64 longest"),
        new("ConsortiumHandoverTooEarly", "uint64 acceptableAt"),
        new("ConsortiumInvalidOrigin", "string origin"),
        new("ConsortiumInvalidRoles", "uint16 roles"),
        new("ConsortiumInvalidSlug", "string slug"),
        new("ConsortiumLogExists", "bytes32 logId", "bytes32 orgId"),
        new("ConsortiumNotAppointer", "bytes32 subjectTag", "address account", "bytes32 appointedBy", "address caller"),
        new("ConsortiumNotInRole", "address account", "uint8 role"),
        new("ConsortiumNotRepresentative", "bytes32 subjectTag", "address account"),
        new("ConsortiumOrganisationExists", "bytes32 orgId"),
        new("ConsortiumOrganisationNotSuspended", "bytes32 orgId"),
        new("ConsortiumOrganisationSuspended", "bytes32 orgId"),
        new("ConsortiumRolesBeyondOrganisation", "bytes32 orgId", "uint16 roles", "uint16 organisationRoles"),
        new("ConsortiumUnknownAccount", "address account"),
        new("ConsortiumUnknownOrganisation", "bytes32 orgId"),
        new("ConsortiumZeroAccount"),
        new("ConsortiumZeroSubjectTag"),
        new("OwnableInvalidOwner", "address owner"),
        new("OwnableUnauthorizedAccount", "address account"),

        new("EvidenceLogConsistencyProofLength", "bytes32 logId", "uint64 previousSize", "uint64 treeSize", "uint256 length"),
        new(
            "EvidenceLogInconsistent",
            "bytes32 logId",
            "uint64 previousSize",
            "bytes32 previousRoot",
            "bytes32 provenPreviousRoot",
            "uint64 treeSize",
            "bytes32 root",
            "bytes32 provenRoot"),
        new("EvidenceLogInvalidConsortium", "address consortium"),
        new("EvidenceLogNotOperator", "bytes32 logId", "bytes32 orgId", "address account"),
        new("EvidenceLogOrganisationSuspended", "bytes32 logId", "bytes32 orgId"),
        new("EvidenceLogRootAlreadyAnchored", "bytes32 logId", "bytes32 root", "uint64 anchoredSize"),
        new("EvidenceLogTreeNotLarger", "bytes32 logId", "uint64 anchoredSize", "uint64 treeSize"),
        new("EvidenceLogUnknownLog", "bytes32 logId"),
        new("EvidenceLogZeroRoot", "bytes32 logId", "uint64 treeSize"),
        new("TreeProofSha256Failed"),

        new("RepairDeskAlreadyApproved", "uint256 caseId", "bytes32 orgId"),
        new("RepairDeskAlreadyObjected", "uint256 caseId", "bytes32 orgId"),
        new("RepairDeskBarred", "bytes32 subjectTag", "uint64 barredUntil"),
        new("RepairDeskConditionsNotMet", "uint256 caseId", "conditions conditions"),
        new("RepairDeskInvalidContract", "address target"),
        new("RepairDeskInvalidMaterial", "uint256 position", "uint8 kind", "bytes32 digest"),
        new("RepairDeskMaterialsMissing", "uint256 caseId", "uint64 kinds"),
        new("RepairDeskNoMaterials", "uint256 caseId"),
        new("RepairDeskNoOpenObjection", "uint256 caseId", "bytes32 objector"),
        new("RepairDeskNotAdmin", "address account", "uint64 openToAllAt"),
        new("RepairDeskNotApplicant", "bytes32 subjectTag", "address account"),
        new("RepairDeskNotArbiter", "address account"),
        new("RepairDeskNotAuthority", "bytes32 authority", "address account"),
        new("RepairDeskNotConfirmed", "uint256 caseId"),
        new("RepairDeskNotIncluded", "bytes32 leafHash", "bytes32 logId", "bytes32 root", "uint64 leafIndex"),
        new("RepairDeskNotIndependent", "uint256 caseId", "bytes32 orgId"),
        new("RepairDeskNotLogOfAuthority", "bytes32 logId", "bytes32 logOwner", "bytes32 authority"),
        new("RepairDeskNotMember", "address account"),
        new("RepairDeskNotOverdue", "uint256 caseId", "uint64 dueAt"),
        new("RepairDeskNotPaused"),
        new("RepairDeskNotRepairable", "bytes32 leafHash"),
        new("RepairDeskNotReviewer", "address account"),
        new("RepairDeskOtherMaterials", "uint256 caseId", "bytes32 materialsHash", "bytes32 approvedHash"),
        new("RepairDeskPaused"),
        new("RepairDeskSameKey", "uint256 caseId", "address account"),
        new("RepairDeskScoreOutOfBounds", "uint256 caseId", "uint8 score", "uint8 least", "uint8 most"),
        new("RepairDeskTimeOutOfRange", "uint64 time"),
        new("RepairDeskTooLate", "uint256 caseId", "uint64 dueAt"),
        new("RepairDeskTooManyRequests", "uint256 caseId", "uint8 most"),
        new("RepairDeskUnknownCase", "uint256 caseId"),
        new("RepairDeskWrongCase", "bytes32 leafHash", "uint256 caseId"),
        new("RepairDeskWrongState", "uint256 caseId", "uint8 state"),
        new("RepairDeskWrongStatus", "bytes32 leafHash", "uint8 state"),

        new("RulePacksApprovalsOutOfBounds", "uint8 approvals", "uint8 least", "uint8 most"),
        new("RulePacksClosed", "bytes32 rulePack"),
        new("RulePacksDecidedOutsideRange", "bytes32 rulePack", "uint64 decidedAt", "uint64 decidedFrom", "uint64 decidedUntil"),
        new("RulePacksEmptyRange", "uint64 decidedFrom", "uint64 decidedUntil"),
        new("RulePacksExists", "bytes32 rulePack", "uint32 number"),
        new("RulePacksInvalidConsortium", "address consortium"),
        new("RulePacksInvalidGrade", "uint8 grade"),
        new("RulePacksInvalidMaterial", "uint8 kind"),
        new("RulePacksInvalidMaterials", "uint64 kinds"),
        new("RulePacksNotAdmin", "address account"),
        new("RulePacksNotOpenTo", "bytes32 rulePack", "bytes32 authority"),
        new("RulePacksPeriodOutOfBounds", "uint32 period", "uint32 shortest", "uint32 longest"),
        new("RulePacksRepairTooEarly", "bytes32 rulePack", "uint64 decidedAt", "uint64 earliestRepairAt", "uint32 least"),
        new("RulePacksScoreOutOfBounds", "uint8 score", "uint8 most"),
        new("RulePacksUnknown", "bytes32 rulePack"),
        new("RulePacksUnknownNumber", "uint32 number"),
        new("RulePacksZeroAuthority", "uint256 position"),
        new("RulePacksZeroRulePack"),
    }.ToDictionary(form => form.Selector);

    /// <summary>Decodes what a contract reverted with.</summary>
    /// <returns><see langword="false"/> for unknown selectors and for arguments of another form.</returns>
    public static bool TryDecode(ReadOnlyMemory<byte> revertData, [NotNullWhen(true)] out ContractError? error)
    {
        error = null;
        if (!AbiSelector.TrySplit(revertData, out AbiSelector selector, out ReadOnlyMemory<byte> arguments)
            || !Forms.TryGetValue(selector, out ErrorForm? form))
        {
            return false;
        }

        AbiReader reader = new(arguments);
        List<ContractErrorValue> values = [];
        foreach ((string type, string name) in form.Parameters)
        {
            values.Add(new ContractErrorValue(name, ReadText(reader, type)));
        }

        if (!reader.TryEnd(out _))
        {
            return false;
        }

        error = new ContractError(form.Name, values);
        return true;
    }

    private static string ReadText(AbiReader reader, string type) => type switch
    {
        "address" => reader.ReadAddress().ToString(),
        "bytes32" => reader.ReadBytes32().ToString(),
        "string" => Printable(reader.ReadString(MaxTextBytes)),
        "uint8" => reader.ReadUInt8().ToString(CultureInfo.InvariantCulture),
        "uint16" => reader.ReadUInt16().ToString(CultureInfo.InvariantCulture),
        "uint32" => reader.ReadUInt32().ToString(CultureInfo.InvariantCulture),
        "uint64" => reader.ReadUInt64().ToString(CultureInfo.InvariantCulture),
        "uint256" => reader.ReadUInt(256).ToString(CultureInfo.InvariantCulture),
        ConditionsType => Describe(reader),
        _ => throw new UnreachableException($"The type {type} is in no error."),
    };

    private static string Describe(AbiReader reader) =>
        $"({string.Join(", ", ConditionNames.Select(name => reader.ReadBool() ? $"{name}: true" : $"{name}: false"))})";

    // The text goes to terminals and logs: control characters could rewrite what stands there.
    private static string Printable(string text) => new([.. text.Select(c => char.IsControl(c) ? ' ' : c)]);

    private sealed class ErrorForm
    {
        public ErrorForm(string name, params string[] parameters)
        {
            Name = name;
            Parameters = [.. parameters.Select(parameter => parameter.Split(' ')).Select(parts => (parts[0], parts[1]))];
            string types = string.Join(
                ',', Parameters.Select(parameter => parameter.Type == ConditionsType ? ConditionsSignature : parameter.Type));
            Selector = AbiSelector.FromSignature($"{name}({types})");
        }

        public string Name { get; }

        public IReadOnlyList<(string Type, string Name)> Parameters { get; }

        public AbiSelector Selector { get; }
    }
}
