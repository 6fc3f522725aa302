using System.Globalization;
using LedgerCredit.Ethereum.State;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Ethereum.Rpc;

/// <summary>The trie nodes that lead to one storage slot.</summary>
/// <param name="Slot">The slot that was asked for.</param>
/// <param name="Nodes">The nodes from the storage root.</param>
public sealed record StorageNodes(Bytes32 Slot, IReadOnlyList<ReadOnlyMemory<byte>> Nodes);

/// <summary>The trie nodes that lead to an account and to slots of its storage (EIP-1186).</summary>
/// <param name="AccountNodes">The nodes from the state root.</param>
/// <param name="Storage">For each slot, in the order asked for, its nodes.</param>
/// <remarks>Nothing is verified: <see cref="StateProof"/> does. What the endpoint claims the values to be is left out.</remarks>
public sealed record StateProofAnswer(IReadOnlyList<ReadOnlyMemory<byte>> AccountNodes, IReadOnlyList<StorageNodes> Storage)
{
    internal static StateProofAnswer Read(JsonCursor json, IReadOnlyList<Bytes32> slots)
    {
        List<ReadOnlyMemory<byte>> accountNodes = ReadNodes(json.Member("accountProof"));
        JsonCursor storage = json.Member("storageProof");
        IReadOnlyList<JsonCursor> items = storage.Items(slots.Count);
        if (items.Count != slots.Count)
        {
            storage.Refuse("slot-count", $"Expected proofs of {slots.Count} slots, found {items.Count}.");
            return new StateProofAnswer(accountNodes, []);
        }

        List<StorageNodes> proofs = [];
        for (int i = 0; i < slots.Count; i++)
        {
            JsonCursor key = items[i].Member("key");
            if (!IsSlot(key.Text(), slots[i]))
            {
                key.Refuse("slot", "Expected the slots in the order asked for, found another.");
            }

            proofs.Add(new StorageNodes(slots[i], ReadNodes(items[i].Member("proof"))));
        }

        return new StateProofAnswer(accountNodes, proofs);
    }

    private static List<ReadOnlyMemory<byte>> ReadNodes(JsonCursor json)
    {
        List<ReadOnlyMemory<byte>> nodes = [];
        foreach (JsonCursor node in json.Items(StateProof.MaxNodes))
        {
            nodes.Add(node.HexBytes());
        }

        // The empty trie has no nodes; some clients send the encoding of its root, an empty string, in their place.
        return nodes is [{ Length: 1 } only] && only.Span[0] == 0x80 ? [] : nodes;
    }

    // Clients write the key as 32 bytes, as a quantity, or as they were asked.
    private static bool IsSlot(string text, Bytes32 slot) =>
        text.StartsWith("0x", StringComparison.Ordinal) && text.Length is > 2 and <= 66
        && Bytes32.TryParseHex(string.Create(CultureInfo.InvariantCulture, $"0x{text[2..].PadLeft(64, '0')}"), out Bytes32 parsed)
        && parsed == slot;
}
