using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Cryptography;

namespace LedgerCredit.Verification;

/// <summary>Where the contracts keep what evidence files prove: storage slots by Solidity's layout of mappings.</summary>
/// <remarks>docs/spec/evidence.md sections 3.7 and 3.10. The variables are at slot 0 of their contracts, for ever.</remarks>
public static class LedgerSlots
{
    /// <summary>The slot of an anchor in EvidenceLog: <c>keccak256(root ‖ keccak256(logId ‖ 0))</c>.</summary>
    public static Bytes32 OfAnchor(Bytes32 logId, Bytes32 root) => OfMapping(root, OfMapping(logId, Bytes32.Zero));

    /// <summary>The slot of a sanction's status in RepairDesk: <c>keccak256(leafHash ‖ 0)</c>.</summary>
    public static Bytes32 OfStatus(Bytes32 leafHash) => OfMapping(leafHash, Bytes32.Zero);

    private static Bytes32 OfMapping(Bytes32 key, Bytes32 mapping) => Keccak256.Hash([.. key.AsSpan(), .. mapping.AsSpan()]);
}
