using System.Collections.Frozen;
using LedgerCredit.Contracts;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.Materials;
using LedgerCredit.Primitives;

namespace LedgerCredit.Node.Access;

/// <summary>What counts for who may read or delete a material.</summary>
/// <param name="ActsForSubject">Whether the caller acts for its subject now.</param>
/// <param name="HasInterest">Whether any account of the caller's organisation does.</param>
/// <param name="Cases">The cases that it is in.</param>
public sealed record MaterialFacts(bool ActsForSubject, bool HasInterest, IReadOnlyList<IndexedCase> Cases)
{
    /// <summary>The cases among them in which the caller's organisation ever approved, those included where the approval was voided since; needed of arbiters alone.</summary>
    public IReadOnlySet<ulong> Reviewed { get; init; } = FrozenSet<ulong>.Empty;
}

/// <summary>Who may read and delete materials (docs/spec/access.md section 10). Pure.</summary>
public static class MaterialRules
{
    /// <summary>The caller acts for the subject.</summary>
    public const string Subject = "subject";

    /// <summary>The caller's organisation decided the sanction, and the material is in a case.</summary>
    public const string Authority = "authority";

    /// <summary>The caller may have to review a case that is under way and that the material is in.</summary>
    public const string Reviewer = "reviewer";

    /// <summary>The caller may have to decide an objection that is open in a case that the material is in.</summary>
    public const string Arbiter = "arbiter";

    /// <summary>Why a caller may read a material.</summary>
    /// <returns><see cref="Subject"/>, <see cref="Authority"/>, <see cref="Reviewer"/> or <see cref="Arbiter"/>; null where it may not.</returns>
    public static string? FindBasis(Caller caller, MaterialFacts facts)
    {
        ArgumentNullException.ThrowIfNull(caller);
        ArgumentNullException.ThrowIfNull(facts);
        if (!caller.IsActive || !caller.May(AccessScopes.RecordsRead))
        {
            return null;
        }

        return facts.ActsForSubject ? Subject
            : facts.Cases.Any(indexed => IsAuthority(caller, indexed)) ? Authority
            : facts.HasInterest ? null
            : facts.Cases.Any(indexed => MayReview(caller, indexed)) ? Reviewer
            : facts.Cases.Any(indexed => MayArbitrate(caller, facts, indexed)) ? Arbiter
            : null;
    }

    /// <summary>The cases of a material that a caller sees by it: a reviewer or arbiter only those in which it may have to decide.</summary>
    public static IReadOnlyList<IndexedCase> CasesOf(Caller caller, MaterialFacts facts)
    {
        ArgumentNullException.ThrowIfNull(caller);
        ArgumentNullException.ThrowIfNull(facts);
        return FindBasis(caller, facts) switch
        {
            null => [],
            Reviewer or Arbiter => [.. facts.Cases.Where(indexed => MayReview(caller, indexed) || MayArbitrate(caller, facts, indexed))],
            _ => facts.Cases,
        };
    }

    /// <summary>Whether a caller may delete a material: who acts for the subject, unless a case was decided on it.</summary>
    public static bool MayDelete(Caller caller, MaterialFacts facts)
    {
        ArgumentNullException.ThrowIfNull(caller);
        ArgumentNullException.ThrowIfNull(facts);
        return caller.IsActive && facts.ActsForSubject && !facts.Cases.Any(MaterialCases.IsDecided);
    }

    private static bool IsAuthority(Caller caller, IndexedCase indexed) =>
        caller.Has(ConsortiumRole.Authority) && caller.OrganisationId != Bytes32.Zero && caller.OrganisationId == indexed.Terms.Authority;

    // Nobody assigns reviewers: each may have to, while the case is under way. Who decided an objection in it does not review it.
    private static bool MayReview(Caller caller, IndexedCase indexed) =>
        caller.Has(ConsortiumRole.Reviewer)
        && indexed.IsUnderWay
        && indexed.Objections.All(objection => objection.Arbiter != caller.OrganisationId);

    // Nobody assigns arbiters either. Who decides an objection sees what it is about, and nobody else whom the contract would refuse: not the
    // authority, not who raised it, not who ever reviewed the case.
    private static bool MayArbitrate(Caller caller, MaterialFacts facts, IndexedCase indexed) =>
        caller.Has(ConsortiumRole.Arbiter)
        && indexed.IsUnderWay
        && indexed.Terms.Authority != caller.OrganisationId
        && !facts.Reviewed.Contains(indexed.CaseId)
        && indexed.OpenObjections.Any(objection => objection.Objector != caller.OrganisationId);
}
