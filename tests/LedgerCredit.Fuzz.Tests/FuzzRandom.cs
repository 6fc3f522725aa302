namespace LedgerCredit.Fuzz.Tests;

/// <summary>A generator of numbers (SplitMix64) that gives the same ones for the same seed in every version of the runtime.</summary>
internal sealed class FuzzRandom(ulong seed)
{
    private ulong _state = seed;

    /// <summary>The generator of one input: it depends on nothing but these three.</summary>
    public static FuzzRandom For(ulong seed, string target, long index)
    {
        ulong name = 14_695_981_039_346_656_037;
        foreach (char c in target)
        {
            name = unchecked((name ^ c) * 1_099_511_628_211);
        }

        ulong mixed = new FuzzRandom(seed).NextUInt64() ^ name;
        return new FuzzRandom(new FuzzRandom(mixed).NextUInt64() ^ unchecked((ulong)index * 0x2545_F491_4F6C_DD1D));
    }

    public ulong NextUInt64()
    {
        unchecked
        {
            _state += 0x9E37_79B9_7F4A_7C15;
            ulong z = _state;
            z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
            z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
            return z ^ (z >> 31);
        }
    }

    /// <summary>A number from 0 to below <paramref name="count"/>, which is positive.</summary>
    public int Next(int count) => (int)(NextUInt64() % (ulong)count);

    public byte NextByte() => (byte)(NextUInt64() >> 56);

    /// <summary>True once in <paramref name="times"/> times.</summary>
    public bool OneIn(int times) => Next(times) == 0;

    public T Pick<T>(IReadOnlyList<T> items) => items[Next(items.Count)];

    /// <summary>A length up to <paramref name="most"/>: small ones as often as large ones.</summary>
    public int NextLength(int most)
    {
        int bits = 32 - int.LeadingZeroCount(Math.Max(most, 1));
        return Math.Min(most, Next(1 << Next(bits + 1)));
    }
}
