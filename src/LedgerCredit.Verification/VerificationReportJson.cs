using LedgerCredit.Evidence;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Verification;

/// <summary>The JSON form of a report, for <c>--json</c> and other programs. Codes only: texts are for people.</summary>
/// <remarks>docs/spec/evidence.md section 7.</remarks>
public static class VerificationReportJson
{
    /// <summary>Writes a report.</summary>
    public static JsonObject Write(VerificationReport report)
    {
        ArgumentNullException.ThrowIfNull(report);

        return new JsonObject(
            Text("verdict", ToText(report.Verdict)),
            new JsonMember("steps", new JsonArray([.. report.Steps.Select(Step)])),
            new JsonMember("leafHash", report.LeafHash is null ? new JsonNull() : new JsonString(report.LeafHash.Value.ToString())),
            Number("leafIndex", report.LeafIndex),
            new JsonMember("record", report.Record is null ? new JsonNull() : Record(report.Record)),
            new JsonMember("anchor", report.Anchor is null ? new JsonNull() : new JsonObject(
                Number("treeSize", report.Anchor.TreeSize),
                Number("anchoredAt", report.Anchor.AnchoredAt),
                Number("blockNumber", report.Anchor.BlockNumber),
                Number("blockTime", report.Anchor.BlockTime))),
            new JsonMember("status", report.Status is null ? new JsonNull() : new JsonObject(
                Text("state", ToText(report.Status.State)),
                Number("changedAt", report.Status.ChangedAt),
                Text("stateAfterUnshielding", ToText(report.Status.StateAfterUnshielding)),
                Number("blockNumber", report.Status.BlockNumber),
                Number("blockTime", report.Status.BlockTime))));
    }

    /// <summary>The stable code of a verdict.</summary>
    public static string ToText(this Verdict verdict) => verdict switch
    {
        Verdict.Valid => "valid",
        Verdict.Invalid => "invalid",
        _ => "undecided",
    };

    /// <summary>The stable code of an outcome.</summary>
    public static string ToText(this StepOutcome outcome) => outcome switch
    {
        StepOutcome.Pass => "pass",
        StepOutcome.Fail => "fail",
        _ => "skipped",
    };

    /// <summary>The stable code of a repair state.</summary>
    public static string ToText(this RepairState state) => state switch
    {
        RepairState.UnderRepair => "under-repair",
        RepairState.Repaired => "repaired",
        RepairState.Shielded => "shielded",
        RepairState.Annulled => "annulled",
        RepairState.Revoked => "revoked",
        _ => "none",
    };

    private static JsonObject Step(VerificationStep step) => new(
        Text("code", step.Code.ToText()),
        Text("outcome", step.Outcome.ToText()),
        Text("reason", step.Reason),
        Text("detail", step.Detail),
        new JsonMember("compared", new JsonArray([.. step.Comparisons.Select(c => new JsonObject(
            Text("name", c.Name), Text("expected", c.Expected), Text("actual", c.Actual)))])));

    private static JsonObject Record(RecordFacts record) => new(
        Text("kind", record.Kind.ToName()),
        Text("issuer", record.Issuer),
        new JsonMember("complete", new JsonBoolean(record.IsComplete)),
        Number("withheld", (ulong)record.WithheldCount),
        new JsonMember("disclosed", new JsonObject(record.Disclosed.Select(d => new JsonMember(d.Name, d.Value)))),
        new JsonMember("notCompared", new JsonArray([.. record.NotCompared.Select(name => new JsonString(name))])));

    private static JsonMember Text(string name, string value) => new(name, new JsonString(value));

    // 2^64 - 1 is more than a JSON reader may keep exactly, but times and sizes of real ledgers are far below 2^53.
    private static JsonMember Number(string name, ulong value) =>
        new(name, new JsonNumber(value.ToString(System.Globalization.CultureInfo.InvariantCulture)));
}
