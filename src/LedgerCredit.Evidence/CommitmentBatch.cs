using System.Buffers;
using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Hashing;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Evidence;

/// <summary>A record with its secret, to commit to.</summary>
/// <param name="Record">The record.</param>
/// <param name="Secret">Thirty-two random bytes that are kept with the record and never published.</param>
public readonly record struct RecordWithSecret(CreditRecord Record, Bytes32 Secret);

/// <summary>The commitments to several records, each step of all of them at once: salts, disclosures, digests, payloads.</summary>
/// <remarks>docs/spec/records.md sections 5 and 6. Holds bytes only, so that a record costs few allocations.</remarks>
internal sealed class CommitmentBatch
{
    private const int SaltTextBytes = 22;

    private readonly List<JsonMember> _members = [];
    private readonly List<int> _recordOf = [];
    private readonly ByteStrings _disclosures;
    private readonly ByteStrings _payloads;
    private readonly Bytes32[] _macs;
    private readonly Bytes32[] _digests;

    /// <summary>Commits to records.</summary>
    public CommitmentBatch(ReadOnlySpan<RecordWithSecret> records)
    {
        for (int i = 0; i < records.Length; i++)
        {
            foreach (JsonMember member in RecordMembers.Of(records[i].Record))
            {
                _members.Add(member);
                _recordOf.Add(i);
            }
        }

        _macs = MakeMacs(records);
        _disclosures = WriteDisclosures();
        _digests = _disclosures.Hash();
        _payloads = WritePayloads(records);
        RecordDigests = _payloads.Hash();
    }

    /// <summary>For each record, its digest.</summary>
    public Bytes32[] RecordDigests { get; }

    /// <summary>The members of all records, in the order of <see cref="RecordMembers.Of"/>.</summary>
    public IReadOnlyList<JsonMember> Members => _members;

    /// <summary>The canonical payload of a record.</summary>
    public ReadOnlySpan<byte> Payload(int record) => _payloads[record];

    /// <summary>The disclosure of a member.</summary>
    public Disclosure Disclosure(int member) => new(
        Base64Text.EncodeUrl(Salt(member)),
        _members[member].Name,
        _members[member].Value,
        Encoding.ASCII.GetString(_disclosures[member]),
        Base64Text.EncodeUrl(_digests[member].AsSpan()));

    private ReadOnlySpan<byte> Salt(int member) => _macs[member].AsSpan()[..Evidence.Disclosure.SaltBytes];

    private Bytes32[] MakeMacs(ReadOnlySpan<RecordWithSecret> records)
    {
        ByteStrings labels = new(_members.Count, 40);
        foreach (JsonMember member in _members)
        {
            labels.Output.Write(Evidence.Disclosure.SaltLabel);
            Encoding.UTF8.GetBytes(member.Name, labels.Output);
            labels.End();
        }

        Bytes32[] secrets = new Bytes32[records.Length];
        for (int i = 0; i < records.Length; i++)
        {
            secrets[i] = records[i].Secret;
        }

        Bytes32[] macs = new Bytes32[_members.Count];
        Sha256Batch.Hmac(secrets, CollectionsMarshal.AsSpan(_recordOf), labels.Bytes, labels.Lengths, macs);
        return macs;
    }

    private ByteStrings WriteDisclosures()
    {
        ByteStrings disclosures = new(_members.Count, 160);
        CanonicalJsonWriter json = new(CanonicalNumbers.Exact);
        Span<byte> salt = stackalloc byte[SaltTextBytes];
        for (int i = 0; i < _members.Count; i++)
        {
            Base64Url.EncodeToUtf8(Salt(i), salt);
            json.Clear();
            json.WriteDisclosure(salt, _members[i].Name, _members[i].Value);
            ReadOnlySpan<byte> plain = json.Written;
            Span<byte> encoded = disclosures.Output.GetSpan(Base64Url.GetEncodedLength(plain.Length));
            disclosures.Output.Advance(Base64Url.EncodeToUtf8(plain, encoded));
            disclosures.End();
        }

        return disclosures;
    }

    private ByteStrings WritePayloads(ReadOnlySpan<RecordWithSecret> records)
    {
        ByteStrings payloads = new(records.Length, 1024);
        DigestText[] texts = new DigestText[_members.Count];
        int first = 0;
        for (int record = 0; record < records.Length; record++)
        {
            int end = first;
            for (; end < _members.Count && _recordOf[end] == record; end++)
            {
                texts[end] = new DigestText(_digests[end]);
            }

            Span<DigestText> own = texts.AsSpan(first..end);
            own.Sort();
            RecordPayload.WriteCanonical(records[record].Record.Kind, records[record].Record.Issuer, own, payloads.Output);
            payloads.End();
            first = end;
        }

        return payloads;
    }
}
