using System.CommandLine;
using LedgerCredit.Contracts;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.Members;
using LedgerCredit.Node.RepairSteps;
using LedgerCredit.Primitives;

namespace LedgerCredit.Cli.Commands.Repair;

/// <summary><c>repair revoke</c>: takes a repair back for false material, with two keys of the authority.</summary>
internal static class RevokeCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        StatementOption findings = new("findings", "The findings");
        StepCommand revoke = new(
            "revoke",
            """
            Revoke a repair that was obtained with false material: the sanction is in force again and the subject is barred for
            a time. Needs two accounts of the authority, held by two people. The first one proposes it, with the findings. The
            second one runs the command without findings and so agrees to exactly the proposal that is pending.
            Other findings replace the proposal.
            """,
            "the authority",
            ConsortiumRole.Authority);
        findings.AddOptionalTo(revoke.Command);
        return revoke.Does((result, step) =>
        {
            StatementStore statements = new(step.Workspace);
            if (findings.IsGiven(result))
            {
                return Propose(step, findings.Keep(result, statements));
            }

            (Bytes32 digest, string proposer) = step.FindRevocation()
                ?? throw new InputException($"Nobody has proposed to revoke the repair of case {step.CaseId}. Propose it: ledgercredit repair revoke {step.CaseId} --findings TEXT");

            // Whoever turns the second key must have read what it is turned for.
            Statement? pending = statements.Find(digest);
            new CommandOutput(result).Note(pending?.Text is string text
                ? $"The findings that {proposer} proposed it with: {text}"
                : $"The findings that {proposer} proposed it with have the digest {digest}. Their text is not in this workspace.");
            return new StepCall(RepairDeskContract.EncodeRevoke(step.CaseId, digest), step.Request("revoke") with { Statement = digest.ToString() }, pending);
        });
    }

    private static StepCall Propose(StepCase step, Statement kept) =>
        new(RepairDeskContract.EncodeRevoke(step.CaseId, kept.Digest), step.Request("revoke") with { Statement = kept.Digest.ToString() }, kept);

    /// <summary>The command with which another account of the authority agrees to a proposal; its name is left open where none is here.</summary>
    public static string SecondKey(RepairSession session, IndexedCase indexed, IndexedRevocation proposal)
    {
        ActingAccount? second = ActingAccount.ReadAll(session.Workspace.Config).FirstOrDefault(account =>
            ConsortiumContract.OrganisationId(account.Member) == indexed.Terms.Authority
            && account.Address != proposal.ProposedBy
            && account.Roles.Contains(ConsortiumRoles.ToName(ConsortiumRole.Authority)));
        return $"ledgercredit repair revoke {indexed.CaseId} --as {second?.KeyName ?? "NAME"}";
    }
}
