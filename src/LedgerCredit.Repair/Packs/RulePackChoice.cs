using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using LedgerCredit.Evidence;
using LedgerCredit.Primitives;

namespace LedgerCredit.Repair.Packs;

/// <summary>Why a rule pack applies to a decision.</summary>
public enum RulePackReason
{
    /// <summary>No reason.</summary>
    None = 0,

    /// <summary>The pack is for authorities of this name and was in force.</summary>
    AuthorityName,

    /// <summary>The pack is for all authorities and was in force.</summary>
    Default,

    /// <summary>
    /// No pack was in force; this is the one for all that came next. Which rules hold for such a decision could not be read, so
    /// the authority must see the choice and may name another pack.
    /// </summary>
    Transitional,
}

/// <summary>The stable names of the reasons, for records and machines.</summary>
public static class RulePackReasons
{
    /// <summary>The name of a reason.</summary>
    public static string ToName(this RulePackReason reason) => reason switch
    {
        RulePackReason.None => "none",
        RulePackReason.AuthorityName => "authority-name",
        RulePackReason.Default => "default",
        RulePackReason.Transitional => "transitional",
        _ => throw new UnreachableException($"There is no reason {reason}."),
    };
}

/// <summary>The rule pack that applies to a decision where its record names none.</summary>
/// <param name="Pack">The pack.</param>
/// <param name="Reason">Why it applies.</param>
/// <param name="Alternatives">The other packs, but those for demonstrations, that the authority may name instead.</param>
public sealed record RulePackChoice(RulePack Pack, RulePackReason Reason, IReadOnlyList<RulePack> Alternatives)
{
    /// <summary>Chooses by authority and date of decision.</summary>
    /// <param name="packs">All packs.</param>
    /// <param name="authorityName">The name of the authority that decided, as its record states it.</param>
    /// <param name="decidedOn">The date of the decision.</param>
    /// <returns>Null where no pack may be applied to the decision.</returns>
    /// <remarks>docs/spec/rule-packs.md section 4.</remarks>
    public static RulePackChoice? Find(RulePackCatalog packs, string authorityName, CivilDate decidedOn)
    {
        ArgumentNullException.ThrowIfNull(packs);
        ArgumentNullException.ThrowIfNull(authorityName);

        List<RulePack> possible = [.. packs.Packs.Where(pack => pack.Repair.Decisions.Contains(decidedOn))];
        RulePack? chosen = NewestInForce(possible, decidedOn, pack => IsNamed(pack, authorityName));
        RulePackReason reason = RulePackReason.AuthorityName;
        if (chosen is null)
        {
            chosen = NewestInForce(possible, decidedOn, IsForAll);
            reason = RulePackReason.Default;
        }

        if (chosen is null)
        {
            chosen = possible
                .Where(pack => IsForAll(pack) && pack.InForce.From.DaysSinceEpoch > decidedOn.DaysSinceEpoch)
                .MinBy(pack => pack.InForce.From.DaysSinceEpoch);
            reason = RulePackReason.Transitional;
        }

        return chosen is null
            ? null
            : new RulePackChoice(chosen, reason, [.. possible.Where(pack => pack != chosen && pack.Status != "demonstration")]);
    }

    /// <summary>Takes the pack that the authority names, whatever would be chosen.</summary>
    /// <param name="packs">All packs.</param>
    /// <param name="id">The pack's id.</param>
    /// <param name="decidedOn">The date of the decision.</param>
    /// <param name="pack">The pack, or null.</param>
    /// <param name="problem">Why it cannot be named, or null.</param>
    public static bool TryName(
        RulePackCatalog packs,
        string id,
        CivilDate decidedOn,
        [NotNullWhen(true)] out RulePack? pack,
        [NotNullWhen(false)] out ParseProblem? problem)
    {
        ArgumentNullException.ThrowIfNull(packs);

        pack = packs.Find(id);
        problem = pack switch
        {
            null => new ParseProblem(
                "unknown-rule-pack", "", $"Expected one of the rule packs {string.Join(", ", packs.Ids)}, found another."),
            _ when !pack.Repair.Decisions.Contains(decidedOn) => new ParseProblem(
                "rule-pack-dates", "", $"Expected a decision of the days that '{pack.Id}' may be applied to, found {decidedOn}."),
            _ => null,
        };
        pack = problem is null ? pack : null;
        return pack is not null;
    }

    private static RulePack? NewestInForce(List<RulePack> packs, CivilDate day, Func<RulePack, bool> isFor) => packs
        .Where(pack => isFor(pack) && pack.InForce.Contains(day))
        .MaxBy(pack => pack.InForce.From.DaysSinceEpoch);

    private static bool IsForAll(RulePack pack) => pack.Repair.Authorities == RuleAuthorities.Any;

    private static bool IsNamed(RulePack pack, string authorityName) =>
        pack.Repair.AuthorityNames.Any(text => authorityName.Contains(text, StringComparison.Ordinal));
}
