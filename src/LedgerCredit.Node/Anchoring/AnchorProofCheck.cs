using System.Buffers.Binary;
using LedgerCredit.Ethereum;
using LedgerCredit.Ethereum.Consensus;
using LedgerCredit.Ethereum.State;
using LedgerCredit.Primitives;
using LedgerCredit.Verification;

namespace LedgerCredit.Node.Anchoring;

/// <summary>Whether a ledger proof shows an anchor.</summary>
/// <param name="Header">The header, where it could be read.</param>
/// <param name="AnchoredAt">What the slot says of the time, in Unix seconds.</param>
/// <param name="Problem">Why it does not show the anchor, or null when it does.</param>
public sealed record AnchorProofCheck(BlockHeader? Header, ulong AnchoredAt, string? Problem)
{
    /// <summary>Follows the proof from the block hash by the header's state root to the slot of the anchor.</summary>
    /// <remarks>Whether the block is one of the ledger is for the caller to ask: see <see cref="Ledgers.LedgerFinality.CheckSeals"/>.</remarks>
    public static AnchorProofCheck Verify(LedgerProof proof, BlockHashRule hashRule, Address evidenceLog, Bytes32 logId, Bytes32 root, ulong treeSize)
    {
        ArgumentNullException.ThrowIfNull(proof);
        if (!BlockHeader.TryDecode(proof.Header.Span, out BlockHeader? header, out ParseProblem? problem))
        {
            return new AnchorProofCheck(null, 0, $"The header is malformed. {problem}");
        }

        if (!BlockHash.TryCompute(header, hashRule, out Bytes32 hash, out problem))
        {
            return new AnchorProofCheck(header, 0, $"The hash of the header cannot be computed. {problem}");
        }

        if (hash != proof.BlockHash)
        {
            return new AnchorProofCheck(header, 0, $"The header has hash {hash}, not {proof.BlockHash}.");
        }

        AccountProofResult account = StateProof.VerifyAccount(header.StateRoot, evidenceLog, proof.AccountNodes);
        if (!account.IsValid || account.Account is null)
        {
            return new AnchorProofCheck(header, 0, $"The account proof does not lead from the state root to the contract ({account.Failure}).");
        }

        StorageProofResult storage = StateProof.VerifyStorage(account.Account.StorageRoot, LedgerSlots.OfAnchor(logId, root), proof.StorageNodes);
        if (!storage.IsValid)
        {
            return new AnchorProofCheck(header, 0, $"The storage proof does not lead from the contract's storage root to the anchor ({storage.Failure}).");
        }

        // One slot: treeSize in the low 64 bits, anchoredAt in the next 64, nothing above.
        ReadOnlySpan<byte> word = storage.Value.AsSpan();
        ulong anchoredSize = BinaryPrimitives.ReadUInt64BigEndian(word[24..]);
        ulong anchoredAt = BinaryPrimitives.ReadUInt64BigEndian(word[16..24]);
        return anchoredSize == treeSize && word[..16].IndexOfAnyExcept((byte)0) < 0
            ? new AnchorProofCheck(header, anchoredAt, null)
            : new AnchorProofCheck(header, anchoredAt, $"The ledger holds this root for size {anchoredSize}, not {treeSize}.");
    }
}
