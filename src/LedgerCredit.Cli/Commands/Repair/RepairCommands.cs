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
              The authority:  accept, ask, confirm, refuse, revoke;
                              of a sanction: annul, shield, unshield.
              A reviewer:     check, approve.
              Any member:     object.
              An arbiter:     resolve.
              Anyone:         show, list; when time has come: trigger, escalate.
                              Files that a node keeps: material.
              The admin:      pause, resume.

            A step that the rules do not allow, to this account or now, is refused by the ledger: exit code 2, nothing was sent.
            """)
        {
            RepairPlanCommand.Create(),
            RepairOpenCommand.Create(),
            RepairSupplementCommand.Create(),
            RepairSupplementCommand.CreateWithdraw(),
            AuthorityCommands.CreateAccept(),
            AuthorityCommands.CreateAsk(),
            AuthorityCommands.CreateConfirm(),
            AuthorityCommands.CreateRefuse(),
            RepairCheckCommand.Create(),
            ReviewCommands.CreateApprove(),
            ObjectionCommands.CreateObject(),
            ObjectionCommands.CreateResolve(),
            OverdueCommands.CreateTrigger(),
            OverdueCommands.CreateEscalate(),
            RevokeCommand.Create(),
            SanctionCommands.CreateAnnul(),
            SanctionCommands.CreateShield(),
            SanctionCommands.CreateUnshield(),
            PauseCommands.CreatePause(),
            PauseCommands.CreateResume(),
            ShowCommand.Create(),
            ListCommand.Create(),
            MaterialCommands.Create(),
        };
}
