using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LedgerCredit.Primitives.Hashing;

/// <summary>SHA-256's compression function on one block of each of several messages, and what brings bytes into lanes and
/// back.</summary>
/// <remarks>
/// FIPS 180-4 section 6.2.2. States and words are held word by word: word <c>i</c> of the message in lane <c>n</c> is at
/// <c>i * lanes + n</c>, so that one vector has the same word of all messages.
/// </remarks>
internal static class LaneCompression
{
    /// <summary>The bytes of a block.</summary>
    public const int BlockBytes = 64;

    /// <summary>The words of a block.</summary>
    public const int BlockWords = 16;

    /// <summary>The words of a state.</summary>
    public const int StateWords = 8;

    /// <summary>The state before the first block, section 5.3.3.</summary>
    public static ReadOnlySpan<uint> InitialState =>
    [
        0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
    ];

    // Section 4.2.2.
    private static ReadOnlySpan<uint> RoundConstants =>
    [
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    ];

    // Turns the bytes of each of four words round: SHA-256 is big-endian, the vectors are little-endian.
    private static Vector128<byte> BigEndianWords =>
        Vector128.Create((byte)3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);

    /// <summary>Takes one block of each message into its state.</summary>
    /// <param name="laneStates"><see cref="StateWords"/> words for each lane; replaced by the states after the block.</param>
    /// <param name="laneWords"><see cref="BlockWords"/> words for each lane; overwritten with the message schedule.</param>
    // Optimised when first called: without, the first hundred thousand blocks would be done at a hundredth of the speed.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Compress<TVector, TOperations>(Span<uint> laneStates, Span<uint> laneWords)
        where TVector : unmanaged
        where TOperations : struct, ILaneOperations<TVector>
    {
        Span<TVector> states = MemoryMarshal.Cast<uint, TVector>(laneStates)[..StateWords];
        Span<TVector> schedule = MemoryMarshal.Cast<uint, TVector>(laneWords)[..BlockWords];
        ReadOnlySpan<uint> constants = RoundConstants;
        TVector a = states[0];
        TVector b = states[1];
        TVector c = states[2];
        TVector d = states[3];
        TVector e = states[4];
        TVector f = states[5];
        TVector g = states[6];
        TVector h = states[7];

        // Eight rounds at a time, after which each word is in its own variable again.
        for (int round = 0; round < constants.Length; round += 8)
        {
            if (round >= BlockWords)
            {
                Extend<TVector, TOperations>(schedule, round);
            }

            ReadOnlySpan<uint> k = constants.Slice(round, 8);
            Span<TVector> w = schedule.Slice(round & 15, 8);
            Round<TVector, TOperations>(a, b, c, ref d, e, f, g, ref h, w[0], k[0]);
            Round<TVector, TOperations>(h, a, b, ref c, d, e, f, ref g, w[1], k[1]);
            Round<TVector, TOperations>(g, h, a, ref b, c, d, e, ref f, w[2], k[2]);
            Round<TVector, TOperations>(f, g, h, ref a, b, c, d, ref e, w[3], k[3]);
            Round<TVector, TOperations>(e, f, g, ref h, a, b, c, ref d, w[4], k[4]);
            Round<TVector, TOperations>(d, e, f, ref g, h, a, b, ref c, w[5], k[5]);
            Round<TVector, TOperations>(c, d, e, ref f, g, h, a, ref b, w[6], k[6]);
            Round<TVector, TOperations>(b, c, d, ref e, f, g, h, ref a, w[7], k[7]);
        }

        states[0] = TOperations.Add(states[0], a);
        states[1] = TOperations.Add(states[1], b);
        states[2] = TOperations.Add(states[2], c);
        states[3] = TOperations.Add(states[3], d);
        states[4] = TOperations.Add(states[4], e);
        states[5] = TOperations.Add(states[5], f);
        states[6] = TOperations.Add(states[6], g);
        states[7] = TOperations.Add(states[7], h);
    }

    /// <summary>Puts the same state into all lanes.</summary>
    public static void Broadcast(ReadOnlySpan<uint> state, Span<uint> laneStates)
    {
        int lanes = laneStates.Length / StateWords;
        for (int word = 0; word < StateWords; word++)
        {
            laneStates.Slice(word * lanes, lanes).Fill(state[word]);
        }
    }

    /// <summary>Brings one block of each message into lanes.</summary>
    /// <param name="blocks">The block of the message in lane <c>n</c> is at <c>n * stride</c>.</param>
    /// <param name="stride">The distance from one message's block to the next one's, in bytes.</param>
    /// <param name="laneWords"><see cref="BlockWords"/> words for each lane.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void LoadWords(ReadOnlySpan<byte> blocks, int stride, Span<uint> laneWords)
    {
        int lanes = laneWords.Length / BlockWords;
        for (int lane = 0; lane < lanes; lane += 4)
        {
            ReadOnlySpan<byte> block0 = blocks.Slice(lane * stride, BlockBytes);
            ReadOnlySpan<byte> block1 = blocks.Slice((lane + 1) * stride, BlockBytes);
            ReadOnlySpan<byte> block2 = blocks.Slice((lane + 2) * stride, BlockBytes);
            ReadOnlySpan<byte> block3 = blocks.Slice((lane + 3) * stride, BlockBytes);
            for (int word = 0; word < BlockWords; word += 4)
            {
                Vector128<uint> row0 = ReadWords(block0, word);
                Vector128<uint> row1 = ReadWords(block1, word);
                Vector128<uint> row2 = ReadWords(block2, word);
                Vector128<uint> row3 = ReadWords(block3, word);
                Transpose(ref row0, ref row1, ref row2, ref row3);
                row0.CopyTo(laneWords.Slice((word * lanes) + lane, 4));
                row1.CopyTo(laneWords.Slice(((word + 1) * lanes) + lane, 4));
                row2.CopyTo(laneWords.Slice(((word + 2) * lanes) + lane, 4));
                row3.CopyTo(laneWords.Slice(((word + 3) * lanes) + lane, 4));
            }
        }
    }

    /// <summary>Brings the states of all lanes into hashes.</summary>
    /// <param name="laneStates"><see cref="StateWords"/> words for each lane.</param>
    /// <param name="hashes">One for each lane.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void StoreHashes(ReadOnlySpan<uint> laneStates, Span<Bytes32> hashes)
    {
        int lanes = laneStates.Length / StateWords;
        for (int lane = 0; lane < lanes; lane += 4)
        {
            for (int word = 0; word < StateWords; word += 4)
            {
                Vector128<uint> row0 = Vector128.Create(laneStates.Slice((word * lanes) + lane, 4));
                Vector128<uint> row1 = Vector128.Create(laneStates.Slice(((word + 1) * lanes) + lane, 4));
                Vector128<uint> row2 = Vector128.Create(laneStates.Slice(((word + 2) * lanes) + lane, 4));
                Vector128<uint> row3 = Vector128.Create(laneStates.Slice(((word + 3) * lanes) + lane, 4));
                Transpose(ref row0, ref row1, ref row2, ref row3);
                WriteWords(row0, hashes[lane], word);
                WriteWords(row1, hashes[lane + 1], word);
                WriteWords(row2, hashes[lane + 2], word);
                WriteWords(row3, hashes[lane + 3], word);
            }
        }
    }

    // The next eight words of the message schedule. No more than the last sixteen are needed: word t takes the place of t - 16.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Extend<TVector, TOperations>(Span<TVector> schedule, int from)
        where TVector : unmanaged
        where TOperations : struct, ILaneOperations<TVector>
    {
        for (int t = from; t < from + 8; t++)
        {
            schedule[t & 15] = TOperations.Add(
                TOperations.Add(schedule[t & 15], TOperations.SmallSigma0(schedule[(t + 1) & 15])),
                TOperations.Add(schedule[(t + 9) & 15], TOperations.SmallSigma1(schedule[(t + 14) & 15])));
        }
    }

    // One round. It renames no variables: its caller's next call does.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round<TVector, TOperations>(
        TVector a, TVector b, TVector c, ref TVector d, TVector e, TVector f, TVector g, ref TVector h, TVector word, uint constant)
        where TVector : unmanaged
        where TOperations : struct, ILaneOperations<TVector>
    {
        TVector first = TOperations.Add(
            TOperations.Add(h, TOperations.BigSigma1(e)),
            TOperations.Add(TOperations.Choose(e, f, g), TOperations.Add(word, TOperations.Broadcast(constant))));
        d = TOperations.Add(d, first);
        h = TOperations.Add(first, TOperations.Add(TOperations.BigSigma0(a), TOperations.Majority(a, b, c)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> ReadWords(ReadOnlySpan<byte> bytes, int word) =>
        Vector128.Shuffle(Vector128.Create(bytes.Slice(4 * word, 16)), BigEndianWords).AsUInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WriteWords(Vector128<uint> words, Span<byte> bytes, int word) =>
        Vector128.Shuffle(words.AsByte(), BigEndianWords).CopyTo(bytes.Slice(4 * word, 16));

    // Four rows of four words become four columns.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(ref Vector128<uint> row0, ref Vector128<uint> row1, ref Vector128<uint> row2, ref Vector128<uint> row3)
    {
        Vector128<ulong> low01 = Sse2.UnpackLow(row0, row1).AsUInt64();
        Vector128<ulong> high01 = Sse2.UnpackHigh(row0, row1).AsUInt64();
        Vector128<ulong> low23 = Sse2.UnpackLow(row2, row3).AsUInt64();
        Vector128<ulong> high23 = Sse2.UnpackHigh(row2, row3).AsUInt64();
        row0 = Sse2.UnpackLow(low01, low23).AsUInt32();
        row1 = Sse2.UnpackHigh(low01, low23).AsUInt32();
        row2 = Sse2.UnpackLow(high01, high23).AsUInt32();
        row3 = Sse2.UnpackHigh(high01, high23).AsUInt32();
    }
}
