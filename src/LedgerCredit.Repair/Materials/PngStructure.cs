using System.Buffers.Binary;

namespace LedgerCredit.Repair.Materials;

/// <summary>The chunks of a PNG file (ISO/IEC 15948 clause 5).</summary>
internal static class PngStructure
{
    private const int ChunkFrame = 12; // 4 bytes length, 4 bytes type, 4 bytes checksum
    private const int HeaderLength = 13;
    private const uint MaxNumber = int.MaxValue;

    public static ReadOnlySpan<byte> Signature => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    public static ContentFailure Check(ReadOnlySpan<byte> content)
    {
        ReadOnlySpan<byte> rest = content[Signature.Length..];
        bool hasImage = false;
        for (bool isFirst = true; ; isFirst = false)
        {
            if (rest.Length < ChunkFrame)
            {
                return ContentFailure.Truncated;
            }

            uint length = BinaryPrimitives.ReadUInt32BigEndian(rest);
            ReadOnlySpan<byte> type = rest.Slice(4, 4);
            if (length > MaxNumber || !IsType(type))
            {
                return ContentFailure.Damaged;
            }

            if (length > rest.Length - ChunkFrame)
            {
                return ContentFailure.Truncated;
            }

            ReadOnlySpan<byte> data = rest.Slice(8, (int)length);
            if (Crc32.Of(rest.Slice(4, 4 + (int)length)) != BinaryPrimitives.ReadUInt32BigEndian(rest[(8 + (int)length)..])
                || isFirst != type.SequenceEqual("IHDR"u8)
                || (isFirst && !IsHeader(data)))
            {
                return ContentFailure.Damaged;
            }

            rest = rest[(ChunkFrame + (int)length)..];
            hasImage |= type.SequenceEqual("IDAT"u8) && length > 0;
            if (type.SequenceEqual("IEND"u8))
            {
                return hasImage && length == 0 && rest.IsEmpty ? ContentFailure.None : ContentFailure.Damaged;
            }
        }
    }

    private static bool IsType(ReadOnlySpan<byte> type)
    {
        foreach (byte b in type)
        {
            if (!char.IsAsciiLetter((char)b))
            {
                return false;
            }
        }

        return true;
    }

    // Width, height, bit depth with colour type, and the only methods that there are.
    private static bool IsHeader(ReadOnlySpan<byte> data) =>
        data.Length == HeaderLength
        && BinaryPrimitives.ReadUInt32BigEndian(data) is > 0 and <= MaxNumber
        && BinaryPrimitives.ReadUInt32BigEndian(data[4..]) is > 0 and <= MaxNumber
        && (data[9], data[8]) is (0, 1 or 2 or 4 or 8 or 16) or (3, 1 or 2 or 4 or 8) or (2 or 4 or 6, 8 or 16)
        && data[10] == 0
        && data[11] == 0
        && data[12] <= 1;
}
