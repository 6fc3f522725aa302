using System.Runtime.InteropServices;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Hashing;

namespace LedgerCredit.Evidence;

/// <summary>The terms digests of several sanctions, each step for all of them at once.</summary>
/// <remarks>docs/spec/records.md section 7. Keeps its buffers. Not thread-safe.</remarks>
internal sealed class TermsBatch(Bytes32 subjectKey)
{
    private readonly List<(TermsClaims Claims, Bytes32 Authority)> _sanctions = [];
    private readonly List<Bytes32> _keys = [];
    private readonly List<int> _keyOf = [];
    private readonly ByteStrings _messages = new();
    private readonly ByteStrings _encoded = new();
    private Bytes32[] _macs = [];
    private Bytes32[] _digests = [];

    /// <summary>The number of sanctions.</summary>
    public int Count => _sanctions.Count;

    /// <summary>The digest of each sanction's terms, after <see cref="Compute"/>.</summary>
    public ReadOnlySpan<Bytes32> Digests => _digests.AsSpan(0, Count);

    /// <summary>Forgets all sanctions.</summary>
    public void Clear()
    {
        _sanctions.Clear();
        _keys.Clear();
        _keyOf.Clear();
        _messages.Clear();
        _encoded.Clear();
    }

    /// <summary>Adds a sanction.</summary>
    /// <param name="claims">What follows from its claims.</param>
    /// <param name="authority">See <see cref="SanctionTerms.AuthorityOf"/>.</param>
    /// <param name="subject">Its subject in UTF-8.</param>
    /// <param name="secret">Its secret.</param>
    public void Add(TermsClaims claims, Bytes32 authority, ReadOnlySpan<byte> subject, Bytes32 secret)
    {
        if (_keys.Count == 0)
        {
            _keys.Add(subjectKey);
        }

        _sanctions.Add((claims, authority));

        // Two macs for each: the subject's tag, and the salt.
        _keyOf.Add(0);
        subject.CopyTo(_messages.Add(subject.Length));
        _keyOf.Add(_keys.Count);
        _keys.Add(secret);
        SanctionTerms.SaltLabel.CopyTo(_messages.Add(SanctionTerms.SaltLabel.Length));
    }

    /// <summary>Computes the digests.</summary>
    public void Compute()
    {
        if (_macs.Length < _keyOf.Count)
        {
            _macs = new Bytes32[_keyOf.Count];
            _digests = new Bytes32[Count];
        }

        Sha256Batch.Hmac(
            CollectionsMarshal.AsSpan(_keys), CollectionsMarshal.AsSpan(_keyOf), _messages.Bytes, _messages.Lengths, _macs.AsSpan(0, _keyOf.Count));
        for (int i = 0; i < Count; i++)
        {
            (TermsClaims claims, Bytes32 authority) = _sanctions[i];
            SanctionTerms.Create(_macs[2 * i], authority, claims, _macs[(2 * i) + 1]).Write(_encoded.Add(SanctionTerms.Length));
        }

        Sha256Batch.Hash(_encoded.Bytes, _encoded.Lengths, _digests.AsSpan(0, Count));
    }
}
