using System.CommandLine;
using LedgerCredit.Contracts;
using LedgerCredit.Ethereum;
using LedgerCredit.Evidence;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Members;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Cryptography;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Cli.Commands;

/// <summary><c>member appoint | dismiss</c>: who may act for a subject at the repair desk.</summary>
internal static class RepresentativeCommands
{
    /// <summary>Makes <c>member appoint</c>.</summary>
    public static Command CreateAppoint() => Create(
        "appoint",
        """
        Let an enterprise's account act for a subject at the repair desk; for an authority, which has checked who they are.
        The ledger shows the subject's pseudonym only, which takes the network subject key to make.
        """,
        ConsortiumContract.EncodeAppointRepresentative,
        isAppointed: true);

    /// <summary>Makes <c>member dismiss</c>.</summary>
    public static Command CreateDismiss() => Create(
        "dismiss",
        "End an account's right to act for a subject; for the authority that appointed it.",
        ConsortiumContract.EncodeDismissRepresentative,
        isAppointed: false);

    private static Command Create(string name, string description, Func<Bytes32, Address, byte[]> encode, bool isAppointed)
    {
        Argument<string> account = new("ACCOUNT") { Description = "An enterprise member of this workspace, or the address of an account ('member list' on its node shows it)." };
        Option<string> subject = new("--subject") { Description = "The subject, for example uscc:91….", HelpName = "SUBJECT", Required = true };
        Option<string?> actor = new("--as") { Description = "The authority's account that acts. Default: the only one here.", HelpName = "NAME" };
        Command command = new(name, description) { account, subject, actor };
        command.SetAction(async (result, cancellationToken) =>
        {
            SubjectId of = ReadSubject(result.GetRequiredValue(subject));
            CommandOutput output = new(result);
            Workspace workspace = result.OpenWorkspace();
            string accountText = result.GetRequiredValue(account);
            Address address = ActingAccount.ReadAll(workspace.Config).FirstOrDefault(a => a.KeyName == accountText)?.Address
                ?? ContractsCommands.ReadAddress(accountText);
            ActingAccount authority = ActingAccount.Find(workspace.Config, result.GetValue(actor), ConsortiumRole.Authority);
            KeyRing keys = result.OpenKeys(workspace);
            Bytes32 tag = SanctionTerms.TagOf(keys.OpenSubjectKey(), of);
            using LedgerSession session = await LedgerSession.ConnectAsync(workspace, rpcUrl: null, TimeProvider.System, cancellationToken);
            ConsortiumContract consortium = new(session.Client, session.Contracts.Consortium);
            bool isChange = await consortium.MayActForAsync(tag, address, cancellationToken) != isAppointed;
            if (isChange)
            {
                using Secp256k1Key key = keys.OpenAccount(authority.KeyName);
                await new LedgerTransactions(session, TimeProvider.System).RunAsync(key, consortium.Address, encode(tag, address), cancellationToken);
            }

            output.Result(
                new JsonObject(
                    new JsonMember("subjectTag", new JsonString(tag.ToString())),
                    new JsonMember("account", new JsonString(address.ToString())),
                    new JsonMember("appointed", new JsonBoolean(isAppointed)),
                    new JsonMember("changed", new JsonBoolean(isChange))),
                text => text.WriteLine(isAppointed
                    ? $"{address} may act for the subject with the pseudonym {tag}{(isChange ? "" : ", as before")}."
                    : $"{address} may not act for the subject with the pseudonym {tag}{(isChange ? " any more" : ", as before")}."));
            return ExitCode.Done;
        });
        return command;
    }

    private static SubjectId ReadSubject(string text) =>
        SubjectId.TryParse(text, out SubjectId? subject, out RecordProblem? problem)
            ? subject
            : throw new InputException($"The subject is not valid. {problem.Message}");
}
