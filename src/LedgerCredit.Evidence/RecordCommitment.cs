using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Evidence;

/// <summary>The commitment to a record: binds to every member and shows none.</summary>
/// <remarks>docs/spec/records.md sections 5 and 6. Destroying record and secret erases what was committed to.</remarks>
public sealed class RecordCommitment
{
    // Records that are committed to together: their disclosures stay in the processor's cache.
    private const int RecordsAtOnce = 64;

    private RecordCommitment(RecordPayload payload, byte[] payloadBytes, Bytes32 recordDigest, IReadOnlyList<Disclosure> disclosures)
    {
        Payload = payload.Json;
        PayloadBytes = payloadBytes;
        RecordDigest = recordDigest;
        Disclosures = disclosures;
    }

    /// <summary>The digests of the disclosures with kind and issuer.</summary>
    public JsonObject Payload { get; }

    /// <summary>The canonical form of <see cref="Payload"/>.</summary>
    public ReadOnlyMemory<byte> PayloadBytes { get; }

    /// <summary>SHA-256 of <see cref="PayloadBytes"/>.</summary>
    public Bytes32 RecordDigest { get; }

    /// <summary>
    /// The disclosures of all members: id, subject, issuedAt, supersedes where there is one, then the claims in the
    /// record's order.
    /// </summary>
    public IReadOnlyList<Disclosure> Disclosures { get; }

    /// <summary>Commits to a record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="secret">Thirty-two random bytes that are kept with the record and never published.</param>
    public static RecordCommitment Create(CreditRecord record, Bytes32 secret)
    {
        ArgumentNullException.ThrowIfNull(record);

        CommitmentBatch batch = new();
        Bytes32 digest = batch.Commit([new RecordWithSecret(record, secret)])[0];
        Disclosure[] disclosures = new Disclosure[batch.Members.Count];
        for (int i = 0; i < disclosures.Length; i++)
        {
            disclosures[i] = batch.Disclosure(i);
        }

        RecordPayload payload = RecordPayload.Create(record.Kind, record.Issuer, disclosures);
        return new RecordCommitment(payload, batch.Payload(0).ToArray(), digest, disclosures);
    }

    /// <summary>The record digests of records, as <see cref="Create"/> gives for each: the fast way where nothing else is wanted.</summary>
    /// <param name="records">The records with their secrets; the more, the fewer nanoseconds each takes.</param>
    /// <param name="digests">One for each record, in order.</param>
    /// <exception cref="ArgumentException">There are not as many digests as records, or a record is null.</exception>
    public static void ComputeDigests(ReadOnlySpan<RecordWithSecret> records, Span<Bytes32> digests)
    {
        if (digests.Length != records.Length)
        {
            throw new ArgumentException($"Expected {records.Length} digests, one for each record, found {digests.Length}.", nameof(digests));
        }

        foreach (RecordWithSecret item in records)
        {
            ArgumentNullException.ThrowIfNull(item.Record, nameof(records));
        }

        CommitmentBatch batch = new();
        for (int first = 0; first < records.Length; first += RecordsAtOnce)
        {
            ReadOnlySpan<RecordWithSecret> group = records[first..Math.Min(first + RecordsAtOnce, records.Length)];
            batch.Commit(group).CopyTo(digests[first..]);
        }
    }
}
