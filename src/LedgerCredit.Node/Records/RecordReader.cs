using LedgerCredit.Ethereum.Consensus;
using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Node.Anchoring;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Records;

/// <summary>A record that is, byte for byte, what its log committed to and signed.</summary>
/// <param name="LeafHash">The leaf hash of its entry.</param>
/// <param name="Record">The record.</param>
/// <param name="AnchoredTreeSize">How many entries the smallest anchor that covers it has; null where none is final.</param>
public sealed record CommittedRecord(Bytes32 LeafHash, CreditRecord Record, ulong? AnchoredTreeSize);

/// <summary>Reads records that are to be shown, and refuses what was altered or damaged on the disk.</summary>
/// <remarks>
/// SQLite finds no flipped bit in a value. So each record is compared with its entry, the entry with the tree that the log
/// signed, and what is said of an anchor with the ledger's kept proof. The key that signed is the store's own: what a whole store was
/// rewritten to, only an audit against the ledger tells. Not thread-safe.
/// </remarks>
/// <param name="workspace">The workspace.</param>
/// <param name="store">Its store; in a read transaction, where others write.</param>
public sealed class RecordReader(Workspace workspace, Store store)
{
    private static readonly RecordRules AnyRecord = new() { AllowNaturalPersons = true, AllowAccess = true };

    private readonly Dictionary<int, SignedTree?> _trees = [];
    private readonly HashSet<(int Log, ulong TreeSize)> _provenAnchors = [];

    /// <summary>Reads a record.</summary>
    /// <param name="log">Its log.</param>
    /// <param name="position">Where it is.</param>
    /// <exception cref="LogIntegrityException">It is missing, cannot be read, or is not what was committed.</exception>
    public CommittedRecord Read(StoredLog log, LogPosition position)
    {
        ArgumentNullException.ThrowIfNull(log);
        StoredEntry stored = store.Entries.Find(position) ?? throw Refuse(log, position, "is missing");
        if (stored.Record is null
            || stored.Secret is not { Length: Bytes32.Length }
            || !CreditRecord.TryParse(stored.Record, AnyRecord, out CreditRecord? record, out _)
            || !LogEntry.TryDecode(stored.Entry, AnyRecord, out LogEntry? entry, out _))
        {
            throw Refuse(log, position, "cannot be read");
        }

        if (record.Issuer != log.Issuer
            || record.Kind != entry.Kind
            || RecordCommitment.Create(record, Bytes32.FromBytes(stored.Secret)).RecordDigest != entry.RecordDigest)
        {
            throw Refuse(log, position, "is not what was committed");
        }

        Bytes32 leafHash = MerkleHash.Leaf(stored.Entry);
        SignedTree tree = FindTree(log) ?? throw Refuse(log, position, "is under no checkpoint that the log signed");
        if (position.LeafIndex >= tree.Size
            || tree.Proofs.Inclusion(position.LeafIndex, tree.Size).Verify(leafHash, tree.Root) != InclusionFailure.None)
        {
            throw Refuse(log, position, "is not in the tree that the log signed");
        }

        return new CommittedRecord(leafHash, record, FindAnchoredSize(log, position, tree));
    }

    private static LogIntegrityException Refuse(StoredLog log, LogPosition position, string what) =>
        new($"The record at index {position.LeafIndex} of log '{log.Origin}' {what}: the store was altered or damaged. Nothing of it is shown; run 'ledgercredit log audit'.");

    private SignedTree? FindTree(StoredLog log)
    {
        if (!_trees.TryGetValue(log.Number, out SignedTree? tree))
        {
            tree = ReadTree(log);
            _trees.Add(log.Number, tree);
        }

        return tree;
    }

    // The newest signed head, where its signature holds; the proofs then hold or do not against its root.
    private SignedTree? ReadTree(StoredLog log)
    {
        if (store.Checkpoints.FindLatest(log.Number) is not (ulong size, byte[] note)
            || !NoteVerifierKey.TryParse(log.VerifierKey, out NoteVerifierKey? key, out _)
            || !SignedNote.TryParse(note, out SignedNote? signed, out _)
            || signed.VerifyOnly(key) != NoteFailure.None
            || !Checkpoint.TryParse(signed.Text, out Checkpoint? checkpoint, out _)
            || checkpoint.Origin != log.Origin
            || checkpoint.Size != size)
        {
            return null;
        }

        return new SignedTree(size, checkpoint.RootHash, new TreeProofs(store.Tiles.ReaderOf(log.Number), size));
    }

    private ulong? FindAnchoredSize(StoredLog log, LogPosition position, SignedTree tree)
    {
        if (store.Anchors.FindCovering(position.Log, position.LeafIndex) is not StoredAnchor anchor)
        {
            return null;
        }

        if (!_provenAnchors.Contains((log.Number, anchor.TreeSize)))
        {
            if (FindAnchorProblem(log, anchor, tree) is string problem)
            {
                throw new LogIntegrityException($"The anchor of log '{log.Origin}' at size {anchor.TreeSize} is not what the ledger's kept proof shows: {problem} Run 'ledgercredit log audit'.");
            }

            _provenAnchors.Add((log.Number, anchor.TreeSize));
        }

        return anchor.TreeSize;
    }

    private string? FindAnchorProblem(StoredLog log, StoredAnchor anchor, SignedTree tree)
    {
        if (anchor.TreeSize > tree.Size)
        {
            return $"the log has {tree.Size} entries.";
        }

        if (!LedgerProof.TryDecode(anchor.LedgerProof, out LedgerProof? proof))
        {
            return "it is damaged.";
        }

        ContractAddresses contracts = workspace.Config.Ledger.Contracts ?? throw new WorkspaceException("This workspace has anchors, but its configuration names no contracts. Restore workspace.json from a backup.");
        BlockHashRule hashRule = LedgerFinality.ReadPolicy(workspace.Config)?.HashRule ?? BlockHashRule.Keccak;
        return AnchorProofCheck.Verify(proof, hashRule, contracts.EvidenceLog, LogId.FromOrigin(log.Origin), tree.Proofs.RootHash(anchor.TreeSize), anchor.TreeSize).Problem;
    }

    private sealed record SignedTree(ulong Size, Bytes32 Root, TreeProofs Proofs);
}
