using System.Diagnostics.CodeAnalysis;
using LedgerCredit.Evidence;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Repair.Materials;

/// <summary>What must be known of a sanction to say which materials its repair needs.</summary>
/// <param name="DecidedOn">The day of the decision.</param>
/// <param name="IsFined">Whether the decision imposes a fine or confiscates.</param>
/// <param name="DueYuan">What has to be paid; 0 where the record states no amount.</param>
/// <param name="OrdersCorrection">Whether the decision orders a rectification, as its penalties say or the applicant states.</param>
/// <param name="HasAgent">Whether an agent applies for the subject.</param>
public sealed record SanctionFacts(
    DateOnly DecidedOn, bool IsFined, decimal DueYuan, bool OrdersCorrection, bool HasAgent)
{
    private const string Order = "责令";

    private static readonly string[] MoneyPenalties = ["罚款", "没收"];
    private static readonly string[] Corrections = ["改正", "整改"];

    /// <summary>Reads what the sanction's record says.</summary>
    /// <param name="record">A sanction with a grade.</param>
    /// <param name="ordersCorrection">Whether the decision orders a rectification even if its penalties do not say so.</param>
    /// <param name="hasAgent">Whether an agent applies for the subject.</param>
    /// <param name="facts">The facts, or null.</param>
    /// <param name="problem">Why there are none, or null.</param>
    public static bool TryCreate(
        CreditRecord record,
        bool ordersCorrection,
        bool hasAgent,
        [NotNullWhen(true)] out SanctionFacts? facts,
        [NotNullWhen(false)] out RecordProblem? problem)
    {
        ArgumentNullException.ThrowIfNull(record);

        facts = null;
        if (record.Kind != RecordKind.Sanction
            || !record.Claims.TryFindString("decidedOn", out string? text)
            || !DateOnly.TryParseExact(text, "yyyy-MM-dd", out DateOnly decidedOn))
        {
            problem = new RecordProblem(
                "not-repairable", "/claims/decidedOn", "Expected a sanction with a date of decision, found none.");
            return false;
        }

        if (!TryReadAmount(record, "fineYuan", out decimal fine, out problem)
            || !TryReadAmount(record, "confiscatedYuan", out decimal confiscated, out problem))
        {
            return false;
        }

        decimal due = fine + confiscated;
        JsonValue? penalties = record.Claims.Find("penalties");
        facts = new SanctionFacts(
            decidedOn, due > 0 || NamesMoney(penalties), due, ordersCorrection || NamesCorrection(penalties), hasAgent);
        return true;
    }

    /// <summary>Whether the claim <c>penalties</c> names a fine or a confiscation.</summary>
    internal static bool NamesMoney(JsonValue? penalties) => Names(
        penalties, penalty => MoneyPenalties.Any(text => penalty.Contains(text, StringComparison.Ordinal)));

    /// <summary>Whether the claim <c>penalties</c> names an order of rectification.</summary>
    internal static bool NamesCorrection(JsonValue? penalties) => Names(
        penalties,
        penalty => penalty.Contains(Order, StringComparison.Ordinal)
            && Corrections.Any(text => penalty.Contains(text, StringComparison.Ordinal)));

    private static bool TryReadAmount(
        CreditRecord record, string name, out decimal yuan, [NotNullWhen(false)] out RecordProblem? problem)
    {
        yuan = 0;
        problem = null;
        if (record.Claims.TryFindString(name, out string? text) && !Amount.TryParse(text, out yuan))
        {
            problem = new RecordProblem(
                "amount-too-long", $"/claims/{name}", "Expected an amount of at most 24 digits, found a longer one.");
        }

        return problem is null;
    }

    private static bool Names(JsonValue? penalties, Func<string, bool> isMeant) =>
        penalties is JsonArray array && array.Items.OfType<JsonString>().Any(penalty => isMeant(penalty.Value));
}
