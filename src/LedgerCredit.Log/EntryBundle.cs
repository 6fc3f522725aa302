using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using LedgerCredit.Primitives;

namespace LedgerCredit.Log;

/// <summary>The published form of up to 256 consecutive entries.</summary>
/// <remarks>C2SP tlog-tiles: each entry with its length as a big-endian 16-bit number in front.</remarks>
public static class EntryBundle
{
    /// <summary>The largest entry in bytes.</summary>
    public const int MaxEntryLength = ushort.MaxValue;

    private const int PrefixLength = 2;

    /// <summary>Writes a bundle.</summary>
    /// <param name="entries">1 to 256 entries of at most <see cref="MaxEntryLength"/> bytes.</param>
    /// <exception cref="ArgumentException">There are too few or too many entries, or one is too long.</exception>
    public static byte[] Encode(IReadOnlyList<ReadOnlyMemory<byte>> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        if (entries.Count is < 1 or > TileLayout.FullWidth)
        {
            throw new ArgumentException($"Expected 1 to {TileLayout.FullWidth} entries, found {entries.Count}.", nameof(entries));
        }

        int length = 0;
        foreach (ReadOnlyMemory<byte> entry in entries)
        {
            if (entry.Length > MaxEntryLength)
            {
                throw new ArgumentException($"Expected at most {MaxEntryLength} bytes, found {entry.Length}.", nameof(entries));
            }

            length += PrefixLength + entry.Length;
        }

        byte[] bundle = new byte[length];
        Span<byte> rest = bundle;
        foreach (ReadOnlyMemory<byte> entry in entries)
        {
            BinaryPrimitives.WriteUInt16BigEndian(rest, (ushort)entry.Length);
            entry.Span.CopyTo(rest[PrefixLength..]);
            rest = rest[(PrefixLength + entry.Length)..];
        }

        return bundle;
    }

    /// <summary>Reads a bundle.</summary>
    /// <param name="bundle">The whole bundle.</param>
    /// <param name="width">The number of entries that it must have, 1 to 256.</param>
    /// <param name="entries">The entries, slices of <paramref name="bundle"/>; or null when it was refused.</param>
    /// <param name="problem">Why the bundle was refused, or null.</param>
    public static bool TryDecode(
        ReadOnlyMemory<byte> bundle,
        int width,
        [NotNullWhen(true)] out IReadOnlyList<ReadOnlyMemory<byte>>? entries,
        [NotNullWhen(false)] out ParseProblem? problem)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, TileLayout.FullWidth);

        entries = null;
        List<ReadOnlyMemory<byte>> decoded = new(width);
        ReadOnlyMemory<byte> rest = bundle;
        while (decoded.Count < width)
        {
            if (rest.Length < PrefixLength
                || rest.Length - PrefixLength < BinaryPrimitives.ReadUInt16BigEndian(rest.Span))
            {
                problem = new ParseProblem(
                    "bundle-truncated", $"entry {decoded.Count}", $"Expected {width} entries, found the end of the bundle.");
                return false;
            }

            int length = BinaryPrimitives.ReadUInt16BigEndian(rest.Span);
            decoded.Add(rest.Slice(PrefixLength, length));
            rest = rest[(PrefixLength + length)..];
        }

        if (!rest.IsEmpty)
        {
            problem = new ParseProblem("bundle-trailing", "", $"Expected {width} entries, found {rest.Length} bytes after them.");
            return false;
        }

        entries = decoded;
        problem = null;
        return true;
    }
}
