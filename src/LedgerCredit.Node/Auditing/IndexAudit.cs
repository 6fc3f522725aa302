using System.Data.Common;
using System.Runtime.ExceptionServices;
using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;
using LedgerCredit.Storage.Indexes;

namespace LedgerCredit.Node.Auditing;

/// <summary>The fingerprints of the pairs that the indexes should have.</summary>
internal readonly record struct IndexFingerprints(PairFingerprint Ids, PairFingerprint Subjects, PairFingerprint Leaves, PairFingerprint Superseded)
{
    /// <summary>Those of no entries.</summary>
    public static IndexFingerprints Empty { get; } = new(PairFingerprint.Empty, PairFingerprint.Empty, PairFingerprint.Empty, PairFingerprint.Empty);

    /// <summary>Those of the entries of both.</summary>
    public IndexFingerprints With(IndexFingerprints other) =>
        new(Ids.With(other.Ids), Subjects.With(other.Subjects), Leaves.With(other.Leaves), Superseded.With(other.Superseded));
}

/// <summary>Compares the indexes of records with what the records lead to.</summary>
/// <remarks>
/// One pass over the pairs of each, compared as sets by a fingerprint (<see cref="FingerprintKey"/>). Only where these differ each record
/// is looked for in the index, which takes as long as reading all of them once more and names those that are not found. The pairs are read
/// before it is known what they should be, so that this is done beside the check of the file and no processor waits at the end.
/// </remarks>
internal sealed class IndexAudit(Store store, FingerprintKey key, AuditFindings findings)
{
    private static readonly RecordRules Rules = new() { AllowNaturalPersons = true, AllowAccess = true };

    private readonly List<string> _problems = [];
    private IndexFingerprints _found = IndexFingerprints.Empty;
    private Exception? _damage;

    /// <summary>Reads the pairs of all of them. Once, before <see cref="Compare"/> and in the same transaction.</summary>
    /// <param name="cancellationToken">Stops between chunks.</param>
    public void Read(CancellationToken cancellationToken)
    {
        try
        {
            _found = new IndexFingerprints(
                ReadAll(IndexKind.Id, cancellationToken),
                ReadAll(IndexKind.Subject, cancellationToken),
                ReadAll(IndexKind.Leaf, cancellationToken),
                ReadAll(IndexKind.Superseded, cancellationToken));
        }
        catch (Exception e) when (e is DbException or LogIntegrityException)
        {
            // Thrown when it is compared: the records are audited all the same.
            _damage = e;
        }
    }

    /// <summary>Compares what was read.</summary>
    /// <param name="logs">The logs of the store.</param>
    /// <param name="expected">What the replay of these logs led to.</param>
    /// <param name="isExpectedWhole">
    /// Whether each record of each log was readable: otherwise nothing is known of some pairs, and only what is known is asked for.
    /// </param>
    /// <param name="cancellationToken">Stops between records.</param>
    /// <exception cref="LogIntegrityException">An index could not be read to its end.</exception>
    /// <exception cref="DbException">The same.</exception>
    public void Compare(IReadOnlyList<StoredLog> logs, IndexFingerprints expected, bool isExpectedWhole, CancellationToken cancellationToken)
    {
        if (_damage is not null)
        {
            ExceptionDispatchInfo.Throw(_damage);
        }

        if (_found != expected)
        {
            LookForAll(logs, isExpectedWhole, cancellationToken);
        }

        foreach (string problem in _problems)
        {
            findings.Add(new AuditFinding("index-altered", null, null, $"The derived index was altered. {problem}"));
        }
    }

    private PairFingerprint ReadAll(IndexKind kind, CancellationToken cancellationToken)
    {
        PairFingerprint fingerprint = PairFingerprint.Empty;
        IndexScan scan = store.Index.ReadPairs(kind);
        while (scan.Read(out ReadOnlySpan<IndexPair> pairs))
        {
            cancellationToken.ThrowIfCancellationRequested();
            fingerprint = fingerprint.With(key.Of(pairs));
        }

        _problems.AddRange(scan.Problems);
        return fingerprint;
    }

    private void LookForAll(IReadOnlyList<StoredLog> logs, bool isExpectedWhole, CancellationToken cancellationToken)
    {
        try
        {
            int missing = logs.Sum(log => LookForEach(log, cancellationToken));
            if (missing == 0 && isExpectedWhole && _problems.Count == 0)
            {
                findings.Add(new AuditFinding("index-altered", null, null, "The derived index has pairs that follow from no record."));
            }
        }
        catch (LogIntegrityException e)
        {
            // A part of the index that cannot even be read: nothing more is found out by looking further.
            if (_problems.Count == 0)
            {
                _problems.Add(e.Message);
            }
        }
    }

    private int LookForEach(StoredLog log, CancellationToken cancellationToken)
    {
        int missing = 0;
        byte[]? tile = null;
        foreach (StoredEntry stored in store.Entries.ReadAll(log.Number))
        {
            cancellationToken.ThrowIfCancellationRequested();
            LogPosition position = stored.Position;
            int offset = (int)(position.LeafIndex % TileLayout.FullWidth);
            if (offset == 0)
            {
                tile = store.Tiles.Find(log.Number, level: 0, position.LeafIndex / TileLayout.FullWidth);
            }

            if (!HasLeaf(stored, tile, offset) || !HasRecord(stored))
            {
                missing++;
                findings.Add(new AuditFinding("index-altered", log.Issuer, position.LeafIndex, "The record is not found by its id, its subject, its leaf hash and what it replaces: the derived index was altered."));
            }

            if (findings.IsFull)
            {
                break;
            }
        }

        return missing;
    }

    // Entry or tile may have been altered, which has its finding already: the index need only agree with one of them.
    private bool HasLeaf(StoredEntry stored, byte[]? tile, int offset)
    {
        int start = offset * Bytes32.Length;
        return store.Index.Has(IndexKind.Leaf, IndexKeys.OfLeaf(MerkleHash.Leaf(stored.Entry)), stored.Position)
            || (tile is not null
                && tile.Length >= start + Bytes32.Length
                && store.Index.Has(IndexKind.Leaf, IndexKeys.OfLeaf(Bytes32.FromBytes(tile.AsSpan(start, Bytes32.Length))), stored.Position));
    }

    // A record that cannot be read has its finding already.
    private bool HasRecord(StoredEntry stored) =>
        !CreditRecord.TryParse(stored.Record ?? [], Rules, out CreditRecord? record, out _)
        || (store.Index.Has(IndexKind.Id, IndexKeys.OfId(stored.Position.Log, record.Kind, record.Id), stored.Position)
            && store.Index.HasSubject(record.Subject.ToString(), stored.Position)
            && (record.Supersedes is not string superseded
                || store.Index.Has(IndexKind.Superseded, IndexKeys.OfId(stored.Position.Log, record.Kind, superseded), stored.Position)));
}
