using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using LedgerCredit.Primitives;

namespace LedgerCredit.Evidence;

/// <summary>The base64url form of a digest in ASCII, in whose order digests stand in a payload.</summary>
[InlineArray(Length)]
internal struct DigestText : IComparable<DigestText>
{
    /// <summary>The size in bytes.</summary>
    public const int Length = 43;

    private byte _first;

    /// <summary>Writes a digest.</summary>
    public DigestText(Bytes32 digest)
    {
        Base64Url.EncodeToUtf8(digest.AsSpan(), this);
    }

    /// <summary>The bytes in place.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> AsSpan() => this;

    /// <inheritdoc/>
    public readonly int CompareTo(DigestText other) => AsSpan().SequenceCompareTo(other.AsSpan());
}
