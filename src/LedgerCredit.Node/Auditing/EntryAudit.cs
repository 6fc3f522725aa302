using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Node.Sequencing;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Auditing;

/// <summary>Checks one stored entry against its record, its secret and its leaf hash in the tiles.</summary>
/// <param name="log">The log.</param>
/// <param name="key">The log's verifier key, for erasure statements.</param>
/// <param name="packs">The rule packs.</param>
/// <param name="subjectKey">The network subject key.</param>
/// <param name="rules">The rules by which the records were accepted.</param>
internal sealed class EntryAudit(StoredLog log, NoteVerifierKey key, IRulePackSource packs, Bytes32 subjectKey, RecordRules rules)
{
    /// <summary>The verdict on one entry.</summary>
    /// <param name="LeafHash">The leaf hash to go on with: the one that most of the evidence speaks for.</param>
    /// <param name="Record">The record, where it could be read.</param>
    /// <param name="Erased">Where the entry was erased with a sound statement.</param>
    /// <param name="Finding">What diverges, or null.</param>
    public sealed record Outcome(Bytes32 LeafHash, CreditRecord? Record, ErasedEntry? Erased, AuditFinding? Finding);

    /// <summary>Checks an entry.</summary>
    /// <param name="stored">As it stands in the store.</param>
    /// <param name="erasure">Its erasure statement, or null.</param>
    /// <param name="tileHash">Its leaf hash by the stored tile, or null where that is missing.</param>
    public Outcome Check(StoredEntry stored, byte[]? erasure, Bytes32? tileHash)
    {
        Bytes32 storedLeaf = MerkleHash.Leaf(stored.Entry);
        bool treeAgrees = tileHash == storedLeaf;
        if (stored.Record is null)
        {
            return CheckErased(stored, erasure, storedLeaf, tileHash);
        }

        if (erasure is not null)
        {
            return new Outcome(storedLeaf, null, null, Finding(stored, "erasure-contradicted", "The entry has an erasure statement, but its record is still there."));
        }

        // Recompute the entry from the record and its secret: the one thing that neither the entry nor the tree can tell.
        LogEntry? recomputed = Recompute(stored.Record, stored.Secret, out CreditRecord? record, out string? why);
        if (recomputed is not null && recomputed.Encode().AsSpan().SequenceEqual(stored.Entry))
        {
            return treeAgrees
                ? new Outcome(storedLeaf, record, null, null)
                : new Outcome(storedLeaf, record, null, Finding(stored, "tile-altered", "The hash tile holds another leaf hash than the entry has, and the record agrees with the entry: the tile was altered."));
        }

        if (recomputed is not null && tileHash is Bytes32 inTree && MerkleHash.Leaf(recomputed.Encode()) == inTree)
        {
            return new Outcome(inTree, record, null, Finding(stored, "entry-altered", "The entry is not what the record commits to, and the tree agrees with the record: the entry's bytes were altered."));
        }

        Bytes32 leaf = tileHash ?? storedLeaf;
        if (recomputed is null)
        {
            return new Outcome(leaf, null, null, Finding(stored, "record-altered", why!));
        }

        return new Outcome(leaf, record, null, Finding(stored, treeAgrees ? "record-altered" : "entry-and-tile-altered", Describe(stored, recomputed, treeAgrees)));
    }

    private Outcome CheckErased(StoredEntry stored, byte[]? note, Bytes32 storedLeaf, Bytes32? tileHash)
    {
        if (note is null)
        {
            return new Outcome(storedLeaf, null, null, Finding(stored, "record-missing", "The record is missing without a signed statement of erasure: damage, not an erasure."));
        }

        if (stored.Secret is not null)
        {
            return new Outcome(storedLeaf, null, null, Finding(stored, "erasure-contradicted", "The entry has an erasure statement, but the secret of its record is still there."));
        }

        if (!ErasureStatement.TryVerify(note, key, out ErasureStatement? statement)
            || statement.Origin != log.Origin
            || statement.LeafIndex != stored.Position.LeafIndex)
        {
            return new Outcome(storedLeaf, null, null, Finding(stored, "erasure-altered", "The erasure statement is not signed by the log's key for this entry."));
        }

        ErasedEntry erased = new(stored.Position.LeafIndex, statement.ErasedAt, statement.Reason);
        if (statement.LeafHash != storedLeaf)
        {
            return new Outcome(statement.LeafHash, null, erased, Finding(stored, "entry-altered", "The entry is not the one that the signed erasure statement names: its bytes were altered."));
        }

        return tileHash == storedLeaf
            ? new Outcome(storedLeaf, null, erased, null)
            : new Outcome(storedLeaf, null, erased, Finding(stored, "tile-altered", "The hash tile holds another leaf hash than the entry has, and the signed erasure statement agrees with the entry: the tile was altered."));
    }

    private LogEntry? Recompute(byte[] canonical, byte[]? secret, out CreditRecord? record, out string? why)
    {
        record = null;
        if (secret is null)
        {
            why = "The secret is missing beside its record: it was removed.";
            return null;
        }

        if (secret.Length != Bytes32.Length)
        {
            why = $"The secret has {secret.Length} bytes instead of {Bytes32.Length}: it was altered.";
            return null;
        }

        if (!CreditRecord.TryParse(canonical, rules, out record, out IReadOnlyList<RecordProblem> problems))
        {
            why = $"The record is not valid any more ({problems[0].Code} at '{problems[0].Path}'): it was altered.";
            return null;
        }

        if (record.Issuer != log.Issuer || !record.ToCanonicalBytes().AsSpan().SequenceEqual(canonical))
        {
            why = record.Issuer != log.Issuer
                ? "The record names another issuer than its log's: it was altered."
                : "The record is not in canonical form any more: it was altered.";
            return null;
        }

        LogEntry? entry = PreparedRecord.TryCommit(record, packs, subjectKey, Bytes32.FromBytes(secret), out RecordProblem? problem);
        why = entry is null ? $"The terms of the record cannot be computed any more ({problem!.Code} at '{problem.Path}'): it was altered." : null;
        return entry;
    }

    private string Describe(StoredEntry stored, LogEntry recomputed, bool treeAgrees)
    {
        if (!treeAgrees)
        {
            return "Record, entry and hash tile all disagree: at least two of them were altered.";
        }

        if (!LogEntry.TryDecode(stored.Entry, rules, out LogEntry? entry, out _))
        {
            return "The entry is not in the form of an entry, though the tree holds it.";
        }

        // The terms are salted with a value derived from the secret: where they still agree, so does the secret.
        bool secretAgrees = entry.Kind == RecordKind.Sanction && entry.TermsDigest == recomputed.TermsDigest;
        return secretAgrees
            ? "The record does not match its digest in the entry; its terms still do, and with them its secret: the record was altered."
            : "The record and its secret do not match the digest in the entry, which the tree holds: the record or its secret was altered.";
    }

    private AuditFinding Finding(StoredEntry stored, string code, string message) => new(code, log.Issuer, stored.Position.LeafIndex, message);
}
