using System.CommandLine;
using LedgerCredit.Contracts;
using LedgerCredit.Ethereum;
using LedgerCredit.Node.Members;
using LedgerCredit.Node.RepairSteps;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives.Cryptography;

namespace LedgerCredit.Cli.Commands.Repair;

/// <summary><c>repair pause | resume</c>: the emergency brake of the consortium's admin.</summary>
internal static class PauseCommands
{
    /// <summary>Makes <c>repair pause</c>.</summary>
    public static Command CreatePause() => Create(
        "pause",
        "Pause the repair desk, for the consortium's admin: nothing can be done in any case, and all periods stand still.",
        RepairDeskContract.EncodePause);

    /// <summary>Makes <c>repair resume</c>.</summary>
    public static Command CreateResume() => Create(
        "resume",
        "End the pause: all due dates move by its length. For the consortium's admin, and for anyone once it has lasted 30 days.",
        RepairDeskContract.EncodeResume);

    private static Command Create(string verb, string description, Func<byte[]> encode)
    {
        Option<string?> actor = new("--as") { Description = "The account that acts. Default: the consortium's admin.", HelpName = "NAME" };
        Option<string> language = RepairOptions.Language();
        Command command = new(verb, description) { actor, language };
        command.SetAction(async (result, cancellationToken) =>
        {
            string spoken = result.ReadLanguage(language);
            CommandOutput output = new(result);
            using RepairSession session = await RepairSession.OpenAsync(result, cancellationToken);
            ActingAccount account = FindAccount(session, result.GetValue(actor));
            RepairStepResult step = await session.TakeAsync(account, encode(), new RefusalWords(output, spoken, TimeSpan.Zero), cancellationToken);
            StepReport.Write(output, session, spoken, account, step, caseId: 0, statement: null);
            return ExitCode.Done;
        });
        return command;
    }

    // The admin is no member: its key is in the workspace that governs the consortium.
    private static ActingAccount FindAccount(RepairSession session, string? name)
    {
        if (name is not null && name != KeyRing.AdminName)
        {
            return ActingAccount.Find(session.Workspace.Config, name, role: null);
        }

        using Secp256k1Key key = session.Keys.OpenAccount(KeyRing.AdminName);
        return new ActingAccount(KeyRing.AdminName, KeyRing.AdminName, Address.FromPublicKey(key.PublicKey), []);
    }
}
