using System.Diagnostics.CodeAnalysis;
using LedgerCredit.Evidence;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Repair.Materials;
using LedgerCredit.Repair.Packs;

namespace LedgerCredit.Repair.Plans;

/// <summary>What a plan is made from.</summary>
/// <param name="Terms">The sanction's terms.</param>
/// <param name="Claims">The claims that are disclosed.</param>
/// <param name="IsComplete">Whether these are all claims of the record.</param>
/// <param name="OrdersCorrection">Whether the applicant says that the decision orders a rectification.</param>
/// <param name="HasAgent">Whether an agent applies for the subject.</param>
/// <param name="Proven">What the ledger was shown to say of the sanction, or none.</param>
/// <param name="Now">The moment, in Unix seconds.</param>
/// <param name="RevokedAt">When the ledger was shown to have revoked a repair of the sanction, in Unix seconds; 0 where it was not.</param>
public sealed record PlanInput(
    SanctionTerms Terms,
    JsonObject Claims,
    bool IsComplete,
    bool OrdersCorrection,
    bool HasAgent,
    PlanObstacle Proven,
    ulong Now,
    ulong RevokedAt = 0);

/// <summary>Makes plans. Pure; what is withheld is said to be unknown and never guessed.</summary>
public static class RepairPlanner
{
    private const long SecondsPerDay = 86_400;

    // 9999-12-31T23:59:59: no later day can be named.
    private const long LastSecond = 253_402_300_799;

    private static readonly DateOnly Epoch = new(1970, 1, 1);

    /// <summary>Makes a plan.</summary>
    /// <param name="input">The sanction.</param>
    /// <param name="pack">The rule pack of its terms; null exactly where the terms name none.</param>
    /// <param name="plan">The plan, or null.</param>
    /// <param name="problem">Why there is none: the terms name days that no calendar has.</param>
    /// <exception cref="ArgumentException">The pack is not that of the terms.</exception>
    public static bool TryCreate(
        PlanInput input, RulePack? pack, [NotNullWhen(true)] out RepairPlan? plan, [NotNullWhen(false)] out ParseProblem? problem)
    {
        ArgumentNullException.ThrowIfNull(input);
        SanctionTerms terms = input.Terms;
        if ((pack?.Hash ?? Bytes32.Zero) != terms.RulePack)
        {
            throw new ArgumentException("Expected the rule pack that the terms name, found another.", nameof(pack));
        }

        plan = null;
        Days days = new(pack, input.Now);
        ulong earliest = Math.Max(terms.EarliestRepairAt, terms.AttachedTermUntil);

        // A case can be opened once the bar is over, and its objection window begins with the review, at the earliest then.
        PackParameters? parameters = pack is null ? null : PackParameters.Of(pack);
        ulong barredUntil = parameters is { FalseMaterialBar: > 0 } && input.RevokedAt > 0 ? input.RevokedAt + parameters.FalseMaterialBar : 0;
        ulong ifAppliedNow = Math.Max(earliest, Math.Max(input.Now, barredUntil) + (parameters?.ObjectionWindow ?? 0));
        earliest = Math.Max(earliest, barredUntil);
        if (!days.Has(input.Now) || !days.Has(input.RevokedAt) || !days.Has(ifAppliedNow) || !days.Has(terms.DecidedAt) || !days.Has(earliest) || !days.HasBefore(terms.PublicUntil))
        {
            problem = new ParseProblem("terms-range", "", "Expected days of the calendar up to the year 9999, found a later one.");
            return false;
        }

        problem = null;
        PlanObstacle obstacle = pack is null ? PlanObstacle.NoRules
            : !terms.Repairable ? PlanObstacle.NotRepairable
            : input.Proven;
        (decimal? due, bool isDueUncertain, bool? isFined) = ReadMoney(input);
        bool? ordersCorrection = ReadCorrection(input);
        plan = new RepairPlan
        {
            Terms = terms,
            Pack = pack,
            Obstacle = obstacle,
            Today = days.Today,
            Decided = days.At(terms.DecidedAt),
            ShortestPeriodEnds = terms.EarliestRepairAt > terms.DecidedAt ? days.Before(terms.EarliestRepairAt) : null,
            AttachedTermEnds = days.Before(terms.AttachedTermUntil),
            PublicationEnds = days.Before(terms.PublicUntil),
            Earliest = obstacle is PlanObstacle.NoRules or PlanObstacle.NotRepairable
                ? null
                : days.At(earliest),
            IfAppliedNow = obstacle == PlanObstacle.None ? days.At(ifAppliedNow) : null,
            RevokedOn = days.At(input.RevokedAt),
            BarredUntil = days.At(barredUntil),
            Materials = pack is null
                ? []
                : [.. pack.Repair.Materials.Select(material => Plan(material, isFined, ordersCorrection, input.HasAgent))],
            DueYuan = due,
            IsDueUncertain = isDueUncertain,
            Withheld = Withheld(input, pack, isDueUncertain || isFined is null, ordersCorrection is null),
        };
        return true;
    }

    private static PlannedMaterial Plan(RuleMaterial material, bool? isFined, bool? ordersCorrection, bool hasAgent)
    {
        (PlannedNeed need, LocalText why) = material.Need switch
        {
            MaterialNeed.Always => (PlannedNeed.Needed, new LocalText("always needed", "一律需要")),
            MaterialNeed.IfFined => Decide(
                isFined,
                new LocalText("the decision fines or confiscates", "处罚决定含罚没款"),
                new LocalText("the decision neither fines nor confiscates", "处罚决定不含罚没款"),
                new LocalText("needed if the decision fines or confiscates; that is withheld here", "处罚决定含罚没款时需要；本文件未披露")),
            MaterialNeed.IfCorrected => Decide(
                ordersCorrection,
                new LocalText("the decision orders a rectification", "处罚决定责令改正"),
                new LocalText("only if the decision orders a rectification: then say --corrected", "仅在处罚决定责令改正时需要：请使用 --corrected"),
                new LocalText("needed if the decision orders a rectification; that is withheld here", "处罚决定责令改正时需要；本文件未披露")),
            MaterialNeed.IfAgent => Decide(
                hasAgent,
                new LocalText("an agent applies", "由代理人申请"),
                new LocalText("only if an agent applies: then say --agent", "仅在由代理人申请时需要：请使用 --agent"),
                new LocalText("", "")),
            _ => (PlannedNeed.Optional, new LocalText("not asked for; may be added", "不要求，可补充提交")),
        };
        return new PlannedMaterial(material, need, why, MaterialIssuers.Find(material.Kind));
    }

    private static (PlannedNeed Need, LocalText Why) Decide(bool? isNeeded, LocalText yes, LocalText no, LocalText unknown) => isNeeded switch
    {
        true => (PlannedNeed.Needed, yes),
        false => (PlannedNeed.NotNeeded, no),
        null => (PlannedNeed.Unknown, unknown),
    };

    // A claim that is not there was either withheld or never made: only a complete record tells which.
    private static (decimal? Due, bool IsUncertain, bool? IsFined) ReadMoney(PlanInput input)
    {
        decimal due = 0;
        bool isUncertain = false;
        foreach (string name in (string[])["fineYuan", "confiscatedYuan"])
        {
            if (input.Claims.TryFindString(name, out string? text) && Amount.TryParse(text, out decimal yuan))
            {
                due += yuan;
            }
            else
            {
                isUncertain |= !input.IsComplete;
            }
        }

        bool isFined = due > 0 || SanctionFacts.NamesMoney(input.Claims.Find("penalties"));
        bool isUnknown = !isFined && isUncertain;
        return (due > 0 ? due : null, isUncertain, isUnknown ? null : isFined);
    }

    private static bool? ReadCorrection(PlanInput input)
    {
        JsonValue? penalties = input.Claims.Find("penalties");
        return input.OrdersCorrection || SanctionFacts.NamesCorrection(penalties)
            ? true
            : penalties is null && !input.IsComplete ? null : false;
    }

    private static List<string> Withheld(PlanInput input, RulePack? pack, bool isMoneyUnknown, bool isCorrectionUnknown)
    {
        List<string> names = [];
        if (pack is not null && !input.IsComplete)
        {
            string[] wanted =
            [
                .. isMoneyUnknown ? (string[])["fineYuan", "confiscatedYuan"] : [],
                .. isMoneyUnknown || isCorrectionUnknown ? (string[])["penalties"] : [],
            ];
            names.AddRange(wanted.Where(name => input.Claims.Find(name) is null));
        }

        return names;
    }

    // Days in the pack's zone, or in UTC without a pack, and how far they are from today.
    private sealed class Days(RulePack? pack, ulong now)
    {
        private readonly long _offset = (long)(pack?.UtcOffset.TotalSeconds ?? 0);

        public DateOnly Today => DayOf(now);

        /// <summary>Whether a moment lies on a day that can be named.</summary>
        public bool Has(ulong moment) => moment <= LastSecond && (long)moment + _offset is >= 0 and <= LastSecond;

        /// <summary>Whether the second before a moment does; true for 0, which stands for none.</summary>
        public bool HasBefore(ulong moment) => moment == 0 || Has(moment - 1);

        /// <summary>The day on which a moment lies; null for 0.</summary>
        public PlannedDay? At(ulong moment) => moment == 0 ? null : Of(DayOf(moment));

        /// <summary>The last day before a moment; null for 0.</summary>
        public PlannedDay? Before(ulong moment) => moment == 0 ? null : Of(DayOf(moment - 1));

        private PlannedDay Of(DateOnly day) => new(day, day.DayNumber - Today.DayNumber);

        private DateOnly DayOf(ulong moment) => Epoch.AddDays((int)(((long)moment + _offset) / SecondsPerDay));
    }
}
