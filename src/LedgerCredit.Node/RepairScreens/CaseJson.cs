using LedgerCredit.Contracts;
using LedgerCredit.Ethereum;
using LedgerCredit.Evidence;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Repair.Cases;
using LedgerCredit.Repair.Packs;

namespace LedgerCredit.Node.RepairScreens;

/// <summary>Repair cases as JSON: names and forms are stable, sentences are in the language that was asked for.</summary>
/// <remarks>Moments are RFC 3339 in UTC, days are civil days in the zone of the rule pack, hashes are hex.</remarks>
public static class CaseJson
{
    /// <summary>Everything about a case.</summary>
    /// <param name="detail">The case.</param>
    /// <param name="index">The index, for the names of organisations.</param>
    /// <param name="record">What people call the sanction, where it is known here; else null.</param>
    /// <param name="language"><c>en</c> or <c>zh</c>.</param>
    public static JsonObject Write(CaseDetail detail, LedgerIndexReader index, string? record, string language)
    {
        ArgumentNullException.ThrowIfNull(detail);
        ArgumentNullException.ThrowIfNull(index);
        CaseReport report = detail.Report;
        CaseWording wording = new(report, index, language);
        IReadOnlyList<string> texts = wording.DescribeAll(detail.History);
        return new JsonObject(
            [
                .. Head(report, index, record),
                new("sanctionStatus", Status(detail.Status)),
                new("applicant", Party(index, index.OrganisationOf(report.Case.Applicant), report.Case.Applicant)),
                new("supplementRequests", new JsonNumber(report.Case.SupplementRequests)),
                new("conditions", new JsonArray([.. report.View.Conditions.Select(condition => Condition(condition, language))])),
                new("steps", Steps(report, language)),
                .. Optional("repairableFrom", wording.HoldsFrom),
                .. report.View.Answer is Deadline answer ? (JsonMember[])[new("answerBy", Day(answer))] : [],
                new("objections", new JsonArray([.. report.Case.Objections.Select(objection => Objection(objection, index))])),
                new("approvalsNeeded", new JsonNumber(report.Pack.Repair.Approvals.Value)),
                new("approvalsCounting", new JsonNumber(report.Standing.Counting)),
                new("approvals", new JsonArray([.. report.Standing.Approvals.Select(approval => Approval(approval, index))])),
                new("materials", new JsonArray([.. report.Case.Materials.Select(material => (JsonValue)new JsonObject(
                    new JsonMember("code", new JsonString(RuleMaterial.CodeOf(material.Kind))),
                    new JsonMember("name", new JsonString(NameOf(report.Pack, material.Kind, language))),
                    new JsonMember("digest", new JsonString(material.Digest.ToString()))))])),
                new("materialsHash", new JsonString(report.Case.MaterialsHash.ToString())),
                .. report.Case.Revocation is IndexedRevocation revocation
                    ? (JsonMember[])
                    [
                        new("revocation", new JsonObject(
                            new JsonMember("proposedBy", new JsonString(revocation.ProposedBy.ToString())),
                            new JsonMember("findings", new JsonString(revocation.Findings.ToString())),
                            new JsonMember("at", Moment(revocation.At)))),
                    ]
                    : [],
                new("history", new JsonArray([.. detail.History.Zip(texts, (line, text) => Event(line, text, index))])),
            ]);
    }

    /// <summary>A case as a line of a list.</summary>
    /// <param name="report">The case.</param>
    /// <param name="index">The index, for the names of organisations.</param>
    /// <param name="record">What people call the sanction, where it is known here; else null.</param>
    /// <param name="language"><c>en</c> or <c>zh</c>.</param>
    public static JsonObject Row(CaseReport report, LedgerIndexReader index, string? record, string language)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(index);
        return new JsonObject(
            [
                .. Head(report, index, record),
                new("steps", Steps(report, language)),
                .. Optional("repairableFrom", new CaseWording(report, index, language).HoldsFrom),
            ]);
    }

    /// <summary>A case whose rule pack is not known here, as a line of a list.</summary>
    public static JsonObject Row(IndexedCase indexed, LedgerIndexReader index, string? record)
    {
        ArgumentNullException.ThrowIfNull(indexed);
        ArgumentNullException.ThrowIfNull(index);
        return new JsonObject(Facts(indexed, index, record));
    }

    /// <summary>Who can move a case on, and by when.</summary>
    public static JsonArray Steps(CaseReport report, string language)
    {
        ArgumentNullException.ThrowIfNull(report);
        return new JsonArray([.. report.View.Steps.Select(step => Step(report, step, language))]);
    }

    /// <summary>One of the steps of a case.</summary>
    public static JsonObject Step(CaseReport report, CaseStep step, string language)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(step);
        return new JsonObject(
            [
                new("party", new JsonString(CaseTexts.NameOf(step.Party))),
                new("act", new JsonString(CaseTexts.NameOf(step.Act))),
                new("what", new JsonString(step.What.In(language))),
                .. report.Standing.IsSuspended(step.Party) ? (JsonMember[])[new("suspended", new JsonBoolean(true))] : [],
                .. step.Due is null ? (JsonMember[])[] : [new("due", Due(step.Due))],
            ]);
    }

    /// <summary>What an event's digest stands for was kept by the party that sent it; null for events without one.</summary>
    public static Bytes32? FindStatement(RepairDeskEvent desk) => desk switch
    {
        SupplementAskedEvent e => e.Notice,
        PerformanceConfirmedEvent e => e.Statement,
        ConfirmationWithdrawnEvent e => e.Statement,
        CaseRefusedEvent e => e.Reasons,
        RevocationProposedEvent e => e.Findings,
        CaseRevokedEvent e => e.Findings,
        ObjectionRaisedEvent e => e.Grounds,
        ObjectionUpheldEvent e => e.Reasons,
        ObjectionDismissedEvent e => e.Reasons,
        SanctionAnnulledEvent e => e.Grounds,
        SanctionShieldedEvent e => e.Ruling,
        SanctionUnshieldedEvent e => e.Ruling,
        _ => null,
    };

    /// <summary>The status of a sanction.</summary>
    public static JsonObject Status(SanctionStatus status)
    {
        ArgumentNullException.ThrowIfNull(status);
        return new JsonObject(
            [
                new("state", new JsonString(CaseTexts.NameOf(status.State))),
                .. Optional("changedAt", status.ChangedAt == 0 ? null : status.ChangedAt),
                .. status.State == SanctionState.Shielded ? (JsonMember[])[new("returnTo", new JsonString(CaseTexts.NameOf(status.ReturnTo)))] : [],
            ]);
    }

    private static IEnumerable<JsonMember> Head(CaseReport report, LedgerIndexReader index, string? record) =>
    [
        .. Facts(report.Case, index, record),
        new("rulePack", new JsonObject(
            new JsonMember("id", new JsonString(report.Pack.Id)),
            new JsonMember("status", new JsonString(report.Pack.Status)),
            new JsonMember("hash", new JsonString(report.Pack.Hash.ToString())))),
        new("asOf", new JsonObject(
            new JsonMember("block", new JsonNumber(checked((long)report.AsOf.BlockNumber))),
            new JsonMember("hash", new JsonString(report.AsOf.BlockHash.ToString())),
            new JsonMember("time", Moment(report.AsOf.BlockTime)))),
    ];

    private static IEnumerable<JsonMember> Facts(IndexedCase indexed, LedgerIndexReader index, string? record) =>
    [
        new("case", new JsonNumber(checked((long)indexed.CaseId))),
        new("sanction", new JsonString(indexed.LeafHash.ToString())),
        new("record", record is null ? new JsonNull() : new JsonString(record)),
        new("authority", new JsonString(index.NameOf(indexed.Terms.Authority))),
        new("stage", new JsonString(CaseTexts.NameOf(indexed.Stage))),
        new("underWay", new JsonBoolean(indexed.IsUnderWay)),
        new("escalated", new JsonBoolean(indexed.IsEscalated)),
        new("openedAt", Moment(indexed.OpenedAt)),
        new("stageBegunAt", Moment(indexed.StageBegunAt)),
        new("stepBegunAt", Moment(indexed.StepBegunAt)),
        .. Optional("dueAt", indexed.DueAt == 0 ? null : indexed.DueAt),
        .. Optional("objectionsUntil", indexed.ObjectionsUntil == 0 ? null : indexed.ObjectionsUntil),
        .. Optional("endedAt", indexed.EndedAt == 0 ? null : indexed.EndedAt),
    ];

    private static JsonObject Condition(ConditionView condition, string language) => new(
        [
            new("code", new JsonString(condition.Code)),
            new("title", new JsonString(condition.Title.In(language))),
            new("state", new JsonString(CaseTexts.NameOf(condition.State))),
            new("owner", new JsonString(CaseTexts.NameOf(condition.Owner))),
            .. condition.Missing is null ? (JsonMember[])[] : [new("missing", new JsonString(condition.Missing.In(language)))],
            .. Optional("holdsFrom", condition.HoldsFrom),
            .. condition.Due is null ? (JsonMember[])[] : [new("due", Due(condition.Due))],
        ]);

    private static JsonObject Due(CaseDue due) => new(
        [
            .. due.ByRule is null ? (JsonMember[])[] : [new("byRule", Day(due.ByRule))],
            new("onLedger", Moment(due.OnLedger)),
            new("late", new JsonBoolean(due.IsLate)),
            new("overdue", new JsonBoolean(due.IsOverdue)),
        ]);

    private static JsonObject Day(Deadline deadline) => new(
        new JsonMember("day", new JsonString(CaseClock.Iso(deadline.Day))),
        new JsonMember("until", Moment(deadline.Until)),
        new JsonMember("provisional", new JsonBoolean(deadline.IsProvisional)));

    private static JsonObject Objection(IndexedObjection objection, LedgerIndexReader index) => new(
        [
            new("objector", new JsonString(index.NameOf(objection.Objector))),
            new("account", new JsonString(objection.Account.ToString())),
            new("state", new JsonString(CaseTexts.NameOf(objection.State))),
            new("escalated", new JsonBoolean(objection.IsEscalated)),
            new("begunAt", Moment(objection.BegunAt)),
            .. Optional("dueAt", objection.DueAt == 0 ? null : objection.DueAt),
            .. objection.Arbiter is Bytes32 arbiter ? (JsonMember[])[new("arbiter", new JsonString(index.NameOf(arbiter)))] : [],
        ]);

    private static JsonObject Approval(WeighedApproval weighed, LedgerIndexReader index) => new(
        [
            new("organisation", new JsonString(index.NameOf(weighed.Approval.OrgId))),
            new("account", new JsonString(weighed.Approval.Account.ToString())),
            new("score", new JsonNumber(weighed.Approval.Score)),
            new("at", Moment(weighed.Approval.At)),
            new("counts", new JsonBoolean(weighed.Flaw == ApprovalFlaw.None)),
            .. weighed.Flaw == ApprovalFlaw.None ? (JsonMember[])[] : [new("flaw", new JsonString(CaseTexts.NameOf(weighed.Flaw)))],
        ]);

    private static JsonObject Event(IndexedEvent line, string text, LedgerIndexReader index) => new(
        [
            new("at", Moment(line.Time)),
            new("event", new JsonString(RepairEventNames.Of(line.Event))),
            .. RepairDeskEventFacts.FindAccount(line.Event) is Address account ? Party(index, line.OrganisationId, account).Members : [],
            new("text", new JsonString(text)),
            .. FindStatement(line.Event) is Bytes32 statement ? (JsonMember[])[new("statement", new JsonString(statement.ToString()))] : [],
            new("block", new JsonNumber(checked((long)line.Event.Position.BlockNumber))),
            new("transaction", new JsonString(line.Event.Position.TransactionHash.ToString())),
        ]);

    // An organisation only where there is one: accounts that are no member's may act for anyone.
    private static JsonObject Party(LedgerIndexReader index, Bytes32 organisation, Address account) => new(
        [
            .. organisation == Bytes32.Zero ? (JsonMember[])[] : [new("organisation", new JsonString(index.NameOf(organisation)))],
            new("account", new JsonString(account.ToString())),
        ]);

    private static JsonMember[] Optional(string name, ulong? moment) => moment is ulong at ? [new(name, Moment(at))] : [];

    private static JsonString Moment(ulong unixSeconds) => new(CaseClock.Rfc3339(unixSeconds));

    private static string NameOf(RulePack pack, int kind, string language) => pack.Repair.FindMaterial(kind) is RuleMaterial material
        ? language == "en" ? material.NameEnglish : material.NameChinese
        : "";
}
