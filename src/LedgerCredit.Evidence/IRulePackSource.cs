namespace LedgerCredit.Evidence;

/// <summary>The rule packs that terms can be made with. Implementations are immutable and thread-safe.</summary>
public interface IRulePackSource
{
    /// <summary>The ids of all packs, in ASCII order.</summary>
    IReadOnlyList<string> Ids { get; }

    /// <summary>Finds a pack by the id that records state in the claim <c>rulePack</c>, or null.</summary>
    RulePack? Find(string id);
}
