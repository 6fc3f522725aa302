using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Evidence;

/// <summary>The commitment to a record: binds to every member and shows none.</summary>
/// <remarks>docs/spec/records.md sections 5 and 6. Destroying record and secret erases what was committed to.</remarks>
public sealed class RecordCommitment
{
    private RecordCommitment(RecordPayload payload, byte[] payloadBytes, IReadOnlyList<Disclosure> disclosures)
    {
        Payload = payload.Json;
        PayloadBytes = payloadBytes;
        RecordDigest = Sha256.Hash(payloadBytes);
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

        List<Disclosure> disclosures = [];
        foreach (JsonMember member in RecordMembers.Of(record))
        {
            disclosures.Add(Disclosure.Create(secret, member.Name, member.Value));
        }

        RecordPayload payload = RecordPayload.Create(record.Kind, record.Issuer, disclosures);
        return new RecordCommitment(payload, payload.ToCanonicalBytes(), disclosures);
    }
}
