using System.Runtime.InteropServices;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Hashing;

namespace LedgerCredit.Evidence;

/// <summary>The commitments to several records, each step for all of them at once: salts, disclosures, digests, payloads.</summary>
/// <remarks>
/// docs/spec/records.md sections 5 and 6. Takes the members as bytes and keeps its buffers for the next records, so that a record
/// costs no allocations. Not thread-safe.
/// </remarks>
internal sealed class CommitmentBatch
{
    private const int SaltTextBytes = 22;

    // What stands before the salt in the array that a disclosure is the base64url form of.
    private const int SaltStart = 2;

    // Disclosure.SaltLabel and RecordMembers.ClaimPrefixUtf8.
    private static ReadOnlySpan<byte> ClaimLabel => "ledgercredit:salt:1:claims."u8;

    // ["salt","name",value] up to the name, where the salt is not known yet.
    private static ReadOnlySpan<byte> MemberArray => "[\"                      \",\""u8;

    private static ReadOnlySpan<byte> ClaimArray => "[\"                      \",\"claims."u8;

    private readonly List<Bytes32> _secrets = [];
    private readonly List<RecordKind> _kinds = [];
    private readonly List<int> _memberEnds = [];
    private readonly ByteStrings _issuers = new();
    private readonly ByteStrings _labels = new();
    private readonly ByteStrings _arrays = new();
    private readonly ByteStrings _payloads = new();
    private readonly DigestSorter _sorter = new();
    private int[] _recordOf = new int[64];
    private int _members;
    private Bytes32[] _macs = [];
    private Bytes32[] _digests = [];
    private Bytes32[] _recordDigests = [];
    private DigestText[] _texts = [];

    /// <summary>The number of records.</summary>
    public int Count => _kinds.Count;

    /// <summary>Forgets all records.</summary>
    public void Clear()
    {
        _secrets.Clear();
        _kinds.Clear();
        _memberEnds.Clear();
        _members = 0;
        _issuers.Clear();
        _labels.Clear();
        _arrays.Clear();
        _payloads.Clear();
    }

    /// <summary>Adds a record, whose members follow.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="issuer">Its issuer's slug in ASCII.</param>
    /// <param name="secret">Its secret.</param>
    public void AddRecord(RecordKind kind, ReadOnlySpan<byte> issuer, Bytes32 secret)
    {
        _kinds.Add(kind);
        _secrets.Add(secret);
        _memberEnds.Add(_members);
        issuer.CopyTo(_issuers.Add(issuer.Length));
    }

    /// <summary>Adds a member to the record that was added last.</summary>
    /// <param name="putClaimPrefix">Whether <see cref="RecordMembers.ClaimPrefixUtf8"/> is to stand before the name.</param>
    /// <param name="name">The rest of the name in UTF-8.</param>
    /// <param name="escapedName">The same as it stands in canonical JSON, without quotation marks.</param>
    /// <param name="value">The value as canonical JSON.</param>
    public void AddMember(bool putClaimPrefix, ReadOnlySpan<byte> name, ReadOnlySpan<byte> escapedName, ReadOnlySpan<byte> value)
    {
        if (_members == _recordOf.Length)
        {
            Array.Resize(ref _recordOf, 2 * _members);
        }

        _recordOf[_members++] = Count - 1;
        _memberEnds[^1] = _members;

        ReadOnlySpan<byte> labelHead = putClaimPrefix ? ClaimLabel : Disclosure.SaltLabel;
        Put(name, Put(labelHead, _labels.Add(labelHead.Length + name.Length)));

        ReadOnlySpan<byte> arrayHead = putClaimPrefix ? ClaimArray : MemberArray;
        Span<byte> rest = Put(escapedName, Put(arrayHead, _arrays.Add(arrayHead.Length + escapedName.Length + 2 + value.Length + 1)));
        rest[0] = (byte)'"';
        rest[1] = (byte)',';
        Put(value, rest[2..])[0] = (byte)']';
    }

    /// <summary>Commits to all records.</summary>
    public void Compute()
    {
        int members = _members;

        // One more, so that the salt of the last one has something behind it, too.
        Grow(ref _macs, members + 1);
        Grow(ref _digests, members);
        Grow(ref _recordDigests, Count);
        Grow(ref _texts, members);

        Sha256Batch.Hmac(
            CollectionsMarshal.AsSpan(_secrets), _recordOf.AsSpan(0, members), _labels.Bytes, _labels.Lengths, _macs.AsSpan(0, members));
        WriteSalts();
        Sha256Batch.HashBase64Url(_arrays.BytesWithRoom, _arrays.Lengths, _digests.AsSpan(0, members));
        WritePayloads();
        Sha256Batch.Hash(_payloads.Bytes, _payloads.Lengths, _recordDigests.AsSpan(0, Count));
    }

    /// <summary>The digest of each record, after <see cref="Compute"/>.</summary>
    public ReadOnlySpan<Bytes32> RecordDigests => _recordDigests.AsSpan(0, Count);

    /// <summary>The canonical payload of a record.</summary>
    public ReadOnlySpan<byte> Payload(int record) => _payloads[record];

    /// <summary>The salt of a member; members are counted over all records.</summary>
    public ReadOnlySpan<byte> Salt(int member) => _macs[member].AsSpan()[..Evidence.Disclosure.SaltBytes];

    /// <summary>The array that the disclosure of a member is the base64url form of.</summary>
    public ReadOnlySpan<byte> ArrayOf(int member) => _arrays[member];

    /// <summary>The digest of a member's disclosure.</summary>
    public Bytes32 DigestOf(int member) => _digests[member];

    private void WriteSalts()
    {
        Span<byte> salt = stackalloc byte[SaltTextBytes + Base64UrlWriter.Room];
        for (int i = 0; i < _arrays.Count; i++)
        {
            Base64UrlWriter.Write(MemoryMarshal.AsBytes(_macs.AsSpan(i, 2)), Evidence.Disclosure.SaltBytes, salt);
            salt[..SaltTextBytes].CopyTo(_arrays.Edit(i)[SaltStart..]);
        }
    }

    private void WritePayloads()
    {
        int first = 0;
        for (int record = 0; record < Count; record++)
        {
            int count = _memberEnds[record] - first;
            Span<DigestText> texts = _texts.AsSpan(first, count);
            for (int i = 0; i < count; i++)
            {
                texts[i] = new DigestText(_digests[first + i]);
            }

            ReadOnlySpan<int> order = _sorter.Sort(texts);
            Span<byte> payload = _payloads.Add(RecordPayload.CanonicalLength(_kinds[record], _issuers[record].Length, count));
            RecordPayload.WriteCanonical(_kinds[record], _issuers[record], texts, order, payload);
            first += count;
        }
    }

    private static Span<byte> Put(ReadOnlySpan<byte> text, Span<byte> output)
    {
        text.CopyTo(output);
        return output[text.Length..];
    }

    private static void Grow<T>(ref T[] array, int length)
    {
        if (array.Length < length)
        {
            array = new T[Math.Max(length, 2 * array.Length)];
        }
    }
}
