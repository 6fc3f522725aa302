using System.CommandLine;
using LedgerCredit.Contracts;
using LedgerCredit.Node.RepairSteps;
using LedgerCredit.Primitives;

namespace LedgerCredit.Cli.Commands.Repair;

/// <summary><c>repair object | resolve</c>: objections and their arbiters.</summary>
internal static class ObjectionCommands
{
    /// <summary>The option that names an objection by the organisation that raised it.</summary>
    public static Option<string?> ObjectorOption() => new("--objector")
    {
        Description = "The organisation whose objection it is.",
        HelpName = "SLUG",
    };

    /// <summary>The id of the organisation that is named.</summary>
    /// <exception cref="InputException">The consortium has none of the name.</exception>
    public static Bytes32 FindObjector(StepCase step, string slug)
    {
        MemberCommands.CheckSlug(slug);
        return step.IsMember(slug)
            ? ConsortiumContract.OrganisationId(slug)
            : throw new InputException($"The consortium has no member '{slug}'. 'ledgercredit repair show CASE' names who objected.");
    }

    /// <summary>Makes <c>repair object</c>.</summary>
    public static Command CreateObject()
    {
        StatementOption grounds = new("grounds", "The grounds");
        StepCommand objecting = new(
            "object",
            """
            Object to a repair: something in the case is wrong. Each organisation once in a case, until the objection window
            ends; an arbiter decides.
            """,
            "the objector",
            role: null);
        grounds.AddTo(objecting.Command);
        return objecting.Does((result, step) =>
        {
            Statement kept = grounds.Keep(result, new StatementStore(step.Workspace));
            return new StepCall(RepairDeskContract.EncodeObject(step.CaseId, kept.Digest), step.Request("object") with { Statement = kept.Digest.ToString() }, kept);
        });
    }

    /// <summary>Makes <c>repair resolve</c>.</summary>
    public static Command CreateResolve()
    {
        Option<string?> objector = ObjectorOption();
        objector.Required = true;
        Option<bool> dismiss = new("--dismiss") { Description = "The objection is not right; the case goes on." };
        Option<bool> uphold = new("--uphold") { Description = "The objection is right; the case ends as refused." };
        StatementOption reasons = new("reasons", "The reasons");
        StepCommand resolve = new(
            "resolve",
            "Decide an objection, as an arbiter who has no other part in the case. Repairs the sanction if it was all that stood in the way.",
            "the arbiter",
            ConsortiumRole.Arbiter);
        resolve.Command.Add(objector);
        resolve.Command.Add(dismiss);
        resolve.Command.Add(uphold);
        reasons.AddTo(resolve.Command);
        resolve.Command.Validators.Add(result =>
        {
            if (result.GetValue(dismiss) == result.GetValue(uphold))
            {
                result.AddError("Give --dismiss or --uphold.");
            }
        });
        return resolve.Does((result, step) =>
        {
            string slug = result.GetRequiredValue(objector)!;
            Bytes32 organisation = FindObjector(step, slug);
            Statement kept = reasons.Keep(result, new StatementStore(step.Workspace));
            bool isUpheld = result.GetValue(uphold);
            return new StepCall(
                RepairDeskContract.EncodeResolve(step.CaseId, organisation, isUpheld, kept.Digest),
                step.Request("resolve") with { Objector = slug, Uphold = isUpheld, Statement = kept.Digest.ToString() },
                kept);
        });
    }
}
