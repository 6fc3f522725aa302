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

/// <summary>The commitments to several records, each step for all of them at once: salts, disclosures, digests, payloads.</summary>
/// <remarks>
/// docs/spec/records.md sections 5 and 6. Holds bytes only, and keeps its buffers for the next records, so that a record costs few
/// allocations. Not thread-safe.
/// </remarks>
internal sealed class CommitmentBatch
{
    private const int SaltTextBytes = 22;

    private readonly List<JsonMember> _members = [];
    private readonly List<int> _recordOf = [];
    private readonly ByteStrings _labels = new();
    private readonly ByteStrings _disclosures = new();
    private readonly ByteStrings _payloads = new();
    private readonly CanonicalJsonWriter _json = new(CanonicalNumbers.Exact);
    private Bytes32[] _macs = [];
    private Bytes32[] _digests = [];

    /// <summary>Commits to records, in place of those before.</summary>
    /// <returns>The digest of each.</returns>
    public Bytes32[] Commit(ReadOnlySpan<RecordWithSecret> records)
    {
        _members.Clear();
        _recordOf.Clear();
        for (int i = 0; i < records.Length; i++)
        {
            foreach (JsonMember member in RecordMembers.Of(records[i].Record))
            {
                _members.Add(member);
                _recordOf.Add(i);
            }
        }

        _macs = MakeMacs(records);
        WriteDisclosures();
        _digests = _disclosures.Hash();
        WritePayloads(records);
        return _payloads.Hash();
    }

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
        _labels.Clear();
        foreach (JsonMember member in _members)
        {
            _labels.Output.Write(Evidence.Disclosure.SaltLabel);
            Encoding.UTF8.GetBytes(member.Name, _labels.Output);
            _labels.End();
        }

        Bytes32[] secrets = new Bytes32[records.Length];
        for (int i = 0; i < records.Length; i++)
        {
            secrets[i] = records[i].Secret;
        }

        Bytes32[] macs = new Bytes32[_members.Count];
        Sha256Batch.Hmac(secrets, CollectionsMarshal.AsSpan(_recordOf), _labels.Bytes, _labels.Lengths, macs);
        return macs;
    }

    private void WriteDisclosures()
    {
        _disclosures.Clear();
        Span<byte> salt = stackalloc byte[SaltTextBytes];
        for (int i = 0; i < _members.Count; i++)
        {
            Base64Url.EncodeToUtf8(Salt(i), salt);
            _json.Clear();
            _json.WriteDisclosure(salt, _members[i].Name, _members[i].Value);
            ReadOnlySpan<byte> plain = _json.Written;
            Span<byte> encoded = _disclosures.Output.GetSpan(Base64Url.GetEncodedLength(plain.Length));
            _disclosures.Output.Advance(Base64Url.EncodeToUtf8(plain, encoded));
            _disclosures.End();
        }
    }

    private void WritePayloads(ReadOnlySpan<RecordWithSecret> records)
    {
        _payloads.Clear();
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
            RecordPayload.WriteCanonical(records[record].Record.Kind, records[record].Record.Issuer, own, _payloads.Output);
            _payloads.End();
            first = end;
        }
    }
}
