namespace LedgerCredit.Node.Import;

/// <summary>Which rule pack a penalty falls under, by authority and date of decision.</summary>
/// <param name="Id">The pack's id, for the claim <c>rulePack</c>.</param>
/// <param name="Reason">Why this one, for the claim <c>rulePackReason</c>.</param>
/// <remarks>
/// docs/import.md section 2. The two regulations do not say, as far as they could be read, under which one older decisions
/// fall, so these get the default pack and a reason by which they can be found when that is settled.
/// </remarks>
internal sealed record CfRulePack(string Id, string Reason)
{
    private const string Default = "cn-ndrc-36-2025";
    private const string DefaultInForce = "2026-04-01";
    private const string MarketRegulation = "cn-samr-107-2025";
    private const string MarketRegulationInForce = "2025-12-25";

    /// <summary>Chooses the pack.</summary>
    /// <param name="authorityName">The authority that decided.</param>
    /// <param name="decidedOn">The date of the decision as YYYY-MM-DD.</param>
    public static CfRulePack Choose(string authorityName, string decidedOn)
    {
        bool isMarketRegulator = authorityName.Contains("市场监督管理", StringComparison.Ordinal)
            || authorityName.Contains("市场监管", StringComparison.Ordinal);
        if (isMarketRegulator && string.CompareOrdinal(decidedOn, MarketRegulationInForce) >= 0)
        {
            return new CfRulePack(MarketRegulation, "market-regulation");
        }

        bool isInForce = string.CompareOrdinal(decidedOn, DefaultInForce) >= 0;
        return new CfRulePack(Default, isInForce ? "default" : "default-decided-before-in-force");
    }
}
