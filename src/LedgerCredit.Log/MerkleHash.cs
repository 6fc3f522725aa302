using System.Runtime.InteropServices;
using System.Security.Cryptography;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Hashing;

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

    /// <summary>Hashes many leaves of one size, as <see cref="Leaf"/> does each.</summary>
    /// <param name="leaves">The leaves, one behind the other.</param>
    /// <param name="leafBytes">The size of each in bytes.</param>
    /// <param name="hashes">One for each leaf.</param>
    /// <exception cref="ArgumentException">There are not as many leaves as hashes.</exception>
    public static void Leaves(ReadOnlySpan<byte> leaves, int leafBytes, Span<Bytes32> hashes) =>
        Sha256Batch.HashFixed(LeafPrefix, leaves, leafBytes, hashes);

    /// <summary>Hashes a row of nodes to the row above it, as <see cref="Node"/> does each pair.</summary>
    /// <param name="children">The row, an even number of hashes.</param>
    /// <param name="parents">Half as many; may begin where <paramref name="children"/> begins and overwrite it.</param>
    /// <exception cref="ArgumentException">There are not two children for each parent.</exception>
    public static void Nodes(ReadOnlySpan<Bytes32> children, Span<Bytes32> parents) =>
        Sha256Batch.HashFixed(NodePrefix, MemoryMarshal.AsBytes(children), 2 * Bytes32.Length, parents);
}
