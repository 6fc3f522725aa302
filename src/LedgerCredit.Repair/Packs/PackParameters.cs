using System.Diagnostics;
using LedgerCredit.Evidence;

namespace LedgerCredit.Repair.Packs;

/// <summary>What the contract is told of a rule pack: the fields of <c>IRulePacks.Pack</c>, in their order.</summary>
/// <remarks>docs/spec/rule-packs.md section 6. Follows from the document alone, so that anyone can check what was registered.</remarks>
/// <param name="RequiredMaterials">Bit <c>n</c> for each material <c>n</c> that every case needs.</param>
/// <param name="CommitmentMaterial">The material that is the commitment letter.</param>
/// <param name="Approvals">How many organisations must approve.</param>
/// <param name="LeastInspectionScore">The least score of the inspection; 0 where none is asked for.</param>
/// <param name="SupplementRequests">How often the authority may ask for a supplement.</param>
/// <param name="IntakePeriod">Seconds for the authority to take a case in.</param>
/// <param name="SupplementPeriod">Seconds for the applicant to supplement.</param>
/// <param name="ReviewPeriod">Seconds for authority and reviewers.</param>
/// <param name="ObjectionWindow">Seconds in which objections may be raised; 0 where there is no window.</param>
/// <param name="ArbitrationPeriod">Seconds for an arbiter.</param>
/// <param name="FalseMaterialBar">Seconds of the bar after false material; 0 where there is none.</param>
/// <param name="DecidedFrom">The first moment of decision, in Unix seconds.</param>
/// <param name="DecidedUntil">The first moment of decision that is no longer covered; 0 where there is no end.</param>
/// <param name="LeastForMinor">Least seconds from decision to repair of a minor sanction.</param>
/// <param name="LeastForGeneral">Least seconds from decision to repair of a general sanction.</param>
/// <param name="LeastForSerious">Least seconds from decision to repair of a serious sanction.</param>
public sealed record PackParameters(
    ulong RequiredMaterials,
    byte CommitmentMaterial,
    byte Approvals,
    byte LeastInspectionScore,
    byte SupplementRequests,
    uint IntakePeriod,
    uint SupplementPeriod,
    uint ReviewPeriod,
    uint ObjectionWindow,
    uint ArbitrationPeriod,
    uint FalseMaterialBar,
    ulong DecidedFrom,
    ulong DecidedUntil,
    uint LeastForMinor,
    uint LeastForGeneral,
    uint LeastForSerious)
{
    private const long SecondsPerDay = 86_400;

    // The Gregorian calendar repeats after 400 years.
    private const int CycleDays = 146_097;

    /// <summary>The parameters of a pack.</summary>
    public static PackParameters Of(RulePack pack)
    {
        ArgumentNullException.ThrowIfNull(pack);

        RepairRules rules = pack.Repair;
        return new PackParameters(
            Bitmap(rules.Materials.Where(material => material.Need == MaterialNeed.Always)),
            (byte)rules.CommitmentKind,
            (byte)rules.Approvals.Value,
            (byte)rules.LeastInspectionScore.Value,
            (byte)rules.SupplementRequests.Value,
            LedgerSeconds(rules.Intake),
            LedgerSeconds(rules.Supplement),
            LedgerSeconds(rules.Review),
            LedgerSeconds(rules.ObjectionWindow),
            LedgerSeconds(rules.Arbitration),
            StretchOf(rules.FalseMaterialBar).Longest,
            Midnight(pack, rules.Decisions.From.DaysSinceEpoch),
            rules.Decisions.Until is CivilDate last ? Midnight(pack, last.DaysSinceEpoch + 1) : 0,
            StretchOf(pack.Minor.Shortest).Shortest,
            StretchOf(pack.General.Shortest).Shortest,
            StretchOf(pack.Serious.Shortest).Shortest);
    }

    /// <summary>The set of materials as the contract keeps it: bit <c>n</c> for the kind <c>n</c>.</summary>
    public static ulong Bitmap(IEnumerable<RuleMaterial> materials)
    {
        ArgumentNullException.ThrowIfNull(materials);

        ulong bitmap = 0;
        foreach (RuleMaterial material in materials)
        {
            bitmap |= 1UL << material.Kind;
        }

        return bitmap;
    }

    private static uint LedgerSeconds(RuleLimit limit) =>
        limit.LedgerSeconds ?? throw new UnreachableException("A limit that the contract holds has its seconds.");

    private static ulong Midnight(RulePack pack, long day) => (ulong)((day * SecondsPerDay) - (long)pack.UtcOffset.TotalSeconds);

    // From 00:00 of a day to the end of the last day of a period that begins with it, over all days that there are.
    private static (uint Shortest, uint Longest) StretchOf(RulePeriod period)
    {
        if (period.Unit == RulePeriodUnit.None)
        {
            return (0, 0);
        }

        long shortest = long.MaxValue;
        long longest = 0;
        DateOnly first = new(2000, 1, 1);
        for (int i = 0; i < CycleDays; i++)
        {
            CivilDate day = CivilDate.FromDateOnly(first.AddDays(i));
            long last = period.LastDay(day) ?? throw new UnreachableException("A period with a unit has a last day.");
            long days = last + 1 - day.DaysSinceEpoch;
            shortest = Math.Min(shortest, days);
            longest = Math.Max(longest, days);
        }

        return ((uint)(shortest * SecondsPerDay), (uint)(longest * SecondsPerDay));
    }
}
