using System.Buffers.Binary;
using System.Text;

namespace LedgerCredit.Fuzz.Tests.Mutations;

/// <summary>Changes bytes without knowing what they mean.</summary>
internal static class ByteMutator
{
    private static readonly byte[] EdgeBytes = [0x00, 0x01, 0x0A, 0x0D, 0x1F, 0x20, 0x22, 0x7F, 0x80, 0x81, 0xB7, 0xB8, 0xBF, 0xC0, 0xC1, 0xF7, 0xF8, 0xFE, 0xFF];

    private static readonly ulong[] EdgeNumbers =
    [
        0, 1, 2, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x1_0000, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0x1_0000_0000,
        long.MaxValue, 0x8000_0000_0000_0000, ulong.MaxValue,
    ];

    private static readonly byte[][] Tokens =
    [
        .. new[]
        {
            "\0", "\n", "\r\n", "\n\n", "\"", "\"\"", ",", ",,", "{", "}", "[", "]", "\\", "\\u0000", "\\ud800", "-", "+", ".", "e", "0", "00", "-0", "1e400",
            "1E-400", "0.1", "1.10", "9007199254740993", "18446744073709551616", "99999999999999999999999999999999", "null", "true", "0x", "é", "中", "😀",
            "\u202E", "\u2028", "\uFEFF", "— ", "%%EOF", "startxref", "trailer", "<<", ">>", "(", "/Root 1 0 R", "/Encrypt", "IHDR", "IDAT", "IEND",
        }.Select(Encoding.UTF8.GetBytes),
        [0xFF, 0xD8], [0xFF, 0xD9], [0xFF, 0xDA], [0xFF, 0xC0], [0xEF, 0xBB, 0xBF], [0xFE, 0xFF], [0xED, 0xA0, 0x80], [0xC0, 0x80], [0xF4, 0x90, 0x80, 0x80],
        [0x50, 0x4B, 0x03, 0x04], [0xB9, 0xFF, 0xFF], [0xFB, 0xFF, 0xFF, 0xFF, 0xFF], [0xBF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [0xC1, 0x00],
    ];

    public static byte[] Change(byte[] input, byte[] other, FuzzRandom random)
    {
        int at = random.Next(input.Length + 1);
        switch (random.Next(input.Length == 0 ? 2 : 11))
        {
            case 0:
                return Insert(input, at, random.Pick(Tokens));
            case 1:
                byte[] noise = new byte[1 + random.NextLength(32)];
                for (int i = 0; i < noise.Length; i++)
                {
                    noise[i] = random.NextByte();
                }

                return Insert(input, at, noise);
            case 2 or 3:
                byte[] flipped = [.. input];
                flipped[random.Next(input.Length)] ^= (byte)(1 << random.Next(8));
                return flipped;
            case 4:
                byte[] set = [.. input];
                set[random.Next(input.Length)] = random.OneIn(2) ? random.Pick(EdgeBytes) : random.NextByte();
                return set;
            case 5:
                return input[..at];
            case 6:
                (int start, int end) = Range(input.Length, random);
                return [.. input[..start], .. input[end..]];
            case 7:
                (start, end) = Range(input.Length, random);
                return Insert(input, at, input.AsSpan(start, end - start));
            case 8:
                return [.. input[..at], .. other[random.Next(other.Length + 1)..]];
            case 9:
                return WriteNumber(input, random);
            default:
                return Repeat(input, random);
        }
    }

    public static byte[] Insert(byte[] input, int at, ReadOnlySpan<byte> bytes) => [.. input.AsSpan(0, at), .. bytes, .. input.AsSpan(at)];

    /// <summary>A number at the edge of what fields and types hold.</summary>
    public static ulong EdgeNumber(FuzzRandom random) => random.OneIn(4) ? (ulong)random.NextLength(70_000) : random.Pick(EdgeNumbers);

    private static (int Start, int End) Range(int length, FuzzRandom random)
    {
        int start = random.Next(length);
        return (start, start + 1 + random.NextLength(length - start - 1));
    }

    // Over whatever stands there: it may be a length.
    private static byte[] WriteNumber(byte[] input, FuzzRandom random)
    {
        byte[] field = new byte[8];
        bool isBigEndian = random.OneIn(2);
        int width = 1 << random.Next(4);
        if (isBigEndian)
        {
            BinaryPrimitives.WriteUInt64BigEndian(field, EdgeNumber(random));
            field = field[^width..];
        }
        else
        {
            BinaryPrimitives.WriteUInt64LittleEndian(field, EdgeNumber(random));
            field = field[..width];
        }

        byte[] written = [.. input];
        int at = random.Next(input.Length);
        field.AsSpan(0, Math.Min(width, input.Length - at)).CopyTo(written.AsSpan(at));
        return written;
    }

    // Rarely up to the largest size: work that grows faster than the input shows there.
    private static byte[] Repeat(byte[] input, FuzzRandom random)
    {
        (int start, int end) = Range(input.Length, random);
        int room = (random.OneIn(16) ? InputMaker.MaxBytes : 2048) / (end - start);
        byte[] part = input[start..end];
        byte[] many = new byte[part.Length * Math.Min(room, 1 + random.NextLength(room + 1))];
        for (int i = 0; i < many.Length; i += part.Length)
        {
            part.CopyTo(many, i);
        }

        return Insert(input, end, many);
    }
}
