using System.CommandLine;
using LedgerCredit.Contracts;

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
        role: null).Does((_, step) => new StepCall(RepairDeskContract.EncodeTrigger(step.CaseId), step.Request("trigger"), null));

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
        return escalate.Does((result, step) =>
        {
            if (result.GetValue(objector) is string slug)
            {
                return new StepCall(
                    RepairDeskContract.EncodeEscalateObjection(step.CaseId, ObjectionCommands.FindObjector(step, slug)),
                    step.Request("escalate") with { Objector = slug },
                    null);
            }

            // The ledger would say only that the step is not overdue; which objection is, it is not asked.
            return step.FindOverdueObjection() is string overdue
                ? throw new InputException($"The step of case {step.CaseId} is not overdue, but an objection is: ledgercredit repair escalate {step.CaseId} --objector {overdue}")
                : new StepCall(RepairDeskContract.EncodeEscalate(step.CaseId), step.Request("escalate"), null);
        });
    }
}
