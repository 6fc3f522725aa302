using LedgerCredit.Client.Models;
using LedgerCredit.Evidence;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Repair.Plans;
using LedgerCredit.Verification;

namespace LedgerCredit.Service.Repair;

/// <summary>What an application for a repair still lacks, by the plan of its sanction. Pure.</summary>
internal static class WantedMaterials
{
    /// <summary>The materials that the plan asks for and the application has not.</summary>
    /// <remarks>
    /// The evidence may be the caller's own and is not verified here: what is said follows from it, to the caller alone. Where it withholds what decides about a
    /// material, or the node does not know the rule pack, nothing is guessed.
    /// </remarks>
    /// <param name="file">The sanction.</param>
    /// <param name="materials">What the application has.</param>
    /// <param name="packs">The rule packs.</param>
    /// <param name="now">The moment.</param>
    internal static IReadOnlyList<RuleMaterial> Of(EvidenceFile file, IReadOnlyList<RepairMaterialDigest> materials, RulePackCatalog packs, DateTimeOffset now)
    {
        if (!SanctionTerms.TryDecode(file.Record.Terms.Span, out SanctionTerms? terms, out ParseProblem? _)
            || packs.FindByHash(terms.RulePack) is not RulePack pack)
        {
            return [];
        }

        Dictionary<string, JsonValue> claims = new(StringComparer.Ordinal);
        foreach (string encoded in file.Record.Disclosures)
        {
            if (Disclosure.TryParse(encoded, out Disclosure? disclosure, out _) && RecordMembers.TryGetClaim(disclosure.Name, out string? claim))
            {
                claims[claim] = disclosure.Value;
            }
        }

        bool isComplete = file.Record.Payload.Find("_sd") is JsonArray digests && digests.Items.Count == file.Record.Disclosures.Count;
        JsonObject disclosed = new([.. claims.Select(claim => new JsonMember(claim.Key, claim.Value))]);
        PlanInput input = new(terms, disclosed, isComplete, OrdersCorrection: false, HasAgent: false, PlanObstacle.None, (ulong)now.ToUnixTimeSeconds());
        return RepairPlanner.TryCreate(input, pack, out RepairPlan? plan, out ParseProblem? _)
            ? [.. plan.Materials
                .Where(planned => planned.Need == PlannedNeed.Needed && materials.All(material => material?.Code != planned.Material.Code))
                .Select(planned => planned.Material)]
            : [];
    }
}
