using System.Buffers.Binary;

namespace LedgerCredit.Repair.Materials;

/// <summary>The marker segments of a JPEG file (ITU-T T.81 annex B).</summary>
internal static class JpegStructure
{
    private const byte StartOfScan = 0xDA;
    private const byte EndOfImage = 0xD9;
    private const byte StartOfImage = 0xD8;

    public static ReadOnlySpan<byte> Signature => [0xFF, StartOfImage, 0xFF];

    public static ContentFailure Check(ReadOnlySpan<byte> content)
    {
        // What follows the end of the image is not looked at: cameras put previews and depth maps there.
        ReadOnlySpan<byte> rest = content[2..];
        bool hasFrame = false;
        bool hasScan = false;
        while (true)
        {
            ContentFailure failure = ReadMarker(ref rest, out byte marker);
            if (failure != ContentFailure.None)
            {
                return failure;
            }

            if (marker == EndOfImage)
            {
                return hasFrame && hasScan ? ContentFailure.None : ContentFailure.Damaged;
            }

            if (rest.Length < 2)
            {
                return ContentFailure.Truncated;
            }

            int length = BinaryPrimitives.ReadUInt16BigEndian(rest);
            if (length < 2)
            {
                return ContentFailure.Damaged;
            }

            if (length > rest.Length)
            {
                return ContentFailure.Truncated;
            }

            ReadOnlySpan<byte> segment = rest[2..length];
            rest = rest[length..];
            if (IsStartOfFrame(marker))
            {
                if (hasFrame || !IsFrame(segment))
                {
                    return ContentFailure.Damaged;
                }

                hasFrame = true;
            }
            else if (marker == StartOfScan)
            {
                if (!hasFrame)
                {
                    return ContentFailure.Damaged;
                }

                hasScan = true;
                SkipScan(ref rest);
            }
        }
    }

    // 0xFF, any number of fill bytes 0xFF, then the marker; those without a segment have no place between segments.
    private static ContentFailure ReadMarker(ref ReadOnlySpan<byte> rest, out byte marker)
    {
        marker = 0;
        if (rest.Length > 0 && rest[0] != 0xFF)
        {
            return ContentFailure.Damaged;
        }

        int at = rest.IndexOfAnyExcept((byte)0xFF);
        if (at < 0)
        {
            return ContentFailure.Truncated;
        }

        marker = rest[at];
        rest = rest[(at + 1)..];
        return marker is 0x00 or 0x01 or StartOfImage || IsRestart(marker) ? ContentFailure.Damaged : ContentFailure.None;
    }

    // Goes to the marker that ends the entropy-coded data: not a stuffed 0xFF 0x00, not a restart.
    private static void SkipScan(ref ReadOnlySpan<byte> rest)
    {
        while (true)
        {
            int at = rest.IndexOf((byte)0xFF);
            if (at < 0 || at + 1 >= rest.Length)
            {
                rest = [];
                return;
            }

            byte next = rest[at + 1];
            if (next != 0x00 && !IsRestart(next))
            {
                rest = rest[at..];
                return;
            }

            rest = rest[(at + 2)..];
        }
    }

    private static bool IsRestart(byte marker) => marker is >= 0xD0 and <= 0xD7;

    // C4, C8 and CC are tables and an extension, not frames.
    private static bool IsStartOfFrame(byte marker) => marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);

    // Precision, height, width, number of components, three bytes each.
    private static bool IsFrame(ReadOnlySpan<byte> segment) =>
        segment.Length > 6
        && BinaryPrimitives.ReadUInt16BigEndian(segment[1..]) > 0
        && BinaryPrimitives.ReadUInt16BigEndian(segment[3..]) > 0
        && segment[5] > 0
        && segment.Length == 6 + (3 * segment[5]);
}
