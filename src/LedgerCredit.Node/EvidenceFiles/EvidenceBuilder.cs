using LedgerCredit.Ethereum.Consensus;
using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Node.Anchoring;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Witnessing;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;
using LedgerCredit.Verification;

namespace LedgerCredit.Node.EvidenceFiles;

/// <summary>Makes evidence files from the store alone: the ledger is not asked again.</summary>
/// <remarks>
/// What belongs to an anchor is read and checked once, so that many files cost little each. Reading is not thread-safe, as the store
/// is not; <see cref="Build"/> is, so that files are made on all cores.
/// </remarks>
public sealed class EvidenceBuilder
{
    // An anchor's proofs take some kilobytes, a log's tiles with their nodes 24 MiB.
    private const int MaxTrees = 1024;
    private const int MaxTileCaches = 4;

    // A witness that is away for good must not make every file look through all that comes after its record.
    private const int MaxCosigned = 1024;
    private const int CosignedPage = 16;

    private readonly Store _store;
    private readonly LedgerConfig _ledger;
    private readonly IRulePackSource _packs;
    private readonly Bytes32 _subjectKey;
    private readonly RecordRules _rules = new() { AllowNaturalPersons = true };
    private readonly BlockHashRule _hashRule;
    private readonly CosignedCheckpoints? _cosigned;
    private readonly Dictionary<(int Log, ulong TreeSize), AnchoredTree> _trees = [];
    private (int Log, ulong FirstSize, StoredAnchor? Anchor)? _lastCosigned;
    private readonly Dictionary<int, TileCache> _tiles = [];

    /// <summary>Makes a builder for a workspace.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="store">Its store.</param>
    /// <param name="packs">The rule packs.</param>
    /// <param name="subjectKey">The network subject key.</param>
    public EvidenceBuilder(Workspace workspace, Store store, IRulePackSource packs, Bytes32 subjectKey)
        : this(workspace, store, packs, subjectKey, witnessed: false)
    {
    }

    /// <summary>Makes a builder for a workspace, of files with or without cosignatures.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="store">Its store.</param>
    /// <param name="packs">The rule packs.</param>
    /// <param name="subjectKey">The network subject key.</param>
    /// <param name="witnessed">
    /// Whether files carry the cosignatures of the configured witnesses. Each then shows the first anchor that all of them cosigned, or where
    /// there is none among the first 1,024 behind the record, the first of those that most of them did; an anchor that none cosigned is passed over.
    /// </param>
    public EvidenceBuilder(Workspace workspace, Store store, IRulePackSource packs, Bytes32 subjectKey, bool witnessed)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        _store = store;
        _ledger = workspace.Config.Ledger;
        _packs = packs;
        _subjectKey = subjectKey;
        _cosigned = witnessed ? new CosignedCheckpoints(store, workspace.Config.Witnesses) : null;
        _hashRule = LedgerFinality.ReadPolicy(workspace.Config)?.HashRule ?? BlockHashRule.Keccak;
    }

    /// <summary>Makes the evidence file of an entry with all its members disclosed.</summary>
    /// <returns>Null while no anchor on the ledger covers the entry.</returns>
    /// <exception cref="LogIntegrityException">The store is damaged.</exception>
    /// <exception cref="WorkspaceException">The record was erased.</exception>
    public EvidenceFile? TryBuild(StoredLog log, LogPosition position) =>
        TryRead(log, position) is EvidenceMaterial material ? Build(material) : null;

    /// <summary>Reads what the evidence file of an entry is made of.</summary>
    /// <returns>Null while no anchor on the ledger covers the entry, or with witnesses none that was cosigned.</returns>
    /// <exception cref="LogIntegrityException">The store is damaged.</exception>
    /// <exception cref="WorkspaceException">The record was erased.</exception>
    public EvidenceMaterial? TryRead(StoredLog log, LogPosition position)
    {
        ArgumentNullException.ThrowIfNull(log);
        StoredEntry stored = _store.Entries.Find(position)
            ?? throw new LogIntegrityException($"Entry {position.LeafIndex} of log '{log.Origin}' is missing. Run 'ledgercredit log audit'.");
        if (stored.Record is null || stored.Secret is null)
        {
            throw new WorkspaceException($"The record at index {position.LeafIndex} of log '{log.Origin}' was erased; there is nothing left to give evidence of.");
        }

        if (FindAnchor(log, position) is not StoredAnchor anchor)
        {
            return null;
        }

        AnchoredTree tree = LoadTree(log, anchor);
        return new EvidenceMaterial(log, stored, tree.Proofs.Inclusion(position.LeafIndex, anchor.TreeSize), tree.Checkpoint, tree.Anchor);
    }

    /// <summary>Makes the evidence file of what was read, with all members disclosed. Thread-safe.</summary>
    /// <exception cref="LogIntegrityException">The store is damaged.</exception>
    public EvidenceFile Build(EvidenceMaterial material)
    {
        ArgumentNullException.ThrowIfNull(material);
        StoredEntry stored = material.Entry;
        string place = $"The record at index {stored.Position.LeafIndex} of log '{material.Log.Origin}'";
        if (stored.Secret is not { Length: Bytes32.Length } || !CreditRecord.TryParse(stored.Record, _rules, out CreditRecord? record, out _))
        {
            throw new LogIntegrityException($"{place} cannot be read. Run 'ledgercredit log audit'.");
        }

        Bytes32 secret = Bytes32.FromBytes(stored.Secret);
        RecordCommitment commitment = RecordCommitment.Create(record, secret);
        SanctionTerms? terms = null;
        if (record.Kind == RecordKind.Sanction && !SanctionTerms.TryCreate(record, _packs, _subjectKey, secret, out terms, out RecordProblem? problem))
        {
            throw new LogIntegrityException($"The terms of the record at index {stored.Position.LeafIndex} of log '{material.Log.Origin}' cannot be computed ({problem.Code}). Run 'ledgercredit log audit'.");
        }

        // What is handed out must verify: a store that was altered must not make evidence that looks like a forgery.
        LogEntry entry = new(record.Kind, commitment.RecordDigest, terms?.Digest() ?? Bytes32.Zero);
        if (record.Issuer != material.Log.Issuer
            || !entry.Encode().AsSpan().SequenceEqual(stored.Entry)
            || material.Inclusion.Verify(MerkleHash.Leaf(stored.Entry), material.Anchor.Root) != InclusionFailure.None)
        {
            throw new LogIntegrityException($"{place} is not the one that was anchored: the store was altered. Run 'ledgercredit log audit'.");
        }

        return new EvidenceFile
        {
            Record = new EvidenceRecord(
                record.Kind.ToName(),
                record.Issuer,
                commitment.Payload,
                [.. commitment.Disclosures.Select(d => d.Encoded)],
                terms?.Encode()),
            Entry = stored.Entry,
            Inclusion = material.Inclusion,
            Checkpoint = material.Checkpoint,
            Anchor = material.Anchor,
        };
    }

    private StoredAnchor? FindAnchor(StoredLog log, LogPosition position)
    {
        if (_cosigned is null)
        {
            return _store.Anchors.FindCovering(position.Log, position.LeafIndex);
        }

        return FindCosigned(_cosigned, log, position.LeafIndex);
    }

    // The first of the greatest: what is shown is as old as it can be. Nearly always that is the first that is looked at, of any number.
    private StoredAnchor? FindCosigned(CosignedCheckpoints cosigned, StoredLog log, ulong leafIndex)
    {
        IReadOnlyList<ulong> sizes = _store.Cosignatures.ReadSizes(log.Number, leafIndex, CosignedPage);
        if (sizes.Count == 0)
        {
            return null;
        }

        // The next records have the same ones behind them.
        if (_lastCosigned is { } last && last.Log == log.Number && last.FirstSize == sizes[0])
        {
            return last.Anchor;
        }

        StoredAnchor? found = FindCosigned(cosigned, log, sizes);
        _lastCosigned = (log.Number, sizes[0], found);
        return found;
    }

    private StoredAnchor? FindCosigned(CosignedCheckpoints cosigned, StoredLog log, IReadOnlyList<ulong> sizes)
    {
        (StoredAnchor? Anchor, int Cosignatures) best = (null, 0);
        for (int looked = 0; sizes.Count > 0 && looked < MaxCosigned; looked += CosignedPage)
        {
            foreach (ulong size in sizes)
            {
                int count = cosigned.Count(log, size);
                if (count > best.Cosignatures && _store.Anchors.Find(log.Number, size) is { IsInFlight: false } anchor)
                {
                    best = (anchor, count);
                    if (count == cosigned.Witnesses)
                    {
                        return anchor;
                    }
                }
            }

            sizes = sizes.Count == CosignedPage ? _store.Cosignatures.ReadSizes(log.Number, sizes[^1], CosignedPage) : [];
        }

        return best.Anchor;
    }

    private AnchoredTree LoadTree(StoredLog log, StoredAnchor anchor)
    {
        (int, ulong) key = (log.Number, anchor.TreeSize);
        if (_trees.TryGetValue(key, out AnchoredTree? known))
        {
            return known;
        }

        if (_trees.Count == MaxTrees)
        {
            _trees.Clear();
        }

        AnchoredTree loaded = ReadTree(log, anchor);
        _trees.Add(key, loaded);
        return loaded;
    }

    private TileCache TilesOf(StoredLog log)
    {
        if (_tiles.TryGetValue(log.Number, out TileCache? known))
        {
            return known;
        }

        if (_tiles.Count == MaxTileCaches)
        {
            // The trees hold on to their log's tiles.
            _tiles.Clear();
            _trees.Clear();
        }

        TileCache tiles = new(_store.Tiles.ReaderOf(log.Number));
        _tiles.Add(log.Number, tiles);
        return tiles;
    }

    private AnchoredTree ReadTree(StoredLog log, StoredAnchor anchor)
    {
        string place = $"The anchor of log '{log.Origin}' at size {anchor.TreeSize}";
        ContractAddresses contracts = _ledger.Contracts ?? throw new WorkspaceException("This workspace knows no contracts yet. Deploy them with 'ledgercredit contracts deploy'.");
        TreeProofs proofs = new(TilesOf(log), anchor.TreeSize);
        Bytes32 root = proofs.RootHash(anchor.TreeSize);
        Bytes32 logId = LogId.FromOrigin(log.Origin);
        if (!LedgerProof.TryDecode(anchor.LedgerProof, out LedgerProof? proof))
        {
            throw new LogIntegrityException($"{place} has a damaged ledger proof. Run 'ledgercredit log audit'.");
        }

        AnchorProofCheck check = AnchorProofCheck.Verify(proof, _hashRule, contracts.EvidenceLog, logId, root, anchor.TreeSize);
        if (check.Problem is not null)
        {
            throw new LogIntegrityException($"{place} has a ledger proof that does not show it. {check.Problem} Run 'ledgercredit log audit'.");
        }

        byte[] note = _store.Checkpoints.Find(log.Number, anchor.TreeSize)
            ?? throw new LogIntegrityException($"{place} has no checkpoint. Run 'ledgercredit log audit'.");
        if (!NoteVerifierKey.TryParse(log.VerifierKey, out NoteVerifierKey? key, out _)
            || !SignedNote.TryParse(note, out SignedNote? signed, out _)
            || signed.VerifyOnly(key) != NoteFailure.None
            || signed.Text != new Checkpoint(log.Origin, anchor.TreeSize, root).Format())
        {
            throw new LogIntegrityException($"{place} has a checkpoint that is not the log's. Run 'ledgercredit log audit'.");
        }

        return new AnchoredTree(
            proofs,
            (_cosigned is null ? signed : signed.With(_cosigned.LinesOf(log, anchor.TreeSize, signed.Text))).Format(),
            new EvidenceAnchor(
                _ledger.ChainId,
                contracts.EvidenceLog,
                logId,
                root,
                new EvidenceBlock(check.Header!.Number, proof.BlockHash, proof.Header, proof.Descendants),
                proof.AccountNodes,
                proof.StorageNodes));
    }


    private sealed record AnchoredTree(TreeProofs Proofs, string Checkpoint, EvidenceAnchor Anchor);
}
