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
        return escalate.Does((result, _, indexed) => new StepCall(
            result.GetValue(objector) is string slug
                ? RepairDeskContract.EncodeEscalateObjection(indexed.CaseId, ObjectionCommands.ReadObjector(slug))
                : RepairDeskContract.EncodeEscalate(indexed.CaseId),
            null));
    }
}
