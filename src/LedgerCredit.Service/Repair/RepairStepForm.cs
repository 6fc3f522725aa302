using System.Collections.Frozen;
using LedgerCredit.Client.Models;

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
        ["open"] = new([Sanction, "materials"], []),
        ["supplement"] = new([Case, "materials"], []),
        ["withdraw"] = new([Case], []),
        ["accept"] = new([Case], []),
        ["ask"] = new([Case, "kinds", Statement], []),
        ["confirm"] = new([Case, Statement], ["takeBack"]),
        ["refuse"] = new([Case, Statement], []),
        ["approve"] = new([Case, "materialsHash"], ["score"]),
        ["object"] = new([Case, Statement], []),
        ["resolve"] = new([Case, "objector", "uphold", Statement], []),
        ["trigger"] = new([Case], []),
        ["escalate"] = new([Case], ["objector"]),
        ["revoke"] = new([Case], [Statement]),
        ["annul"] = new([Sanction, Statement], []),
        ["shield"] = new([Sanction, Statement], []),
        ["unshield"] = new([Sanction, Statement], []),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The steps that any member may take, whether it sees the case here or not: the case is on the ledger for all of them.</summary>
    internal static bool IsOpenToAll(string step) => step is "object" or "trigger" or "escalate";

    /// <summary>What is wrong with the members of a request; null where nothing is.</summary>
    internal static string? FindProblem(RepairStepRequest request)
    {
        if (!Forms.TryGetValue(request.Step, out Form? form))
        {
            return $"Expected a step of {string.Join(", ", Forms.Keys.Order(StringComparer.Ordinal))}.";
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

    private sealed record Form(IReadOnlyList<string> Required, IReadOnlyList<string> Optional);
}
