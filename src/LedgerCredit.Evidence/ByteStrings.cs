using LedgerCredit.Primitives;

namespace LedgerCredit.Evidence;

/// <summary>Byte strings one behind the other in one buffer, as they are hashed together.</summary>
/// <remarks>The buffers grow with their largest use and are kept: <see cref="Clear"/> begins anew in them.</remarks>
internal sealed class ByteStrings
{
    private byte[] _bytes = new byte[4096];
    private int[] _lengths = new int[64];
    private int[] _starts = new int[64];
    private int _end;

    /// <summary>All bytes.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _end);

    /// <summary>All bytes, and <see cref="Base64UrlWriter.Room"/> behind them that mean nothing.</summary>
    public ReadOnlySpan<byte> BytesWithRoom => _bytes.AsSpan(0, _end + Base64UrlWriter.Room);

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>The length of each.</summary>
    public ReadOnlySpan<int> Lengths => _lengths.AsSpan(0, Count);

    /// <summary>One of them.</summary>
    public ReadOnlySpan<byte> this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            return _bytes.AsSpan(_starts[index], _lengths[index]);
        }
    }

    /// <summary>Forgets them all.</summary>
    public void Clear()
    {
        Count = 0;
        _end = 0;
    }

    /// <summary>Adds one of a known length.</summary>
    /// <returns>Its bytes, to be written; valid until the next one is added.</returns>
    public Span<byte> Add(int length)
    {
        if (_bytes.Length - _end < length + Base64UrlWriter.Room)
        {
            Array.Resize(ref _bytes, Math.Max(_end + length + Base64UrlWriter.Room, 2 * _bytes.Length));
        }

        if (Count == _lengths.Length)
        {
            Array.Resize(ref _lengths, 2 * Count);
            Array.Resize(ref _starts, 2 * Count);
        }

        int start = _end;
        _starts[Count] = start;
        _lengths[Count] = length;
        Count++;
        _end += length;
        return _bytes.AsSpan(start, length);
    }

    /// <summary>One of them, to be changed.</summary>
    public Span<byte> Edit(int index) => _bytes.AsSpan(_starts[index], _lengths[index]);
}
