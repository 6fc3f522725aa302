namespace LedgerCredit.Evidence;

/// <summary>Byte strings one behind the other in one buffer, as they are hashed together.</summary>
/// <remarks>The buffers grow with their largest use and are kept: <see cref="Clear"/> begins anew in them.</remarks>
internal sealed class ByteStrings
{
    // What Base64UrlWriter needs behind its input and its output to be fast.
    private const int Room = 64;

    private byte[] _bytes = new byte[4096];
    private int[] _lengths = new int[64];
    private int[] _starts = new int[64];
    private int _end;

    /// <summary>All bytes.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _end);

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
    public Span<byte> Add(int length) => AddWithRoom(length)[..length];

    /// <summary>Adds one of a known length.</summary>
    /// <returns>
    /// Its bytes, to be written, and some behind them, which the next one overwrites; valid until that is added.
    /// </returns>
    public Span<byte> AddWithRoom(int length)
    {
        if (_bytes.Length - _end < length + Room)
        {
            Array.Resize(ref _bytes, Math.Max(_end + length + Room, 2 * _bytes.Length));
        }

        if (Count == _lengths.Length)
        {
            Array.Resize(ref _lengths, 2 * Count);
            Array.Resize(ref _starts, 2 * Count);
        }

        Span<byte> bytes = _bytes.AsSpan(_end, length + Room);
        _starts[Count] = _end;
        _lengths[Count] = length;
        Count++;
        _end += length;
        return bytes;
    }

    /// <summary>One of them, to be changed, and what is behind it, which must stay as it is.</summary>
    public Span<byte> EditWithRoom(int index) => _bytes.AsSpan(_starts[index], _lengths[index] + Room);
}
