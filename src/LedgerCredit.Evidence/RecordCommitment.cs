using System.Text;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Evidence;

/// <summary>The commitment to a record: binds to every member and shows none.</summary>
/// <remarks>docs/spec/records.md sections 5 and 6. Destroying record and secret erases what was committed to.</remarks>
public sealed class RecordCommitment
{
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

        JsonMember[] members = [.. RecordMembers.Of(record)];
        CommitmentBatch batch = new();
        batch.AddRecord(record.Kind, Encoding.ASCII.GetBytes(record.Issuer), secret);
        CanonicalJsonWriter json = new(CanonicalNumbers.Exact);
        foreach (JsonMember member in members)
        {
            json.Clear();
            json.WriteValue(new JsonString(member.Name));
            int nameEnd = json.Written.Length;
            json.WriteValue(member.Value);
            batch.AddMember(putClaimPrefix: false, Encoding.UTF8.GetBytes(member.Name), json.Written[1..(nameEnd - 1)], json.Written[nameEnd..]);
        }

        batch.Compute();
        Disclosure[] disclosures = new Disclosure[members.Length];
        for (int i = 0; i < disclosures.Length; i++)
        {
            disclosures[i] = new Disclosure(
                Base64Text.EncodeUrl(batch.Salt(i)),
                members[i].Name,
                members[i].Value,
                Base64Text.EncodeUrl(batch.ArrayOf(i)),
                Base64Text.EncodeUrl(batch.DigestOf(i).AsSpan()));
        }

        RecordPayload payload = RecordPayload.Create(record.Kind, record.Issuer, disclosures);
        return new RecordCommitment(payload, batch.Payload(0).ToArray(), batch.RecordDigests[0], disclosures);
    }
}
