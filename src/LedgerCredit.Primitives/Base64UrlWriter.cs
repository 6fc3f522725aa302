using System.Buffers.Text;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LedgerCredit.Primitives;

/// <summary>Writes short base64url texts without padding (RFC 4648 section 5) as the framework does, with less to be called.</summary>
/// <remarks>
/// For texts of some ten to some hundred characters, of which a record has about fifty. With AVX-512 VBMI 48 bytes become 64 characters in
/// three instructions, if the caller has room for the whole vectors; where it has not, and on other processors, the framework does it.
/// Thread-safe and pure.
/// </remarks>
public static class Base64UrlWriter
{
    /// <summary>How many bytes behind input and output let the vectors be used up to their ends.</summary>
    public const int Room = 64;

    private const int BlockBytes = 48;
    private const int BlockCharacters = 64;

    private static ReadOnlySpan<byte> Alphabet => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"u8;

    // Where each byte of a vector comes from: of three bytes a, b, c these are b, a, c, b, so that in a little-endian word of 32 bits the
    // bits of a, b and c stand one behind the other, some of them twice.
    private static ReadOnlySpan<byte> Sources =>
    [
        1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10, 13, 12, 14, 13, 16, 15, 17, 16, 19, 18, 20, 19, 22, 21, 23, 22,
        25, 24, 26, 25, 28, 27, 29, 28, 31, 30, 32, 31, 34, 33, 35, 34, 37, 36, 38, 37, 40, 39, 41, 40, 43, 42, 44, 43, 46, 45, 47, 46,
    ];

    // The bit of 64 at which the six bits of each character begin.
    private static ReadOnlySpan<byte> Shifts =>
    [
        10, 4, 22, 16, 42, 36, 54, 48, 10, 4, 22, 16, 42, 36, 54, 48, 10, 4, 22, 16, 42, 36, 54, 48, 10, 4, 22, 16, 42, 36, 54, 48,
        10, 4, 22, 16, 42, 36, 54, 48, 10, 4, 22, 16, 42, 36, 54, 48, 10, 4, 22, 16, 42, 36, 54, 48, 10, 4, 22, 16, 42, 36, 54, 48,
    ];

    private static ReadOnlySpan<byte> Positions =>
    [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
        32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63,
    ];

    /// <summary>The length of the text of some bytes.</summary>
    public static int LengthOf(int bytes) => (bytes / 3 * 4) + ((bytes % 3 * 4) + 2) / 3;

    /// <summary>Writes the text of the first bytes of an input.</summary>
    /// <param name="input">The bytes, and any behind them.</param>
    /// <param name="length">How many of them.</param>
    /// <param name="output">
    /// Takes the text, <see cref="LengthOf"/> bytes of ASCII. Up to <see cref="Room"/> bytes behind it are overwritten with anything.
    /// Does not overlap the input.
    /// </param>
    /// <exception cref="ArgumentException">The input is shorter than the length, or the output than the text.</exception>
    public static void Write(ReadOnlySpan<byte> input, int length, Span<byte> output)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, input.Length);
        int at = 0;
        if (Avx512Vbmi.IsSupported)
        {
            // A block is whole groups of three bytes, so that what is behind it is written as if it were alone.
            while (at < length && input.Length >= BlockCharacters && output.Length >= BlockCharacters)
            {
                WriteBlock(Vector512.Create(input), length - at, output);
                input = input[BlockBytes..];
                output = output[BlockCharacters..];
                at += BlockBytes;
            }

            // A hash, behind which there is nothing.
            if (at < length && length - at <= Vector256<byte>.Count && input.Length >= Vector256<byte>.Count && output.Length >= BlockCharacters)
            {
                WriteBlock(Vector256.Create(input).ToVector512(), length - at, output);
                return;
            }
        }

        if (at < length)
        {
            Base64Url.EncodeToUtf8(input[..(length - at)], output);
        }
    }

    // 48 bytes, or as many as are left: the others count as zero, which the last character of a text needs.
    private static void WriteBlock(Vector512<byte> block, int left, Span<byte> output)
    {
        if (left < BlockBytes)
        {
            block &= Vector512.LessThan(Vector512.Create(Positions), Vector512.Create((byte)left));
        }

        Vector512<byte> grouped = Avx512Vbmi.PermuteVar64x8(block, Vector512.Create(Sources));
        Vector512<byte> sixBits = Avx512Vbmi.MultiShift(Vector512.Create(Shifts), grouped.AsUInt64());

        // Looks at the lowest six bits of each byte alone.
        Avx512Vbmi.PermuteVar64x8(Vector512.Create(Alphabet), sixBits).CopyTo(output);
    }
}
