using LedgerCredit.Contracts;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.Materials;
using LedgerCredit.Primitives;

namespace LedgerCredit.Node.Access;

/// <summary>What counts for who may read or delete a material.</summary>
/// <param name="ActsForSubject">Whether the caller acts for its subject now.</param>
/// <param name="HasInterest">Whether any account of the caller's organisation does.</param>
/// <param name="Cases">The cases that it is in.</param>
public sealed record MaterialFacts(bool ActsForSubject, bool HasInterest, IReadOnlyList<IndexedCase> Cases);

/// <summary>Who may read and delete materials (docs/spec/access.md section 10). Pure.</summary>
public static class MaterialRules
{
    /// <summary>The caller acts for the subject.</summary>
    public const string Subject = "subject";

    /// <summary>The caller's organisation decided the sanction, and the material is in a case.</summary>
    public const string Authority = "authority";

    /// <summary>The caller may have to review a case that is under way and that the material is in.</summary>
    public const string Reviewer = "reviewer";

    /// <summary>Why a caller may read a material.</summary>
    /// <returns><see cref="Subject"/>, <see cref="Authority"/> or <see cref="Reviewer"/>; null where it may not.</returns>
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
            : !facts.HasInterest && facts.Cases.Any(indexed => MayReview(caller, indexed)) ? Reviewer
            : null;
    }

    /// <summary>The cases of a material that a caller sees by it: a reviewer only those that it may review.</summary>
    public static IReadOnlyList<IndexedCase> CasesOf(Caller caller, MaterialFacts facts)
    {
        ArgumentNullException.ThrowIfNull(caller);
        ArgumentNullException.ThrowIfNull(facts);
        return FindBasis(caller, facts) switch
        {
            null => [],
            Reviewer => [.. facts.Cases.Where(indexed => MayReview(caller, indexed))],
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
}
