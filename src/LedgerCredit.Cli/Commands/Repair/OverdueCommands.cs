using System.CommandLine;
using LedgerCredit.Contracts;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.RepairScreens;
using LedgerCredit.Repair.Cases;

namespace LedgerCredit.Cli.Commands.Repair;

/// <summary><c>repair trigger | escalate</c>: what anyone may do when time has come.</summary>
internal static class OverdueCommands
{
    private const string Party = "you; any will do";

    /// <summary>Makes <c>repair trigger</c>.</summary>
    public static Command CreateTrigger() => new StepCommand(
        "trigger",
        "Repair a sanction where only time was missing and has come. Anyone may; the keeper in 'node run' does.",
        Party,
        role: null).Does((_, _, indexed) => new StepCall(RepairDeskContract.EncodeTrigger(indexed.CaseId), null));

    /// <summary>Makes <c>repair escalate</c>.</summary>
    public static Command CreateEscalate()
    {
        Option<string?> objector = ObjectionCommands.ObjectorOption();
        objector.Description = "Escalate the overdue objection of this organisation, instead of the overdue step.";
        StepCommand escalate = new(
            "escalate",
            """
            Move a case on whose step is overdue on the ledger. The first time the step gets a second period, for others to act;
            the second time, or where the applicant did not supplement, the case lapses. Nothing is ever approved by silence.
            """,
            Party,
            role: null);
        escalate.Command.Add(objector);
        return escalate.Does((result, session, indexed) =>
        {
            if (result.GetValue(objector) is string slug)
            {
                return new StepCall(RepairDeskContract.EncodeEscalateObjection(indexed.CaseId, ObjectionCommands.FindObjector(session, slug)), null);
            }

            RequireOverdueStep(session, indexed);
            return new StepCall(RepairDeskContract.EncodeEscalate(indexed.CaseId), null);
        });
    }

    // The ledger would say only that the step is not overdue; which objection is, it is not asked.
    private static void RequireOverdueStep(RepairSession session, IndexedCase indexed)
    {
        if (new CaseReporter(session.Index, session.Packs).TryReport(indexed, conditions: null) is CaseReport report
            && !report.View.Steps.Any(step => step.Act == CaseAct.Escalate)
            && report.View.Steps.Any(step => step.Act == CaseAct.EscalateObjection))
        {
            IndexedObjection overdue = report.Case.OpenObjections.First(objection => report.AsOf.BlockTime >= objection.DueAt);
            string command = $"ledgercredit repair escalate {indexed.CaseId} --objector {session.Index.NameOf(overdue.Objector)}";
            throw new InputException($"The step of case {indexed.CaseId} is not overdue, but an objection is: {command}");
        }
    }
}
