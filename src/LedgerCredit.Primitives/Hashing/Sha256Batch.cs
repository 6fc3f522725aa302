using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace LedgerCredit.Primitives.Hashing;

/// <summary>SHA-256 (FIPS 180-4) and HMAC-SHA-256 (RFC 2104) of many short messages at once.</summary>
/// <remarks>
/// The framework's functions take longer to be called than to hash a short message. Here a vector of 32-bit lanes works on as
/// many messages as it has lanes; where the processor has no such vectors, and for long messages, the framework does it.
/// A message alone takes a vector about as long as sixteen.
/// Thread-safe and pure.
/// </remarks>
public static class Sha256Batch
{
    // A message of this many blocks takes the framework no longer than it takes one lane that all others wait for.
    private const int MaxLaneBytesOfFew = (4 * LaneCompression.BlockBytes) - 9;

    // In a large batch other messages fill the other lanes while a long one is hashed.
    private const int MaxLaneBytesOfMany = LaneHasher<Vector256<uint>, EightLanes>.MaxBytes;
    private const int Many = 64;

    // Macs are made in groups, so that what lies between the two hashes of a mac fits on the stack.
    private const int MacGroup = 128;

    // Messages up to this size are put behind their prefix on the stack.
    private const int StackLimit = 512;

    private const byte InnerPad = 0x36;
    private const byte OuterPad = 0x5c;

    /// <summary>What this machine uses.</summary>
    public static HashPath BestPath { get; } =
        SixteenLanes.IsSupported ? HashPath.SixteenLanes
        : EightLanes.IsSupported ? HashPath.EightLanes
        : HashPath.Framework;

    /// <summary>Hashes messages of one length, each behind the same one-byte prefix.</summary>
    /// <param name="prefix">Hashed before each message.</param>
    /// <param name="messages">
    /// The messages, without gaps. Where a message is at least as long as a hash, <paramref name="hashes"/> may begin at the same
    /// place and overwrite them.
    /// </param>
    /// <param name="messageBytes">The length of each message in bytes.</param>
    /// <param name="hashes">One for each message, in order.</param>
    /// <exception cref="ArgumentException">There are not as many messages as hashes.</exception>
    public static void HashFixed(byte prefix, ReadOnlySpan<byte> messages, int messageBytes, Span<Bytes32> hashes) =>
        HashFixed(hashes.Length > 1 ? BestPath : HashPath.Framework, prefix, messages, messageBytes, hashes);

    /// <summary>Hashes messages of any lengths.</summary>
    /// <param name="messages">The messages, without gaps.</param>
    /// <param name="lengths">The length of each in bytes.</param>
    /// <param name="hashes">One for each message, in order.</param>
    /// <exception cref="ArgumentException">The lengths do not add up to the messages, or there are not as many hashes.</exception>
    public static void Hash(ReadOnlySpan<byte> messages, ReadOnlySpan<int> lengths, Span<Bytes32> hashes) =>
        Hash(BestPath, messages, lengths, hashes);

    /// <summary>Hashes the base64url texts of messages of any lengths (RFC 4648 section 5, without padding), which are kept nowhere.</summary>
    /// <param name="messages">
    /// The messages, without gaps, and any bytes behind them; <see cref="Base64UrlWriter.Room"/> bytes make the last texts as fast as the others.
    /// </param>
    /// <param name="lengths">The length of each message in bytes.</param>
    /// <param name="hashes">One for each text, in order.</param>
    /// <exception cref="ArgumentException">The lengths add up to more than the messages, or there are not as many hashes.</exception>
    public static void HashBase64Url(ReadOnlySpan<byte> messages, ReadOnlySpan<int> lengths, Span<Bytes32> hashes) =>
        HashBase64Url(BestPath, messages, lengths, hashes);

    /// <summary>Makes the macs of messages of any lengths with keys of 32 bytes.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="keyOf">For each message, the position of its key in <paramref name="keys"/>.</param>
    /// <param name="messages">The messages, without gaps.</param>
    /// <param name="lengths">The length of each in bytes.</param>
    /// <param name="macs">One for each message, in order.</param>
    /// <exception cref="ArgumentException">
    /// The lengths do not add up to the messages, a key does not exist, or there are not as many lengths, keys and macs.
    /// </exception>
    public static void Hmac(
        ReadOnlySpan<Bytes32> keys,
        ReadOnlySpan<int> keyOf,
        ReadOnlySpan<byte> messages,
        ReadOnlySpan<int> lengths,
        Span<Bytes32> macs) => Hmac(BestPath, keys, keyOf, messages, lengths, macs);

    /// <summary>As the public one, on a path that the machine supports.</summary>
    internal static void HashFixed(HashPath path, byte prefix, ReadOnlySpan<byte> messages, int messageBytes, Span<Bytes32> hashes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(messageBytes);
        if ((long)messageBytes * hashes.Length != messages.Length)
        {
            throw new ArgumentException(
                $"Expected {hashes.Length} messages of {messageBytes} bytes, found {messages.Length} bytes.", nameof(messages));
        }

        switch (path)
        {
            case HashPath.SixteenLanes when messageBytes <= MaxLaneBytesOfFew - 1:
                LaneHasher<Vector512<uint>, SixteenLanes>.HashFixed(prefix, messages, messageBytes, hashes);
                break;
            case HashPath.EightLanes when messageBytes <= MaxLaneBytesOfFew - 1:
                LaneHasher<Vector256<uint>, EightLanes>.HashFixed(prefix, messages, messageBytes, hashes);
                break;
            default:
                HashFixedByFramework(prefix, messages, messageBytes, hashes);
                break;
        }
    }

    /// <summary>As the public one, on a path that the machine supports.</summary>
    internal static void Hash(HashPath path, ReadOnlySpan<byte> messages, ReadOnlySpan<int> lengths, Span<Bytes32> hashes)
    {
        Hash(path, new MessageList(messages, lengths), hashes);
    }

    /// <summary>As the public one, on a path that the machine supports.</summary>
    internal static void HashBase64Url(HashPath path, ReadOnlySpan<byte> messages, ReadOnlySpan<int> lengths, Span<Bytes32> hashes)
    {
        Hash(path, MessageList.OfTexts(messages, lengths), hashes);
    }

    /// <summary>As the public one, on a path that the machine supports.</summary>
    internal static void Hmac(
        HashPath path,
        ReadOnlySpan<Bytes32> keys,
        ReadOnlySpan<int> keyOf,
        ReadOnlySpan<byte> messages,
        ReadOnlySpan<int> lengths,
        Span<Bytes32> macs)
    {
        MessageList list = new(messages, lengths);
        ThrowIfOtherCount(macs.Length, lengths.Length, nameof(macs));
        ThrowIfOtherCount(keyOf.Length, lengths.Length, nameof(keyOf));
        foreach (int key in keyOf)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(key, nameof(keyOf));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(key, keys.Length, nameof(keyOf));
        }

        int maxBytes = MaxLaneBytes(path, lengths.Length);
        if (path != HashPath.Framework)
        {
            MakeMacsInLanes(path, keys, keyOf, messages, lengths, maxBytes, macs);
        }

        int start = 0;
        for (int i = 0; i < lengths.Length; i++)
        {
            if (lengths[i] > maxBytes)
            {
                macs[i] = Sha256.Hmac(keys[keyOf[i]].AsSpan(), messages.Slice(start, lengths[i]));
            }

            start += lengths[i];
        }
    }

    private static void Hash(HashPath path, MessageList messages, Span<Bytes32> hashes)
    {
        ThrowIfOtherCount(hashes.Length, messages.Count, nameof(hashes));
        int maxBytes = MaxLaneBytes(path, messages.Count);
        HashInLanes(path, messages, maxBytes, LaneCompression.InitialState, [], 0, hashes);
        int start = 0;
        for (int i = 0; i < messages.Count; i++)
        {
            int length = messages.HashedLength(i);
            if (length > maxBytes)
            {
                hashes[i] = HashByFramework(messages, new MessageRange(i, start, length));
            }

            start += messages.Length(i);
        }
    }

    private static Bytes32 HashByFramework(MessageList messages, MessageRange range)
    {
        int room = range.Length + messages.Room;
        Span<byte> message = room <= StackLimit ? stackalloc byte[room] : new byte[room];
        messages.Write(range, message);
        return Sha256.Hash(message[..range.Length]);
    }

    // RFC 2104 section 2: H(key ^ opad || H(key ^ ipad || message)), where the hash of each padded key is shared by its messages.
    private static void MakeMacsInLanes(
        HashPath path,
        ReadOnlySpan<Bytes32> keys,
        ReadOnlySpan<int> keyOf,
        ReadOnlySpan<byte> messages,
        ReadOnlySpan<int> lengths,
        int maxBytes,
        Span<Bytes32> macs)
    {
        uint[] states = KeyStates(path, keys);
        ReadOnlySpan<uint> innerStates = states.AsSpan(0, states.Length / 2);
        ReadOnlySpan<uint> outerStates = states.AsSpan(states.Length / 2);
        Span<Bytes32> innerHashes = stackalloc Bytes32[MacGroup];
        Span<int> innerLengths = stackalloc int[MacGroup];
        innerLengths.Fill(Bytes32.Length);
        int start = 0;
        for (int first = 0; first < lengths.Length; first += MacGroup)
        {
            int count = Math.Min(MacGroup, lengths.Length - first);
            ReadOnlySpan<int> groupLengths = lengths.Slice(first, count);
            ReadOnlySpan<int> groupKeys = keyOf.Slice(first, count);
            int groupBytes = Sum(groupLengths);
            MessageList group = new(messages.Slice(start, groupBytes), groupLengths);
            HashInLanes(path, group, maxBytes, innerStates, groupKeys, LaneCompression.BlockBytes, innerHashes);
            MessageList inner = new(MemoryMarshal.AsBytes(innerHashes[..count]), innerLengths[..count]);
            HashInLanes(path, inner, maxBytes, outerStates, groupKeys, LaneCompression.BlockBytes, macs.Slice(first, count));
            start += groupBytes;
        }

        // Whoever has these can make macs as with the keys.
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(states.AsSpan()));
    }

    // The states after the padded keys: all inner ones, then all outer ones.
    private static uint[] KeyStates(HashPath path, ReadOnlySpan<Bytes32> keys)
    {
        byte[] blocks = new byte[2 * keys.Length * LaneCompression.BlockBytes];
        int half = blocks.Length / 2;
        blocks.AsSpan(0, half).Fill(InnerPad);
        blocks.AsSpan(half).Fill(OuterPad);
        for (int key = 0; key < keys.Length; key++)
        {
            for (int i = 0; i < Bytes32.Length; i++)
            {
                blocks[(key * LaneCompression.BlockBytes) + i] ^= keys[key][i];
                blocks[half + (key * LaneCompression.BlockBytes) + i] ^= keys[key][i];
            }
        }

        uint[] states = new uint[2 * keys.Length * LaneCompression.StateWords];
        if (path == HashPath.SixteenLanes)
        {
            LaneHasher<Vector512<uint>, SixteenLanes>.CompressFirstBlocks(blocks, states);
        }
        else
        {
            LaneHasher<Vector256<uint>, EightLanes>.CompressFirstBlocks(blocks, states);
        }

        CryptographicOperations.ZeroMemory(blocks);
        return states;
    }

    private static void HashInLanes(
        HashPath path,
        MessageList messages,
        int maxBytes,
        ReadOnlySpan<uint> initialStates,
        ReadOnlySpan<int> stateOf,
        int priorBytes,
        Span<Bytes32> hashes)
    {
        switch (path)
        {
            case HashPath.SixteenLanes:
                LaneHasher<Vector512<uint>, SixteenLanes>.Hash(messages, maxBytes, initialStates, stateOf, priorBytes, hashes);
                break;
            case HashPath.EightLanes:
                LaneHasher<Vector256<uint>, EightLanes>.Hash(messages, maxBytes, initialStates, stateOf, priorBytes, hashes);
                break;
            default:
                Debug.Assert(maxBytes < 0, "The framework does them all.");
                break;
        }
    }

    private static void HashFixedByFramework(byte prefix, ReadOnlySpan<byte> messages, int messageBytes, Span<Bytes32> hashes)
    {
        Span<byte> prefixed = messageBytes < StackLimit ? stackalloc byte[1 + messageBytes] : new byte[1 + messageBytes];
        prefixed[0] = prefix;
        for (int i = 0; i < hashes.Length; i++)
        {
            messages.Slice(i * messageBytes, messageBytes).CopyTo(prefixed[1..]);
            hashes[i] = Sha256.Hash(prefixed);
        }
    }

    // The longest message that goes into a lane; below zero where none does.
    private static int MaxLaneBytes(HashPath path, int count) =>
        path == HashPath.Framework ? -1 : count >= Many ? MaxLaneBytesOfMany : MaxLaneBytesOfFew;

    private static int Sum(ReadOnlySpan<int> lengths)
    {
        int sum = 0;
        foreach (int length in lengths)
        {
            sum += length;
        }

        return sum;
    }

    private static void ThrowIfOtherCount(int found, int expected, string parameter)
    {
        if (found != expected)
        {
            throw new ArgumentException($"Expected {expected} items, one for each message, found {found}.", parameter);
        }
    }
}
