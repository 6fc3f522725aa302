using System.Security.Cryptography;
using LedgerCredit.Primitives;

namespace LedgerCredit.Log;

/// <summary>The hash functions of the tree, with their domain separation.</summary>
/// <remarks>RFC 9162 section 2.1.1, the same as RFC 6962 section 2.1. The only place in which the tree is hashed.</remarks>
public static class MerkleHash
{
    private const byte LeafPrefix = 0x00;
    private const byte NodePrefix = 0x01;

    // Leaves up to this size are hashed on the stack; ours have 66 bytes.
    private const int StackLimit = 512;

    /// <summary>The root hash of the tree without leaves: <c>SHA-256()</c>.</summary>
    public static Bytes32 EmptyRoot { get; } = Sha256.Hash([]);

    /// <summary>Hashes a leaf: <c>SHA-256(0x00 || leaf)</c>.</summary>
    public static Bytes32 Leaf(ReadOnlySpan<byte> leaf)
    {
        Span<byte> preimage = leaf.Length < StackLimit ? stackalloc byte[1 + leaf.Length] : new byte[1 + leaf.Length];
        preimage[0] = LeafPrefix;
        leaf.CopyTo(preimage[1..]);
        return Sha256.Hash(preimage);
    }

    /// <summary>Hashes an interior node: <c>SHA-256(0x01 || left || right)</c>.</summary>
    public static Bytes32 Node(Bytes32 left, Bytes32 right)
    {
        Span<byte> preimage = stackalloc byte[1 + (2 * Bytes32.Length)];
        preimage[0] = NodePrefix;
        left.AsSpan().CopyTo(preimage[1..]);
        right.AsSpan().CopyTo(preimage[(1 + Bytes32.Length)..]);

        Bytes32 hash = default;
        SHA256.HashData(preimage, hash);
        return hash;
    }
}
