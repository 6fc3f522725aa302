using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace LedgerCredit.Primitives.Cryptography;

/// <summary>What an scrypt derivation costs (RFC 7914 section 2).</summary>
/// <param name="N">CPU and memory cost: a power of two greater than one.</param>
/// <param name="R">Block size; memory is 128 · N · r bytes.</param>
/// <param name="P">Parallelisation; time is proportional to N · r · p.</param>
public sealed record ScryptCost(int N, int R, int P)
{
    /// <summary>The most memory a derivation may take: 512 MiB, twice what common keystores ask for.</summary>
    public const long MaxMemoryBytes = 512L * 1024 * 1024;

    /// <summary>The most work, N · r · p, a derivation may take: four times what common keystores ask for.</summary>
    public const long MaxWork = 4L * 262_144 * 8;

    /// <summary>What common Ethereum software uses for keys at rest: 256 MiB.</summary>
    public static ScryptCost Standard { get; } = new(262_144, 8, 1);

    /// <summary>Whether the parameters are legal and within the bounds.</summary>
    public bool IsAcceptable =>
        N > 1 && int.IsPow2(N) && R > 0 && P > 0
        && R <= MaxWork && P <= MaxWork
        && (Int128)128 * N * R <= MaxMemoryBytes
        && (Int128)N * R * P <= MaxWork;
}

/// <summary>scrypt (RFC 7914), bounded.</summary>
/// <remarks>
/// Written here because the curve library's refuses N of 65,536 and more with r = 1, which RFC 7914 section 2 excludes but keystores
/// of Ethereum software, the published example included, use.
/// </remarks>
public static class Scrypt
{
    // A Salsa20 block: sixteen 32-bit words, kept as four vectors in the order of Diagonals.
    private const int BlockWords = 16;
    private const int BlockVectors = 4;

    // The words of a block so ordered that each step of a round is one operation on whole vectors.
    private static ReadOnlySpan<byte> Diagonals => [0, 5, 10, 15, 4, 9, 14, 3, 8, 13, 2, 7, 12, 1, 6, 11];

    /// <summary>Derives a key from a password.</summary>
    /// <param name="password">The password's bytes.</param>
    /// <param name="salt">The salt.</param>
    /// <param name="cost">Parameters for which <see cref="ScryptCost.IsAcceptable"/> holds: check foreign ones before.</param>
    /// <param name="length">The number of bytes wanted, 1 to 64.</param>
    /// <exception cref="ArgumentException">The cost is not acceptable.</exception>
    public static byte[] DeriveKey(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, ScryptCost cost, int length)
    {
        ArgumentNullException.ThrowIfNull(cost);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, 64);
        if (!cost.IsAcceptable)
        {
            throw new ArgumentException("The cost is not legal or exceeds the bounds.", nameof(cost));
        }

        // RFC 7914 section 6: p chunks of 2 r Salsa20 blocks.
        int chunkBytes = 128 * cost.R;
        byte[] chunks = Rfc2898DeriveBytes.Pbkdf2(password, salt, 1, HashAlgorithmName.SHA256, chunkBytes * cost.P);
        Vector128<uint>[] memory = new Vector128<uint>[cost.N * (chunkBytes / 16)];
        for (int i = 0; i < cost.P; i++)
        {
            Span<byte> chunk = chunks.AsSpan(i * chunkBytes, chunkBytes);
            Vector128<uint>[] x = Load(chunk);
            MixChunk(x, memory, cost.N);
            Store(x, chunk);
        }

        byte[] derived = Rfc2898DeriveBytes.Pbkdf2(password, chunks, 1, HashAlgorithmName.SHA256, length);
        CryptographicOperations.ZeroMemory(chunks);
        Array.Clear(memory);
        return derived;
    }

    private static Vector128<uint>[] Load(ReadOnlySpan<byte> chunk)
    {
        Vector128<uint>[] x = new Vector128<uint>[chunk.Length / 16];
        for (int i = 0; i < chunk.Length / sizeof(uint); i++)
        {
            int word = (i / BlockWords * BlockWords) + Diagonals[i % BlockWords];
            uint value = BinaryPrimitives.ReadUInt32LittleEndian(chunk[(word * sizeof(uint))..]);
            x[i / 4] = x[i / 4].WithElement(i % 4, value);
        }

        return x;
    }

    private static void Store(Vector128<uint>[] x, Span<byte> chunk)
    {
        for (int i = 0; i < chunk.Length / sizeof(uint); i++)
        {
            int word = (i / BlockWords * BlockWords) + Diagonals[i % BlockWords];
            BinaryPrimitives.WriteUInt32LittleEndian(chunk[(word * sizeof(uint))..], x[i / 4].GetElement(i % 4));
        }
    }

    // scryptROMix (section 5) in place; memory holds N chunks. Optimised from the first call on: it is called once and long.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MixChunk(Vector128<uint>[] x, Vector128<uint>[] memory, int n)
    {
        Vector128<uint>[] scratch = new Vector128<uint>[x.Length];
        for (int i = 0; i < n; i++)
        {
            x.CopyTo(memory, i * x.Length);
            MixBlocks(x, scratch);
        }

        for (int i = 0; i < n; i++)
        {
            // The last block as a little-endian number, modulo N: N is a power of two below 2^32, and word 0 stands first.
            int j = (int)(x[^BlockVectors].ToScalar() & (uint)(n - 1));
            ReadOnlySpan<Vector128<uint>> stored = memory.AsSpan(j * x.Length, x.Length);
            for (int k = 0; k < x.Length; k++)
            {
                x[k] ^= stored[k];
            }

            MixBlocks(x, scratch);
        }
    }

    // scryptBlockMix (section 4) in place: even blocks go to the first half, odd ones to the second.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MixBlocks(Vector128<uint>[] x, Vector128<uint>[] scratch)
    {
        Vector128<uint> a = x[^4];
        Vector128<uint> b = x[^3];
        Vector128<uint> c = x[^2];
        Vector128<uint> d = x[^1];
        int half = x.Length / 2;
        for (int i = 0; i < x.Length; i += BlockVectors)
        {
            Vector128<uint> a0 = a ^= x[i];
            Vector128<uint> b0 = b ^= x[i + 1];
            Vector128<uint> c0 = c ^= x[i + 2];
            Vector128<uint> d0 = d ^= x[i + 3];

            // Salsa20/8 (section 3): vector additions are modulo 2^32. Between column and row rounds the diagonals change places.
            for (int round = 0; round < 8; round += 2)
            {
                b ^= RotateLeft(a + d, 7);
                c ^= RotateLeft(b + a, 9);
                d ^= RotateLeft(c + b, 13);
                a ^= RotateLeft(d + c, 18);
                b = Vector128.Shuffle(b, Vector128.Create(3u, 0, 1, 2));
                c = Vector128.Shuffle(c, Vector128.Create(2u, 3, 0, 1));
                d = Vector128.Shuffle(d, Vector128.Create(1u, 2, 3, 0));

                d ^= RotateLeft(a + b, 7);
                c ^= RotateLeft(d + a, 9);
                b ^= RotateLeft(c + d, 13);
                a ^= RotateLeft(b + c, 18);
                b = Vector128.Shuffle(b, Vector128.Create(1u, 2, 3, 0));
                c = Vector128.Shuffle(c, Vector128.Create(2u, 3, 0, 1));
                d = Vector128.Shuffle(d, Vector128.Create(3u, 0, 1, 2));
            }

            a += a0;
            b += b0;
            c += c0;
            d += d0;
            int block = i / BlockVectors;
            int target = (block / 2 * BlockVectors) + (block % 2 * half);
            scratch[target] = a;
            scratch[target + 1] = b;
            scratch[target + 2] = c;
            scratch[target + 3] = d;
        }

        scratch.CopyTo(x, 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> RotateLeft(Vector128<uint> value, int bits) => (value << bits) | (value >>> (32 - bits));
}
