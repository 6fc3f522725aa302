using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using LedgerCredit.Storage.Indexes;

namespace LedgerCredit.Node.Auditing;

/// <summary>The fingerprint of a set of index pairs in which each may be there several times: the same in whatever order they come.</summary>
/// <param name="First">By the first half of the key.</param>
/// <param name="Second">By the second half.</param>
internal readonly record struct PairFingerprint(ulong First, ulong Second)
{
    /// <summary>That of no pairs.</summary>
    public static PairFingerprint Empty { get; } = new(1, 1);

    /// <summary>That of the pairs of both.</summary>
    public PairFingerprint With(PairFingerprint other) => new(
        FingerprintKey.Multiply(First, other.First), FingerprintKey.Multiply(Second, other.Second));
}

/// <summary>A random key by which sets of index pairs are compared in one pass over each, in any order and without holding them.</summary>
/// <remarks>
/// <para>
/// A pair is four numbers below 2^32: the halves of its key and of its position. The fingerprint of pairs v1 … vn is, twice and with
/// independent numbers, the product of r − (a·vi1 + b·vi2 + c·vi3 + d·vi4) modulo the prime p = 2^61 − 1, where r, a, b, c, d are drawn
/// for each audit, after the store was written.
/// </para>
/// <para>
/// Why it cannot be fooled: seen as polynomials in r, a, b, c and d these products are products of factors of degree 1, another one for
/// each pair because the four numbers are below p. Polynomials over a field have one factorisation, so two different sets
/// are two different polynomials, of degree n at most. Two of these agree in at most a share n / p of all places (Schwartz and Zippel),
/// so whoever chose both sets without knowing the place is not noticed with probability (n / p)² at most: below 2^-74 for 10 million pairs.
/// </para>
/// </remarks>
internal sealed class FingerprintKey
{
    /// <summary>2^61 − 1.</summary>
    internal const ulong Prime = (1UL << Bits) - 1;

    private const int Bits = 61;
    private readonly Half _first;
    private readonly Half _second;

    private FingerprintKey(Half first, Half second)
    {
        _first = first;
        _second = second;
    }

    /// <summary>Draws a key.</summary>
    /// <param name="next">Gives uniform numbers of 64 bits: from the system's generator, but in tests.</param>
    public static FingerprintKey Draw(Func<ulong> next)
    {
        ArgumentNullException.ThrowIfNull(next);
        return new FingerprintKey(DrawHalf(next), DrawHalf(next));
    }

    /// <summary>Uniform numbers of 64 bits that nobody can foresee.</summary>
    public static ulong NextSecret() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    /// <summary>The fingerprint of some pairs.</summary>
    public PairFingerprint Of(ReadOnlySpan<IndexPair> pairs)
    {
        ulong first = 1;
        ulong second = 1;
        foreach (IndexPair pair in pairs)
        {
            first = Multiply(first, _first.FactorOf(pair));
            second = Multiply(second, _second.FactorOf(pair));
        }

        return new PairFingerprint(first, second);
    }

    /// <summary>The product of two numbers below the prime.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Multiply(ulong left, ulong right)
    {
        ulong high = Math.BigMul(left, right, out ulong low);
        return Reduce(high, low);
    }

    // 2^61 is 1 modulo the prime, so what stands above bit 61 is added to what stands below it. For numbers below 2^122.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Reduce(ulong high, ulong low)
    {
        ulong sum = (low & Prime) + ((high << (64 - Bits)) | (low >> Bits));
        sum = (sum & Prime) + (sum >> Bits);
        return sum >= Prime ? sum - Prime : sum;
    }

    private static Half DrawHalf(Func<ulong> next) => new(DrawBelowPrime(next), DrawBelowPrime(next), DrawBelowPrime(next), DrawBelowPrime(next), DrawBelowPrime(next));

    // Uniform: the one number of 61 bits that is not below the prime is drawn again.
    private static ulong DrawBelowPrime(Func<ulong> next)
    {
        ulong drawn = Prime;
        while (drawn == Prime)
        {
            drawn = next() & Prime;
        }

        return drawn;
    }

    private readonly record struct Half(ulong R, ulong A, ulong B, ulong C, ulong D)
    {
        // Four products below 2^93, so that they are added up before they are reduced.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public ulong FactorOf(IndexPair pair)
        {
            unchecked
            {
                ulong position = (ulong)pair.Position;
                ulong high = Math.BigMul(A, pair.Key >> 32, out ulong low);
                Add(ref high, ref low, B, (uint)pair.Key);
                Add(ref high, ref low, C, position >> 32);
                Add(ref high, ref low, D, (uint)position);
                ulong sum = Reduce(high, low);
                return R >= sum ? R - sum : R + Prime - sum;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Add(ref ulong high, ref ulong low, ulong factor, ulong number)
        {
            unchecked
            {
                high += Math.BigMul(factor, number, out ulong product);
                low += product;
                high += low < product ? 1UL : 0UL;
            }
        }
    }
}
