using System.Diagnostics.CodeAnalysis;

namespace LedgerCredit.Evidence;

/// <summary>Remembers what follows from short texts in UTF-8, up to a bound.</summary>
/// <remarks>When it is full it begins anew: what it is used for has few different texts, or is rare. Not thread-safe.</remarks>
internal sealed class Utf8Cache<T>
{
    private const int MaxTexts = 1024;

    private readonly Dictionary<byte[], T> _values = new(new BytesComparer());
    private readonly Dictionary<byte[], T>.AlternateLookup<ReadOnlySpan<byte>> _lookup;

    // Often the next one that is asked for.
    private byte[] _lastText = [];
    private T? _lastValue;
    private bool _hasLast;

    /// <summary>Makes an empty one.</summary>
    public Utf8Cache()
    {
        _lookup = _values.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>Finds what was remembered.</summary>
    public bool TryFind(ReadOnlySpan<byte> text, [MaybeNullWhen(false)] out T value)
    {
        if (_hasLast && text.SequenceEqual(_lastText))
        {
            value = _lastValue!;
            return true;
        }

        if (!_lookup.TryGetValue(text, out byte[]? known, out value))
        {
            return false;
        }

        _hasLast = true;
        _lastText = known;
        _lastValue = value;
        return true;
    }

    /// <summary>Remembers a value.</summary>
    public void Add(ReadOnlySpan<byte> text, T value)
    {
        if (_values.Count == MaxTexts)
        {
            _values.Clear();
        }

        _lookup[text] = value;
    }

    private sealed class BytesComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            HashCode hash = default;
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
