using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using LedgerCredit.Primitives;

namespace LedgerCredit.Evidence;

/// <summary>The base64url form of a digest in ASCII, in whose order digests stand in a payload.</summary>
/// <remarks>Has room for a whole vector, so that it is written at once.</remarks>
[InlineArray(Length + RoomBehind)]
internal struct DigestText : IComparable<DigestText>
{
    /// <summary>The size in bytes.</summary>
    public const int Length = 43;

    private const int RoomBehind = 21;

    private byte _first;

    /// <summary>Writes a digest.</summary>
    public DigestText(Bytes32 digest)
    {
        Base64UrlWriter.Write(digest.AsSpan(), Bytes32.Length, this);
    }

    /// <summary>The text in place.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> AsSpan() => ((ReadOnlySpan<byte>)this)[..Length];

    /// <inheritdoc/>
    public readonly int CompareTo(DigestText other) => AsSpan().SequenceCompareTo(other.AsSpan());
}
