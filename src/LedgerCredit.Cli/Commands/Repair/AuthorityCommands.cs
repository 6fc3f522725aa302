using System.CommandLine;
using LedgerCredit.Contracts;
using LedgerCredit.Evidence;
using LedgerCredit.Node.RepairSteps;

namespace LedgerCredit.Cli.Commands.Repair;

/// <summary><c>repair accept | ask | confirm | refuse</c>: the steps of the authority that decided.</summary>
internal static class AuthorityCommands
{
    private const string Party = "the authority";

    /// <summary>Makes <c>repair accept</c>.</summary>
    public static Command CreateAccept() => new StepCommand(
        "accept",
        "Accept a case for review. The commitment letter and the required materials must be there; the review and the objection window begin.",
        Party,
        ConsortiumRole.Authority).Does((_, step) => new StepCall(RepairDeskContract.EncodeAccept(step.CaseId), step.Request("accept"), null));

    /// <summary>Makes <c>repair ask</c>.</summary>
    public static Command CreateAsk()
    {
        Option<string[]> materials = new("--material") { Description = "A material to ask for, by its code: D06. May be given several times.", HelpName = "CODE", Required = true };
        StatementOption notice = new("notice", "The notice that says why");
        StepCommand ask = new(
            "ask",
            "Ask the applicant for a supplement, before the review begins. How often is a figure of the rule pack.",
            Party,
            ConsortiumRole.Authority);
        ask.Command.Add(materials);
        notice.AddTo(ask.Command);
        return ask.Does((result, step) =>
        {
            string[] codes = result.GetRequiredValue(materials);
            ulong kinds = ReadKinds(codes, step.Pack);
            Statement statement = notice.Keep(result, new StatementStore(step.Workspace));
            return new StepCall(
                RepairDeskContract.EncodeAskSupplement(step.CaseId, kinds, statement.Digest),
                step.Request("ask") with { Kinds = codes, Statement = statement.Digest.ToString() },
                statement);
        });
    }

    /// <summary>Makes <c>repair confirm</c>.</summary>
    public static Command CreateConfirm()
    {
        StatementOption statement = new("statement", "The confirmation, or the reasons for taking it back");
        Option<bool> takeBack = new("--take-back") { Description = "Take the confirmation back. Approvals given so far become void." };
        StepCommand confirm = new(
            "confirm",
            """
            Confirm that the obligations are performed. Begins the review if the materials are complete, and repairs the sanction
            if it was the last missing fact.
            """,
            Party,
            ConsortiumRole.Authority);
        statement.AddTo(confirm.Command);
        confirm.Command.Add(takeBack);
        return confirm.Does((result, step) =>
        {
            Statement kept = statement.Keep(result, new StatementStore(step.Workspace));
            bool isTakenBack = result.GetValue(takeBack);
            return new StepCall(
                RepairDeskContract.EncodeConfirm(step.CaseId, !isTakenBack, kept.Digest),
                step.Request("confirm") with { TakeBack = isTakenBack, Statement = kept.Digest.ToString() },
                kept);
        });
    }

    /// <summary>Makes <c>repair refuse</c>.</summary>
    public static Command CreateRefuse()
    {
        StatementOption reasons = new("reasons", "The reasons");
        StepCommand refuse = new(
            "refuse",
            "Refuse a case. It ends, the sanction stays as it was, and the subject may apply again.",
            Party,
            ConsortiumRole.Authority);
        reasons.AddTo(refuse.Command);
        return refuse.Does((result, step) =>
        {
            Statement kept = reasons.Keep(result, new StatementStore(step.Workspace));
            return new StepCall(RepairDeskContract.EncodeRefuse(step.CaseId, kept.Digest), step.Request("refuse") with { Statement = kept.Digest.ToString() }, kept);
        });
    }

    private static ulong ReadKinds(string[] codes, RulePack? pack)
    {
        ulong kinds = 0;
        foreach (string code in codes)
        {
            if (!RuleMaterial.TryParseCode(code, out int kind))
            {
                throw new InputException($"'{code}' is no code of a material: expected D01 to D{RuleMaterial.MaxKind}.");
            }

            if (pack is not null && pack.Repair.FindMaterial(kind) is null)
            {
                throw new InputException($"The rule pack '{pack.Id}' knows no material {code}: expected one of {string.Join(", ", pack.Repair.Materials.Select(material => material.Code))}.");
            }

            kinds |= 1UL << kind;
        }

        return kinds;
    }
}
