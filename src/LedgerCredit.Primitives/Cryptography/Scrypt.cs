using Org.BouncyCastle.Crypto.Generators;

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
public static class Scrypt
{
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

        return SCrypt.Generate(password.ToArray(), salt.ToArray(), cost.N, cost.R, cost.P, length);
    }
}
