using System.Text.Json.Nodes;
using LedgerCredit.Client.Models;
using LedgerCredit.Contracts;
using LedgerCredit.Evidence;
using LedgerCredit.Node.Access;
using LedgerCredit.Node.Materials;
using LedgerCredit.Node.RepairScreens;
using LedgerCredit.Repair.Cases;
using LedgerCredit.Service.Repair;
using LedgerCredit.Verification;
using Microsoft.OpenApi;

namespace LedgerCredit.Service.Hosting;

/// <summary>Makes the description say which words a member takes, which texts are times, and which claims a record has.</summary>
internal static class OpenApiValues
{
    private const string DateTimeFormat = "date-time";
    private const string DateFormat = "date";

    private static readonly string[] AuditStates = ["running", "done", "cancelled", "failed"];
    private static readonly string[] Kinds = [.. RecordKinds.Stated.Select(kind => kind.ToName())];
    private static readonly string[] SanctionStates = [.. Enum.GetValues<SanctionState>().Select(CaseTexts.NameOf)];
    private static readonly string[] Stages = [.. Enum.GetValues<CaseStage>().Except([CaseStage.None]).Select(CaseTexts.NameOf)];
    private static readonly string[] Parties = [.. Enum.GetValues<CaseParty>().Select(CaseTexts.NameOf)];

    // By the name of the schema and of its member. Words that come to be more as the product grows (reasons, bases, events) are not here.
    private static readonly Dictionary<(string Schema, string Member), IReadOnlyList<string>> Words = new()
    {
        [(nameof(AuditLine), "state")] = AuditStates,
        [(nameof(AuditLine), "verdict")] = ["sound", "diverges", "not-compared"],
        [(nameof(AuditView), "state")] = AuditStates,
        [(nameof(ApiKeyView), "scopes")] = AccessScopes.All,
        [(nameof(NewApiKey), "scopes")] = AccessScopes.All,
        [(nameof(CallerView), "kind")] = ["anonymous", "account", "api-key", "staff"],
        [(nameof(CallerView), "roles")] = ConsortiumRoles.Names,
        [(nameof(CallerView), "scopes")] = AccessScopes.All,
        [(nameof(NewGrant), "purpose")] = Purposes.Grantable,
        [(nameof(GrantView), "purpose")] = Purposes.Grantable,
        [(nameof(AccessView), "action")] = ClaimDescription.Of(RecordKind.Access).Single(claim => claim.Name == "action").Words,
        [(nameof(HealthReport), "status")] = ["live", "ready", "not-ready"],
        [(nameof(HealthProblem), "kind")] = ["starting", "contracts", "ledger", "history", "node"],
        [(nameof(MaterialView), "mediaType")] = MaterialTypes.All,
        [(nameof(NotAnchoredYet), "state")] = ["checkpointed"],
        [(nameof(RecordDocument), "kind")] = Kinds,
        [(nameof(RecordSearch), "kind")] = Kinds,
        [(nameof(RecordView), "kind")] = Kinds,
        [(nameof(RecordView), "state")] = ["checkpointed", "final"],
        [(nameof(RecordView), "repairState")] = SanctionStates,
        [(nameof(RecordLineAnswer), "result")] = ["added", "already-there", "conflict", "erased", "refused"],
        [(nameof(RecordReceipt), "result")] = ["added", "already-there"],
        [(nameof(RepairApprovalView), "flaw")] = [.. Enum.GetValues<ApprovalFlaw>().Except([ApprovalFlaw.None]).Select(CaseTexts.NameOf)],
        [(nameof(RepairCaseRow), "stage")] = Stages,
        [(nameof(RepairCaseSearch), "stage")] = Stages,
        [(nameof(RepairCaseView), "stage")] = Stages,
        [(nameof(RepairConditionView), "state")] = [.. Enum.GetValues<ConditionState>().Select(CaseTexts.NameOf)],
        [(nameof(RepairConditionView), "owner")] = Parties,
        [(nameof(RepairObjectionView), "state")] = [.. Enum.GetValues<ObjectionState>().Except([ObjectionState.None]).Select(CaseTexts.NameOf)],
        [(nameof(RepairOverdueStep), "stage")] = Stages,
        [(nameof(RepairPlanMaterial), "need")] = ["needed", "not-needed", "unknown", "optional"],
        [(nameof(RepairPlanView), "obstacle")] = ["none", "no-rules", "not-repairable", "under-repair", "repaired", "annulled"],
        [(nameof(RepairSanctionStatus), "state")] = SanctionStates,
        [(nameof(RepairSanctionStatus), "returnTo")] = SanctionStates,
        [(nameof(RepairStepRequest), "step")] = RepairStepForm.Names,
        [(nameof(RepairStepView), "party")] = Parties,
        [(nameof(RepairStepView), "act")] = [.. Enum.GetValues<CaseAct>().Select(CaseTexts.NameOf)],
        [(nameof(RepairTransactionState), "state")] = ["pending", "mined", "final", "refused"],
        [(nameof(VerificationView), "verdict")] = [.. Enum.GetValues<Verdict>().Select(VerificationReportJson.ToText)],
        [(nameof(VerificationStepView), "outcome")] = [.. Enum.GetValues<StepOutcome>().Select(VerificationReportJson.ToText)],
        [(nameof(VerifiedStatusView), "state")] = [.. Enum.GetValues<RepairState>().Select(VerificationReportJson.ToText)],
    };

    // The same name means the same everywhere: only that of a report of verification, whose times are numbers, is of another type.
    private static readonly Dictionary<string, string> Times = new(StringComparer.Ordinal)
    {
        ["at"] = DateTimeFormat,
        ["time"] = DateTimeFormat,
        ["until"] = DateTimeFormat,
        ["blockTime"] = DateTimeFormat,
        ["onLedger"] = DateTimeFormat,
        ["objectionsUntil"] = DateTimeFormat,
        ["holdsFrom"] = DateTimeFormat,
        ["repairableFrom"] = DateTimeFormat,
        ["lateSince"] = DateTimeFormat,
        ["day"] = DateFormat,
        ["today"] = DateFormat,
        ["publicUntil"] = DateFormat,
        ["barredUntilAbout"] = DateFormat,
    };

    /// <summary>Adds the words and forms of members to the schemas, and the claims of records.</summary>
    internal static void Describe(OpenApiDocument document)
    {
        IDictionary<string, IOpenApiSchema> schemas = document.Components!.Schemas!;
        foreach ((string name, IOpenApiSchema component) in schemas)
        {
            foreach ((string member, IOpenApiSchema described) in component.Properties ?? new Dictionary<string, IOpenApiSchema>())
            {
                DescribeMember(described, Words.GetValueOrDefault((name, member)), FormOf(member));
            }
        }

        List<IOpenApiSchema> claims = [];
        foreach (RecordKind kind in RecordKinds.Stated)
        {
            string name = kind + "Claims";
            schemas[name] = ClaimsOf(kind);
            claims.Add(new OpenApiSchemaReference(name, document));
        }

        schemas[nameof(RecordDocument)].Properties!["claims"] = new OpenApiSchema
        {
            Description = "What is stated, by `kind`; unknown members are kept.",
            AnyOf = claims,
        };
    }

    private static string? FormOf(string member) =>
        Times.TryGetValue(member, out string? form) ? form
        : member.EndsWith("At", StringComparison.Ordinal) ? DateTimeFormat
        : member.EndsWith("On", StringComparison.Ordinal) ? DateFormat
        : null;

    private static void DescribeMember(IOpenApiSchema member, IReadOnlyList<string>? words, string? form)
    {
        if (words is not null)
        {
            OpenApiSchema worded = (OpenApiSchema)(member.Items ?? member);
            worded.Enum = [.. words.Select(word => JsonValue.Create(word))];
            if (worded.Type is JsonSchemaType type && type.HasFlag(JsonSchemaType.Null))
            {
                worded.Enum.Add(null!);
            }
        }
        else if (form is not null && member is OpenApiSchema text && text.Type is JsonSchemaType type && type.HasFlag(JsonSchemaType.String))
        {
            text.Format = form;
        }
    }

    private static OpenApiSchema ClaimsOf(RecordKind kind)
    {
        IReadOnlyList<ClaimDescription> claims = ClaimDescription.Of(kind);
        return new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = $"The claims of a {kind.ToName()} that are known; others are kept and committed to as well (docs/spec/records.md section 4).",
            Properties = claims.ToDictionary(claim => claim.Name, claim => (IOpenApiSchema)ClaimOf(claim)),
            Required = claims.Where(claim => claim.IsRequired).Select(claim => claim.Name).ToHashSet(),
        };
    }

    private static OpenApiSchema ClaimOf(ClaimDescription claim)
    {
        OpenApiSchema schema = claim.Form switch
        {
            ClaimForm.Texts => new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.String } },
            ClaimForm.Choice => new OpenApiSchema { Type = JsonSchemaType.String, Enum = [.. claim.Words.Select(word => JsonValue.Create(word))] },
            ClaimForm.Date => new OpenApiSchema { Type = JsonSchemaType.String, Format = DateFormat },
            ClaimForm.Money => new OpenApiSchema { Type = JsonSchemaType.String, Pattern = "^(0|[1-9][0-9]*)([.][0-9]+)?$" },
            ClaimForm.Boolean => new OpenApiSchema { Type = JsonSchemaType.Boolean },
            ClaimForm.Hash => new OpenApiSchema { Type = JsonSchemaType.String, Pattern = "^0x[0-9a-f]{64}$" },
            _ => new OpenApiSchema { Type = JsonSchemaType.String },
        };
        string[] conditions =
        [
            .. claim.RequiredWith.Count > 0 ? [$"Required with {Join(claim.RequiredWith)}."] : Array.Empty<string>(),
            .. claim.ForbiddenWith.Count > 0 ? [$"Not with {Join(claim.ForbiddenWith)}."] : Array.Empty<string>(),
        ];
        schema.Description = conditions.Length == 0 ? null : string.Join(' ', conditions);
        return schema;
    }

    private static string Join(IReadOnlyList<string> words) =>
        words.Count == 1 ? $"`{words[0]}`" : $"{string.Join(", ", words.SkipLast(1).Select(word => $"`{word}`"))} or `{words[^1]}`";
}
