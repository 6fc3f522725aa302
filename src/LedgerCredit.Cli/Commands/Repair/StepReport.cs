using LedgerCredit.Contracts;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.Members;
using LedgerCredit.Node.RepairRecords;
using LedgerCredit.Node.RepairScreens;
using LedgerCredit.Node.RepairSteps;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Cli.Commands.Repair;

/// <summary>Prints what a step did: what happened in words, who has to do what next and by when, where it stands on the ledger.</summary>
internal static class StepReport
{
    /// <summary>Prints the report of a step in a case.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="session">The session, with the step in its index.</param>
    /// <param name="language"><c>en</c> or <c>zh</c>.</param>
    /// <param name="actor">Who took it.</param>
    /// <param name="step">The step.</param>
    /// <param name="caseId">The case; 0 where the step was about the sanction or the desk alone.</param>
    /// <param name="statement">The statement that went with it, or null.</param>
    public static void Write(
        CommandOutput output, RepairSession session, string language, ActingAccount actor, RepairStepResult step, ulong caseId, Statement? statement)
    {
        CaseReport? report = caseId > 0 && session.Index.FindCase(caseId) is IndexedCase indexed
            ? new CaseReporter(session.Index, session.Packs).TryReport(indexed, conditions: null)
            : null;
        CaseWording? wording = report is null ? null : new CaseWording(report, session.Index, language, new OwnKeys(session.Keys).Find);
        EventTexts texts = wording?.Events ?? new EventTexts(new CaseClock(TimeSpan.Zero, language), language, session.Index.NameOf, pack: null);
        output.Result(ToJson(session, actor, step, caseId, report, statement, language), text =>
        {
            string subject = caseId > 0 ? language == "en" ? $"Case {caseId}: " : $"申请 {caseId}：" : "";
            text.WriteLine(subject + string.Join(language == "en" ? " " : "", Sentences(step, texts, report?.Standing.Counting ?? 0, language)));
            foreach (string next in wording?.Next() ?? [])
            {
                text.WriteLine((language == "en" ? "Next: " : "下一步：") + next);
            }

            if (report?.Case.Revocation is IndexedRevocation proposal)
            {
                text.WriteLine($"      {RevokeCommand.SecondKey(session, report.Case, proposal)}");
            }

            if (statement is not null)
            {
                text.WriteLine(language == "en"
                    ? $"Statement {statement.Digest}; its salt{(statement.Text is null ? "" : " and text")} are kept in this workspace."
                    : $"书面说明摘要 {statement.Digest}；盐值{(statement.Text is null ? "" : "及原文")}保存在本工作区。");
            }

            WriteLedger(text, session, step.Place, language);
        });
    }

    /// <summary>Says in which logs a step was recorded, and where it is on the ledger.</summary>
    /// <param name="text">Where to.</param>
    /// <param name="session">The session that took it.</param>
    /// <param name="step">The step; null where an earlier command had sent it.</param>
    /// <param name="language"><c>en</c> or <c>zh</c>.</param>
    public static void WriteLedger(TextWriter text, RepairSession session, StepPlace? step, string language)
    {
        // Steps that others took since are recorded with it; there may be many, and they are not what was asked for. The id of
        // a record names the transaction (docs/spec/repair-records.md).
        RecordedStep[] own = [.. session.Recorded.Where(record =>
            step is null || record.Id.Contains(step.TransactionHash.ToString(), StringComparison.Ordinal))];
        foreach (RecordedStep record in own)
        {
            text.WriteLine(language == "en"
                ? $"Recorded in the log of {record.Issuer} at index {record.Acknowledgement.LeafIndex}: {record.Event}."
                : $"已记入 {record.Issuer} 的日志，序号 {record.Acknowledgement.LeafIndex}：{RepairEventWords.Chinese(record.Event)}。");
        }

        int others = session.Recorded.Count - own.Length;
        if (others > 0)
        {
            text.WriteLine(language == "en" ? $"Recorded besides: {others} earlier steps of members here." : $"另记入本地成员此前的步骤 {others} 项。");
        }

        WritePlace(text, step, language);
    }

    /// <summary>Says where a step is on the ledger; nothing where an earlier command had sent it.</summary>
    public static void WritePlace(TextWriter text, StepPlace? step, string language)
    {
        if (step is not null)
        {
            text.WriteLine(language == "en"
                ? $"Transaction {step.TransactionHash} in block {step.Block}."
                : $"交易 {step.TransactionHash}，区块 {step.Block}。");
        }
    }

    /// <summary>The same for machines.</summary>
    public static IEnumerable<JsonMember> LedgerMembers(RepairSession session, StepPlace? step)
    {
        yield return new("records", new JsonArray([.. session.Recorded.Select(record => new JsonObject(
            new JsonMember("issuer", new JsonString(record.Issuer)),
            new JsonMember("id", new JsonString(record.Id)),
            new JsonMember("leafIndex", new JsonNumber(checked((long)record.Acknowledgement.LeafIndex))),
            new JsonMember("leafHash", new JsonString(record.Acknowledgement.LeafHash.ToString()))))]));
        foreach (JsonMember member in PlaceMembers(step))
        {
            yield return member;
        }
    }

    /// <summary>Where a step is on the ledger, for machines; nothing where an earlier command had sent it.</summary>
    public static IReadOnlyList<JsonMember> PlaceMembers(StepPlace? step) => step is null
        ? []
        : [new("transaction", new JsonString(step.TransactionHash.ToString())), new("block", new JsonNumber(checked((long)step.Block)))];

    private static IEnumerable<string> Sentences(RepairStepResult step, EventTexts texts, int approvals, string language)
    {
        // The status accompanies every event that changes it, and says nothing more.
        RepairDeskEvent[] events = [.. step.Events.Where(desk => desk is not StatusChangedEvent)];
        bool isLastFact = events.Length > 1;
        foreach (RepairDeskEvent desk in events)
        {
            yield return desk is CaseRepairedEvent && isLastFact
                ? language == "en" ? "That was the last missing fact: the sanction is repaired." : "全部条件至此满足，处罚已修复。"
                : texts.Describe(desk, approvals);
        }
    }

    private static JsonObject ToJson(
        RepairSession session,
        ActingAccount actor,
        RepairStepResult step,
        ulong caseId,
        CaseReport? report,
        Statement? statement,
        string language)
    {
        List<JsonMember> members = [];
        if (caseId > 0)
        {
            members.Add(new("case", new JsonNumber(checked((long)caseId))));
        }

        if ((report?.Case.LeafHash ?? step.Events.OfType<StatusChangedEvent>().FirstOrDefault()?.LeafHash) is Bytes32 sanction)
        {
            members.Add(new("sanction", new JsonString(sanction.ToString())));
        }

        members.Add(new("as", new JsonString(actor.KeyName)));
        members.Add(new("account", new JsonString(actor.Address.ToString())));
        members.Add(new("events", new JsonArray([.. step.Events.Select(desk => new JsonString(RepairEventNames.Of(desk)))])));
        if (report is not null)
        {
            members.Add(new("stage", new JsonString(CaseTexts.NameOf(report.Case.Stage))));
            members.Add(new("steps", CaseJson.Steps(report, language)));
        }

        if (statement is not null)
        {
            members.Add(new("statement", new JsonString(statement.Digest.ToString())));
        }

        members.AddRange(LedgerMembers(session, step.Place));
        return new JsonObject(members);
    }
}
