using System.Collections.Frozen;
using LedgerCredit.Client.Models;
using LedgerCredit.Contracts;

namespace LedgerCredit.Service.Repair;

/// <summary>Which members of a request each step takes: a member that a step does not take is refused, not passed over.</summary>
internal static class RepairStepForm
{
    /// <summary>Stands for the members that name a sanction: <c>issuer</c> and <c>leafIndex</c>, or <c>evidence</c>.</summary>
    private const string Sanction = "sanction";

    private const string Case = "case";
    private const string Statement = "statement";

    private static readonly FrozenDictionary<string, Form> Forms = new Dictionary<string, Form>
    {
        ["open"] = new(RepairDeskStep.Open, [Sanction, "materials"], []),
        ["supplement"] = new(RepairDeskStep.Supplement, [Case, "materials"], []),
        ["withdraw"] = new(RepairDeskStep.Withdraw, [Case], []),
        ["accept"] = new(RepairDeskStep.Accept, [Case], []),
        ["ask"] = new(RepairDeskStep.AskSupplement, [Case, "kinds", Statement], []),
        ["confirm"] = new(RepairDeskStep.Confirm, [Case, Statement], ["takeBack"]),
        ["refuse"] = new(RepairDeskStep.Refuse, [Case, Statement], []),
        ["approve"] = new(RepairDeskStep.Approve, [Case, "materialsHash"], ["score"]),
        ["object"] = new(RepairDeskStep.RaiseObjection, [Case, Statement], []),
        ["resolve"] = new(RepairDeskStep.Resolve, [Case, "objector", "uphold", Statement], []),
        ["trigger"] = new(RepairDeskStep.Trigger, [Case], []),
        ["escalate"] = new(RepairDeskStep.Escalate, [Case], ["objector"]),
        ["revoke"] = new(RepairDeskStep.Revoke, [Case], [Statement]),
        ["annul"] = new(RepairDeskStep.Annul, [Sanction, Statement], []),
        ["shield"] = new(RepairDeskStep.Shield, [Sanction, Statement], []),
        ["unshield"] = new(RepairDeskStep.Unshield, [Sanction, Statement], []),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The names of all steps.</summary>
    internal static IReadOnlyList<string> Names => [.. Forms.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The step of a name that <see cref="FindProblem"/> has found good; that of the case where it is an objection's as well.</summary>
    internal static RepairDeskStep StepOf(string name) => Forms[name].Step;

    /// <summary>What is wrong with the members of a request; null where nothing is.</summary>
    internal static string? FindProblem(RepairStepRequest request)
    {
        if (!Forms.TryGetValue(request.Step, out Form? form))
        {
            return $"Expected a step of {string.Join(", ", Names)}.";
        }

        HashSet<string> given = [.. Given(request)];
        bool hasPlace = given.Remove("issuer") | given.Remove("leafIndex");
        bool hasEvidence = given.Remove("evidence");
        if ((hasPlace && hasEvidence) || (hasPlace && (request.Issuer is null || request.LeafIndex is null)))
        {
            return "Expected a sanction either by 'issuer' and 'leafIndex' together, or by 'evidence'.";
        }

        if (hasPlace || hasEvidence)
        {
            given.Add(Sanction);
        }

        if (form.Required.FirstOrDefault(name => !given.Contains(name)) is string missing)
        {
            return missing == Sanction
                ? $"The step '{request.Step}' takes a sanction: 'issuer' and 'leafIndex', or 'evidence'."
                : $"The step '{request.Step}' takes '{missing}', which is missing.";
        }

        return given.FirstOrDefault(name => !form.Required.Contains(name) && !form.Optional.Contains(name)) is string other
            ? $"The step '{request.Step}' takes no {(other == Sanction ? Sanction : $"'{other}'")}: it takes {string.Join(", ", form.Required.Concat(form.Optional).Select(name => $"'{name}'"))}."
            : null;
    }

    private static IEnumerable<string> Given(RepairStepRequest request) => new (string Name, bool IsGiven)[]
    {
        (Case, request.Case is not null),
        ("issuer", request.Issuer is not null),
        ("leafIndex", request.LeafIndex is not null),
        ("evidence", request.Evidence is not null),
        ("materials", request.Materials is not null),
        ("kinds", request.Kinds is not null),
        (Statement, request.Statement is not null),
        ("takeBack", request.TakeBack is not null),
        ("materialsHash", request.MaterialsHash is not null),
        ("score", request.Score is not null),
        ("objector", request.Objector is not null),
        ("uphold", request.Uphold is not null),
    }.Where(member => member.IsGiven).Select(member => member.Name);

    private sealed record Form(RepairDeskStep Step, IReadOnlyList<string> Required, IReadOnlyList<string> Optional);
}
