using System.Globalization;
using LedgerCredit.Ethereum;
using LedgerCredit.Node.Anchoring;
using LedgerCredit.Node.Keeping;
using LedgerCredit.Node.Outbox;
using LedgerCredit.Node.RepairRecords;
using LedgerCredit.Node.Witnessing;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Node.Running;

/// <summary>Words for what the node did.</summary>
internal static class NodeNotes
{
    internal static NodeNote OfStart(Workspace workspace, Address keeper) => new(
        "started",
        $"The node works on '{workspace.Folder}', with the account {keeper} to move cases on.",
        [
            new("workspace", new JsonString(workspace.Folder)),
            new("keeper", new JsonString(keeper.ToString())),
            new("members", new JsonArray([.. workspace.Config.Members.Select(member => new JsonString(member.Slug))])),
            new("supervisors", new JsonArray([.. workspace.Config.Supervisors.Select(supervisor => new JsonString(supervisor.Name))])),
        ]);

    internal static NodeNote Of(KeeperAct act, string objector)
    {
        bool isObjection = act.Task.Kind is KeeperTaskKind.EscalateObjection or KeeperTaskKind.ObjectionOverdue;
        string subject = isObjection ? Line($"the objection of {objector} in case {act.CaseId}") : Line($"case {act.CaseId}");
        List<JsonMember> facts = [new("caseId", Number(act.CaseId)), new("task", new JsonString(NameOf(act.Task.Kind)))];
        if (isObjection)
        {
            facts.Add(new("objector", new JsonString(act.Task.Objector.ToString())));
        }

        facts.Add(new("dueAt", new JsonString(Time(act.Task.At))));
        switch (act.Result)
        {
            case KeeperResult.Done:
                facts.Add(new("transaction", new JsonString(act.Transaction!.Value.ToString())));
                facts.Add(new("block", Number(act.Block!.Value)));
                string done = act.Task.Kind == KeeperTaskKind.Trigger ? "Repaired" : "Escalated";
                return new NodeNote(act.Task.Kind == KeeperTaskKind.Trigger ? "triggered" : "escalated", Line($"{done} {subject} in block {act.Block}, due since {Time(act.Task.At)}."), facts);
            case KeeperResult.Overdue:
                return new NodeNote("overdue", Line($"Overdue to the end since {Time(act.Task.At)}: {subject}. The next escalation would let the case lapse: somebody must decide ('repair escalate {act.CaseId}{(isObjection ? $" --objector {objector}" : "")}')."), facts);
            default:
                facts.Add(new("problem", new JsonString(act.Problem!)));
                return act.Result == KeeperResult.Refused
                    ? new NodeNote("keeper-refused", Line($"There was nothing to do any more for {subject}: {act.Problem}"), facts)
                    : new NodeNote("keeper-failed", Line($"The ledger did not take the transaction for {subject}: {act.Problem}"), facts);
        }
    }

    internal static NodeNote Of(RecordedStep step) => new(
        "recorded",
        step.CaseId == 0 ? $"Recorded '{step.Event}' in the log of {step.Issuer}." : Line($"Recorded '{step.Event}' of case {step.CaseId} in the log of {step.Issuer}."),
        [
            new("issuer", new JsonString(step.Issuer)),
            new("record", new JsonString(step.Id)),
            new("event", new JsonString(step.Event)),
            new("caseId", step.CaseId == 0 ? new JsonNull() : Number(step.CaseId)),
        ]);

    internal static NodeNote Of(AnchorOutcome outcome) => new(
        "anchored",
        Line($"Anchored {outcome.TreeSize} entries of the log of {outcome.Issuer} in block {outcome.Block}."),
        [
            new("issuer", new JsonString(outcome.Issuer)),
            new("treeSize", Number(outcome.TreeSize)),
            new("transaction", new JsonString(outcome.TransactionHash!.Value.ToString())),
            new("block", outcome.Block is ulong block ? Number(block) : new JsonNull()),
        ]);

    internal static NodeNote OfRefusedAnchor(string issuer, string problem) => new(
        "anchor-refused",
        $"The log of {issuer} could not be anchored: {problem}",
        [new("issuer", new JsonString(issuer)), new("problem", new JsonString(problem))]);

    internal static NodeNote Of(WitnessOutcome outcome)
    {
        List<JsonMember> facts =
        [
            new("issuer", new JsonString(outcome.Issuer)),
            new("witness", new JsonString(outcome.Witness)),
            new("treeSize", Number(outcome.TreeSize)),
        ];
        if (outcome.Problem is null)
        {
            return new NodeNote("cosigned", Line($"Witness {outcome.Witness} cosigned {outcome.TreeSize} entries of the log of {outcome.Issuer}."), facts);
        }

        facts.Add(new("problem", new JsonString(outcome.Problem)));
        return outcome.IsAlarm
            ? new NodeNote("witness-alarm", $"Witness {outcome.Witness} knows another history of the log of {outcome.Issuer}: {outcome.Problem}. Run 'ledgercredit log audit'.", facts)
            : new NodeNote("witness-failed", $"Witness {outcome.Witness} did not cosign the log of {outcome.Issuer}: {outcome.Problem}. It is asked again in the next round.", facts);
    }

    internal static NodeNote Of(DeliveryOutcome outcome)
    {
        List<JsonMember> facts =
        [
            new("endpoint", new JsonString(outcome.Endpoint)),
            new("eventId", new JsonString(outcome.EventId)),
            new("attempts", new JsonNumber(outcome.Attempts)),
        ];
        if (outcome.Problem is null)
        {
            return new NodeNote("delivered", $"Delivered {outcome.EventId} to {outcome.Endpoint}.", facts);
        }

        string next = UtcTime.Format(outcome.NextAttemptAt!.Value);
        facts.Add(new("problem", new JsonString(outcome.Problem)));
        facts.Add(new("nextAttemptAt", new JsonString(next)));
        return new NodeNote("delivery-failed", $"Could not deliver {outcome.EventId} to {outcome.Endpoint}: {outcome.Problem}. Next attempt at {next}.", facts);
    }

    private static string NameOf(KeeperTaskKind kind) => kind switch
    {
        KeeperTaskKind.Trigger => "trigger",
        KeeperTaskKind.Escalate => "escalate",
        KeeperTaskKind.EscalateObjection => "escalate-objection",
        KeeperTaskKind.StepOverdue => "step-overdue",
        KeeperTaskKind.ObjectionOverdue => "objection-overdue",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Expected a task."),
    };

    private static string Line(FormattableString text) => FormattableString.Invariant(text);

    private static JsonNumber Number(ulong value) => new(value.ToString(CultureInfo.InvariantCulture));

    private static string Time(ulong unixSeconds) => RepairScreens.CaseClock.Rfc3339(unixSeconds);
}
