using System.Buffers.Binary;

namespace LedgerCredit.Primitives.Hashing;

/// <summary>SHA-256 of many messages, as many at a time as a vector has lanes.</summary>
/// <remarks>FIPS 180-4. Thread-safe and pure; all working memory is on the stack.</remarks>
/// <typeparam name="TVector">A vector of 32-bit lanes.</typeparam>
/// <typeparam name="TOperations">Its operations.</typeparam>
internal static class LaneHasher<TVector, TOperations>
    where TVector : unmanaged
    where TOperations : struct, ILaneOperations<TVector>
{
    /// <summary>The longest message that is taken.</summary>
    public const int MaxBytes = (MaxBlocks * LaneCompression.BlockBytes) - PaddingBytes;

    // The padded messages of all lanes are on the stack: 32 KiB with sixteen lanes.
    private const int MaxBlocks = 32;

    // So many messages are sorted by their length that few lanes have to wait for a longer message than their own.
    private const int SortedAtOnce = 256;

    // Section 5.1.1: at least one byte 0x80 and the length in bits as a 64-bit number.
    private const int PaddingBytes = 1 + LengthBytes;
    private const int LengthBytes = 8;
    private const byte PaddingMark = 0x80;

    private static int StatesLength => LaneCompression.StateWords * TOperations.Lanes;

    private static int WordsLength => LaneCompression.BlockWords * TOperations.Lanes;

    /// <summary>Hashes messages of one length, each behind the same one-byte prefix.</summary>
    /// <param name="prefix">Hashed before each message.</param>
    /// <param name="messages">The messages, without gaps; the hashes may overwrite them from the start.</param>
    /// <param name="messageBytes">The length of each, at most a few blocks: the padded messages of all lanes are on the stack.</param>
    /// <param name="hashes">One for each message.</param>
    public static void HashFixed(byte prefix, ReadOnlySpan<byte> messages, int messageBytes, Span<Bytes32> hashes)
    {
        int lanes = TOperations.Lanes;
        int paddedBytes = PaddedLength(1 + messageBytes);
        Span<byte> padded = stackalloc byte[lanes * paddedBytes];
        Span<uint> states = stackalloc uint[StatesLength];
        Span<uint> words = stackalloc uint[WordsLength];
        Span<Bytes32> lastHashes = stackalloc Bytes32[lanes];

        // Prefix and padding are the same for all and stay; the messages go between them.
        for (int lane = 0; lane < lanes; lane++)
        {
            Span<byte> message = padded.Slice(lane * paddedBytes, paddedBytes);
            message[0] = prefix;
            message[1 + messageBytes] = PaddingMark;
            BinaryPrimitives.WriteUInt64BigEndian(message[^LengthBytes..], 8 * (ulong)(1 + messageBytes));
        }

        for (int first = 0; first < hashes.Length; first += lanes)
        {
            int used = Math.Min(lanes, hashes.Length - first);
            for (int lane = 0; lane < used; lane++)
            {
                messages.Slice((first + lane) * messageBytes, messageBytes)
                    .CopyTo(padded.Slice((lane * paddedBytes) + 1, messageBytes));
            }

            LaneCompression.Broadcast(LaneCompression.InitialState, states);
            for (int at = 0; at < paddedBytes; at += LaneCompression.BlockBytes)
            {
                LaneCompression.LoadWords(padded[at..], paddedBytes, words);
                LaneCompression.Compress<TVector, TOperations>(states, words);
            }

            if (used == lanes)
            {
                LaneCompression.StoreHashes(states, hashes.Slice(first, lanes));
            }
            else
            {
                LaneCompression.StoreHashes(states, lastHashes);
                lastHashes[..used].CopyTo(hashes[first..]);
            }
        }
    }

    /// <summary>Hashes messages of any lengths.</summary>
    /// <param name="messages">The messages.</param>
    /// <param name="maxBytes">Longer messages are left out, and their hashes not written; at most <see cref="MaxBytes"/>.</param>
    /// <param name="initialStates"><see cref="LaneCompression.StateWords"/> words for each state that a message may begin with.</param>
    /// <param name="stateOf">For each message, which of them it begins with; empty where there is only one.</param>
    /// <param name="priorBytes">How many bytes led to these states, a multiple of a block: they count in the length.</param>
    /// <param name="hashes">One for each message.</param>
    public static void Hash(
        MessageList messages,
        int maxBytes,
        ReadOnlySpan<uint> initialStates,
        ReadOnlySpan<int> stateOf,
        int priorBytes,
        Span<Bytes32> hashes)
    {
        int lanes = TOperations.Lanes;
        Span<byte> padded = stackalloc byte[(lanes * PaddedLength(messages.LongestUpTo(maxBytes))) + messages.Room];
        Span<uint> states = stackalloc uint[StatesLength];
        Span<uint> words = stackalloc uint[WordsLength];
        Span<Bytes32> laneHashes = stackalloc Bytes32[lanes];
        Span<MessageRange> sorted = stackalloc MessageRange[SortedAtOnce];
        int taken = 0;
        int takenBytes = 0;
        while (taken < messages.Count)
        {
            int count = SortByBlocks(messages, maxBytes, sorted, ref taken, ref takenBytes);
            for (int first = 0; first < count; first += lanes)
            {
                // The lanes' messages have about as many blocks, and those with the fewest are in the first lanes.
                ReadOnlySpan<MessageRange> group = sorted[first..Math.Min(first + lanes, count)];
                int stride = PaddedLength(group[^1].Length);
                for (int lane = 0; lane < group.Length; lane++)
                {
                    // From lane to lane, for what is written behind a message is where the next one goes.
                    Span<byte> message = padded[(lane * stride)..];
                    messages.Write(group[lane], message[..(stride + messages.Room)]);
                    Pad(group[lane].Length, priorBytes, message);
                    int state = stateOf.IsEmpty ? 0 : stateOf[group[lane].Message];
                    WriteState(initialStates.Slice(state * LaneCompression.StateWords, LaneCompression.StateWords), states, lane);
                }

                int done = 0;
                for (int at = 0; at < stride; at += LaneCompression.BlockBytes)
                {
                    LaneCompression.LoadWords(padded[at..], stride, words);
                    LaneCompression.Compress<TVector, TOperations>(states, words);
                    if (PaddedLength(group[done].Length) == at + LaneCompression.BlockBytes)
                    {
                        LaneCompression.StoreHashes(states, laneHashes);
                        for (; done < group.Length && PaddedLength(group[done].Length) == at + LaneCompression.BlockBytes; done++)
                        {
                            hashes[group[done].Message] = laneHashes[done];
                        }
                    }
                }
            }
        }
    }

    /// <summary>The states after one block, which is neither padded nor the end of a message.</summary>
    /// <param name="blocks"><see cref="LaneCompression.BlockBytes"/> bytes for each.</param>
    /// <param name="states"><see cref="LaneCompression.StateWords"/> words for each.</param>
    public static void CompressFirstBlocks(ReadOnlySpan<byte> blocks, Span<uint> states)
    {
        int lanes = TOperations.Lanes;
        int count = blocks.Length / LaneCompression.BlockBytes;
        Span<byte> laneBlocks = stackalloc byte[lanes * LaneCompression.BlockBytes];
        Span<uint> laneStates = stackalloc uint[StatesLength];
        Span<uint> words = stackalloc uint[WordsLength];
        for (int first = 0; first < count; first += lanes)
        {
            int used = Math.Min(lanes, count - first);
            blocks.Slice(first * LaneCompression.BlockBytes, used * LaneCompression.BlockBytes).CopyTo(laneBlocks);
            LaneCompression.Broadcast(LaneCompression.InitialState, laneStates);
            LaneCompression.LoadWords(laneBlocks, LaneCompression.BlockBytes, words);
            LaneCompression.Compress<TVector, TOperations>(laneStates, words);
            for (int lane = 0; lane < used; lane++)
            {
                for (int word = 0; word < LaneCompression.StateWords; word++)
                {
                    states[((first + lane) * LaneCompression.StateWords) + word] = laneStates[(word * lanes) + lane];
                }
            }
        }
    }

    private static int Blocks(int bytes) => (bytes + PaddingBytes + LaneCompression.BlockBytes - 1) / LaneCompression.BlockBytes;

    private static int PaddedLength(int bytes) => Blocks(bytes) * LaneCompression.BlockBytes;

    private static void WriteState(ReadOnlySpan<uint> state, Span<uint> laneStates, int lane)
    {
        for (int word = 0; word < LaneCompression.StateWords; word++)
        {
            laneStates[(word * TOperations.Lanes) + lane] = state[word];
        }
    }

    // Section 5.1.1: behind the message a mark, zeros, and the length in bits at the end of the last block.
    private static void Pad(int messageBytes, int priorBytes, Span<byte> destination)
    {
        Span<byte> padded = destination[..PaddedLength(messageBytes)];
        padded[messageBytes..].Clear();
        padded[messageBytes] = PaddingMark;
        BinaryPrimitives.WriteUInt64BigEndian(padded[^LengthBytes..], 8 * ((ulong)priorBytes + (ulong)messageBytes));
    }

    // A counting sort of the next messages by their number of blocks; gives how many there are.
    private static int SortByBlocks(
        MessageList messages,
        int maxBytes,
        Span<MessageRange> sorted,
        ref int taken,
        ref int takenBytes)
    {
        Span<MessageRange> found = stackalloc MessageRange[SortedAtOnce];
        Span<int> positions = stackalloc int[MaxBlocks + 2];
        int count = 0;
        for (; taken < messages.Count && count < found.Length; taken++)
        {
            int length = messages.HashedLength(taken);
            if (length <= maxBytes)
            {
                found[count++] = new MessageRange(taken, takenBytes, length);
                positions[Blocks(length) + 1]++;
            }

            takenBytes += messages.Length(taken);
        }

        for (int blocks = 1; blocks < positions.Length; blocks++)
        {
            positions[blocks] += positions[blocks - 1];
        }

        foreach (MessageRange range in found[..count])
        {
            sorted[positions[Blocks(range.Length)]++] = range;
        }

        return count;
    }
}
