using LedgerCredit.Evidence;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Hashing;

namespace LedgerCredit.Storage.Indexes;

/// <summary>Computes many keys of ids and subjects together. Not thread-safe; keeps its buffers.</summary>
public sealed class IndexKeyBatch
{
    private byte[] _messages = new byte[4096];
    private int[] _lengths = new int[64];
    private Bytes32[] _hashes = new Bytes32[64];
    private int _used;

    /// <summary>How many keys there are.</summary>
    public int Count { get; private set; }

    /// <summary>Begins anew.</summary>
    public void Clear()
    {
        _used = 0;
        Count = 0;
    }

    /// <summary>Adds a record's id. See <see cref="IndexKeys.OfId(int, RecordKind, ReadOnlySpan{byte})"/>.</summary>
    /// <returns>The number of its key.</returns>
    public int AddId(int log, RecordKind kind, ReadOnlySpan<byte> id)
    {
        Span<byte> message = Append(IndexKeys.IdPrefixBytes + id.Length);
        IndexKeys.WriteIdPrefix(message, log, kind);
        id.CopyTo(message[IndexKeys.IdPrefixBytes..]);
        return Count - 1;
    }

    /// <summary>Adds a subject. See <see cref="IndexKeys.OfSubject(ReadOnlySpan{byte})"/>.</summary>
    /// <returns>The number of its key.</returns>
    public int AddSubject(ReadOnlySpan<byte> subject)
    {
        Span<byte> message = Append(IndexKeys.SubjectPrefixBytes + subject.Length);
        IndexKeys.WriteSubjectPrefix(message);
        subject.CopyTo(message[IndexKeys.SubjectPrefixBytes..]);
        return Count - 1;
    }

    /// <summary>Computes the keys of all that was added.</summary>
    public void Compute() => Sha256Batch.Hash(_messages.AsSpan(0, _used), _lengths.AsSpan(0, Count), _hashes.AsSpan(0, Count));

    /// <summary>A key, after <see cref="Compute"/>.</summary>
    public ulong Key(int number)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(number, Count);
        return IndexKeys.First(_hashes[number]);
    }

    private Span<byte> Append(int length)
    {
        if (_used + length > _messages.Length)
        {
            Array.Resize(ref _messages, Math.Max(2 * _messages.Length, _used + length));
        }

        if (Count == _lengths.Length)
        {
            Array.Resize(ref _lengths, 2 * Count);
            Array.Resize(ref _hashes, 2 * Count);
        }

        _lengths[Count++] = length;
        _used += length;
        return _messages.AsSpan(_used - length, length);
    }
}
