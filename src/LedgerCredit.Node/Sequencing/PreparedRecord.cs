using System.Security.Cryptography;
using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Primitives;

namespace LedgerCredit.Node.Sequencing;

/// <summary>A valid record with its commitment, ready for the log.</summary>
/// <param name="Record">The record.</param>
/// <param name="Canonical">Its canonical form.</param>
/// <param name="Secret">Its fresh secret.</param>
/// <param name="Entry">What goes into the log.</param>
/// <param name="LeafHash">The entry's leaf hash.</param>
public sealed record PreparedRecord(CreditRecord Record, byte[] Canonical, Bytes32 Secret, LogEntry Entry, Bytes32 LeafHash)
{
    /// <summary>Commits a record under a fresh random secret.</summary>
    /// <param name="record">The record.</param>
    /// <param name="packs">The rule packs that a sanction may name.</param>
    /// <param name="subjectKey">The network subject key.</param>
    /// <param name="problem">Why the terms of a sanction cannot be computed, or null.</param>
    /// <returns>Null where there is a problem.</returns>
    public static PreparedRecord? TryPrepare(CreditRecord record, IRulePackSource packs, Bytes32 subjectKey, out RecordProblem? problem)
    {
        ArgumentNullException.ThrowIfNull(record);
        Bytes32 secret = default;
        RandomNumberGenerator.Fill(secret);
        LogEntry? entry = TryCommit(record, packs, subjectKey, secret, out problem);
        return entry is null
            ? null
            : new PreparedRecord(record, record.ToCanonicalBytes(), secret, entry, MerkleHash.Leaf(entry.Encode()));
    }

    /// <summary>Computes the entry of a record under a given secret; the audit uses it on stored records.</summary>
    public static LogEntry? TryCommit(CreditRecord record, IRulePackSource packs, Bytes32 subjectKey, Bytes32 secret, out RecordProblem? problem)
    {
        ArgumentNullException.ThrowIfNull(record);
        problem = null;
        Bytes32 termsDigest = Bytes32.Zero;
        if (record.Kind == RecordKind.Sanction)
        {
            if (!SanctionTerms.TryCreate(record, packs, subjectKey, secret, out SanctionTerms? terms, out problem))
            {
                return null;
            }

            termsDigest = terms.Digest();
        }

        return new LogEntry(record.Kind, RecordCommitment.Create(record, secret).RecordDigest, termsDigest);
    }
}
