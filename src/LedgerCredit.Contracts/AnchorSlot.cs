namespace LedgerCredit.Contracts;

/// <summary>Where and how <c>EvidenceLog</c> keeps the anchors, which storage proofs lead to.</summary>
/// <remarks>
/// <c>mapping(bytes32 logId => mapping(bytes32 root => Anchor)) _anchors</c> at slot 0; an anchor is one word, the tree size in its low
/// 64 bits, the time in the next 64. Layout of mappings: Solidity documentation, "layout of state variables in storage".
/// </remarks>
public static class AnchorSlot
{
    /// <summary>The slot of a root: <c>keccak256(root ‖ keccak256(logId ‖ uint256(0)))</c>.</summary>
    public static Bytes32 Compute(Bytes32 logId, Bytes32 root) => MappingSlot(root, MappingSlot(logId, Bytes32.Zero));

    private static Bytes32 MappingSlot(Bytes32 key, Bytes32 mapping) =>
        Keccak256.Hash((byte[])[.. key.AsSpan(), .. mapping.AsSpan()]);
}
