using System.Security.Cryptography;
using LedgerCredit.Primitives;

namespace LedgerCredit.Node.Tests;

/// <summary>A small client of C2SP tlog-tiles that knows nothing of the product but its files: own paths, own hashing.</summary>
/// <param name="folder">The folder of one log, with <c>checkpoint</c> in it.</param>
internal sealed class TlogClient(string folder)
{
    private const int Width = 256;

    /// <summary>The lines of the checkpoint: origin, size, root.</summary>
    internal (string Origin, long Size, byte[] Root) ReadCheckpoint()
    {
        string[] lines = File.ReadAllLines(Path.Combine(folder, "checkpoint"));
        return (lines[0], long.Parse(lines[1], System.Globalization.CultureInfo.InvariantCulture), Convert.FromBase64String(lines[2]));
    }

    /// <summary>All entries of a tree of some size, from the bundles.</summary>
    internal List<byte[]> ReadEntries(long size)
    {
        List<byte[]> entries = [];
        for (long start = 0; start < size; start += Width)
        {
            int width = (int)Math.Min(Width, size - start);
            byte[] bundle = Read("entries", start / Width, width);
            int at = 0;
            for (int i = 0; i < width; i++)
            {
                int length = (bundle[at] << 8) | bundle[at + 1];
                entries.Add(bundle[(at + 2)..(at + 2 + length)]);
                at += 2 + length;
            }

            Assert.HasCount(at, bundle);
        }

        return entries;
    }

    /// <summary>The hashes of a level of tiles of a tree of some size.</summary>
    internal List<byte[]> ReadLevel(int level, long size)
    {
        long count = size >> (8 * level);
        List<byte[]> hashes = [];
        for (long start = 0; start < count; start += Width)
        {
            int width = (int)Math.Min(Width, count - start);
            byte[] tile = Read(level.ToString(System.Globalization.CultureInfo.InvariantCulture), start / Width, width);
            Assert.HasCount(width * Bytes32.Length, tile);
            hashes.AddRange(tile.Chunk(Bytes32.Length));
        }

        return hashes;
    }

    /// <summary>The hash of the complete tree over some hashes, a power of two of them or fewer for the root.</summary>
    internal static byte[] Root(ReadOnlySpan<byte[]> hashes)
    {
        if (hashes.Length == 1)
        {
            return hashes[0];
        }

        int split = 1 << (31 - System.Numerics.BitOperations.LeadingZeroCount((uint)hashes.Length - 1));
        return SHA256.HashData([1, .. Root(hashes[..split]), .. Root(hashes[split..])]);
    }

    // 1234067 is x001/x234/067; a partial one has .p/<width> behind it.
    private byte[] Read(string level, long index, int width)
    {
        string digits = index.ToString("D3", System.Globalization.CultureInfo.InvariantCulture);
        digits = digits.PadLeft((digits.Length + 2) / 3 * 3, '0');
        string[] groups = [.. digits.Chunk(3).Select(chunk => new string(chunk))];
        string path = string.Join('/', groups.Select((group, i) => i == groups.Length - 1 ? group : "x" + group));
        return File.ReadAllBytes(Path.Combine(folder, "tile", level, width == Width ? path : $"{path}.p/{width}"));
    }
}
