using System.CommandLine;

namespace LedgerCredit.Cli.Commands.Repair;

/// <summary><c>repair</c>: the steps of all parties of a repair case, and what they see of it.</summary>
internal static class RepairCommands
{
    /// <summary>Makes the commands, in the order in which a case meets them.</summary>
    public static Command Create() =>
        new(
            "repair",
            """
            Credit repair by contract: plan it, apply for it, review it, and see at any moment what is missing and who owes it.

            The applicant:  plan, open, supplement, withdraw.
            """)
        {
            RepairPlanCommand.Create(),
        };
}
