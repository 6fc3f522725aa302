using System.Text.Json.Serialization;
using LedgerCredit.Client.Models;

namespace LedgerCredit.Client;

/// <summary>How the client reads and writes JSON: by code that is made when it is compiled, so that programs can be trimmed.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ProblemBody))]
[JsonSerializable(typeof(RecordReceipt))]
[JsonSerializable(typeof(RecordLineAnswer))]
[JsonSerializable(typeof(RecordView))]
[JsonSerializable(typeof(NotAnchoredYet))]
[JsonSerializable(typeof(RecordSearch))]
[JsonSerializable(typeof(RecordPage))]
[JsonSerializable(typeof(SubjectRequest))]
[JsonSerializable(typeof(SubjectReport))]
[JsonSerializable(typeof(RatingHistory))]
[JsonSerializable(typeof(VerificationView))]
[JsonSerializable(typeof(LedgerView))]
[JsonSerializable(typeof(AnchorPage))]
[JsonSerializable(typeof(AuditView))]
[JsonSerializable(typeof(AuditPage))]
[JsonSerializable(typeof(HealthReport))]
[JsonSerializable(typeof(ChallengeRequest))]
[JsonSerializable(typeof(Challenge))]
[JsonSerializable(typeof(SignInRequest))]
[JsonSerializable(typeof(SignInToken))]
[JsonSerializable(typeof(CallerView))]
[JsonSerializable(typeof(NewApiKey))]
[JsonSerializable(typeof(CreatedApiKey))]
[JsonSerializable(typeof(IReadOnlyList<ApiKeyView>))]
[JsonSerializable(typeof(NewGrant))]
[JsonSerializable(typeof(GrantView))]
[JsonSerializable(typeof(GrantPage))]
[JsonSerializable(typeof(SubjectQuery))]
[JsonSerializable(typeof(AccessPage))]
[JsonSerializable(typeof(RepairPlanView))]
[JsonSerializable(typeof(RepairCaseView))]
[JsonSerializable(typeof(RepairCaseSearch))]
[JsonSerializable(typeof(RepairCasePage))]
[JsonSerializable(typeof(RepairOverduePage))]
[JsonSerializable(typeof(RepairStepRequest))]
[JsonSerializable(typeof(UnsignedRepairTransaction))]
[JsonSerializable(typeof(SignedRepairTransaction))]
[JsonSerializable(typeof(SentRepairTransaction))]
[JsonSerializable(typeof(RepairTransactionState))]
[JsonSerializable(typeof(MaterialView))]
[JsonSerializable(typeof(MaterialPage))]
internal sealed partial class ClientJson : JsonSerializerContext;

/// <summary>A problem as it is answered (RFC 9457).</summary>
internal sealed record ProblemBody(string? Code, string? Title, string? Detail, string? Reason, string? TraceId, IReadOnlyList<RecordIssue>? Issues);
