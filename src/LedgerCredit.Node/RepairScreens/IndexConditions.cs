using LedgerCredit.Contracts;
using LedgerCredit.Evidence;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Repair.Packs;

namespace LedgerCredit.Node.RepairScreens;

/// <summary>The conditions of a case as the index alone tells them, for lists of many cases.</summary>
/// <remarks>
/// docs/spec/repair-desk.md section 5. C7 and C10 were checked when the case was opened.
/// </remarks>
public static class IndexConditions
{
    /// <summary>The conditions at a moment.</summary>
    /// <param name="indexed">The case.</param>
    /// <param name="pack">Its rule pack.</param>
    /// <param name="approvals">How many approvals count now: <see cref="CaseStanding.Counting"/>.</param>
    /// <param name="asOf">The moment, in Unix seconds.</param>
    /// <param name="barredUntil">When the bar of the subject is over; 0 where there is none.</param>
    /// <param name="pausedAt">Since when the desk is paused; 0 where it is not.</param>
    public static RepairConditions Of(IndexedCase indexed, RulePack pack, int approvals, ulong asOf, ulong barredUntil, ulong pausedAt)
    {
        ArgumentNullException.ThrowIfNull(indexed);
        ArgumentNullException.ThrowIfNull(pack);

        ulong required = PackParameters.Bitmap(pack.Repair.Materials.Where(material => material.Need == MaterialNeed.Always));
        ulong commitment = 1UL << pack.Repair.CommitmentKind;
        return new RepairConditions(
            asOf >= indexed.Terms.EarliestRepairAt,
            indexed.IsConfirmed,
            (indexed.MaterialKinds & commitment) != 0,
            (indexed.MaterialKinds & required) == required,
            approvals >= pack.Repair.Approvals.Value,
            !indexed.OpenObjections.Any() && indexed.ObjectionsUntil > 0 && asOf >= indexed.ObjectionsUntil,
            indexed.Terms.IsRepairable,
            asOf >= indexed.Terms.AttachedTermUntil,
            asOf >= barredUntil,
            IsPackKept: true,
            pausedAt == 0);
    }
}
