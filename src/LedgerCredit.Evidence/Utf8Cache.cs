using System.Diagnostics.CodeAnalysis;

namespace LedgerCredit.Evidence;

/// <summary>Remembers what follows from short texts in UTF-8, up to a bound.</summary>
/// <remarks>When it is full it begins anew: what it is used for has few different texts, or is rare. Not thread-safe.</remarks>
internal sealed class Utf8Cache<T>
{
    private const int MaxTexts = 1024;

    private readonly Dictionary<byte[], T> _values = new(new BytesComparer());
    private readonly Dictionary<byte[], T>.AlternateLookup<ReadOnlySpan<byte>> _lookup;

    /// <summary>Makes an empty one.</summary>
    public Utf8Cache()
    {
        _lookup = _values.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>Finds what was remembered.</summary>
    public bool TryFind(ReadOnlySpan<byte> text, [MaybeNullWhen(false)] out T value) => _lookup.TryGetValue(text, out value);

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
