using System.Security.Cryptography;
using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Primitives;

namespace LedgerCredit.Node.Sequencing;

/// <summary>What the log needs of a valid record: its commitment, its canonical form and what it is found by.</summary>
/// <param name="Kind">What it states.</param>
/// <param name="Issuer">The member that states it.</param>
/// <param name="Id">Its id.</param>
/// <param name="Subject">Whom it is about, <c>scheme:value</c>.</param>
/// <param name="Supersedes">The id of the record that it replaces, or null.</param>
/// <param name="Canonical">Its canonical form.</param>
/// <param name="Secret">Its fresh secret.</param>
/// <param name="Entry">What goes into the log, <see cref="LogEntry.Length"/> bytes.</param>
/// <param name="LeafHash">The entry's leaf hash.</param>
/// <remarks>Holds no JSON, which takes many times the memory: records wait in large groups for their places.</remarks>
public sealed record PreparedRecord(
    RecordKind Kind,
    string Issuer,
    string Id,
    string Subject,
    string? Supersedes,
    byte[] Canonical,
    Bytes32 Secret,
    byte[] Entry,
    Bytes32 LeafHash)
{
    /// <summary>Who enters it, where that is to be kept; beside the record, not in it.</summary>
    public string? EnteredBy { get; init; }

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
        return TryPrepareWith(secret, record, packs, subjectKey, out problem);
    }

    /// <summary>Commits a record under a secret that was drawn for it.</summary>
    internal static PreparedRecord? TryPrepareWith(
        Bytes32 secret, CreditRecord record, IRulePackSource packs, Bytes32 subjectKey, out RecordProblem? problem)
    {
        if (TryCommit(record, packs, subjectKey, secret, out problem)?.Encode() is not byte[] entry)
        {
            return null;
        }

        return new PreparedRecord(
            record.Kind,
            record.Issuer,
            record.Id,
            record.Subject.ToString(),
            record.Supersedes,
            record.ToCanonicalBytes(),
            secret,
            entry,
            MerkleHash.Leaf(entry));
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
