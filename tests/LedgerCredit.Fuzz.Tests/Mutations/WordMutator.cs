using System.Buffers.Binary;

namespace LedgerCredit.Fuzz.Tests.Mutations;

/// <summary>Changes words of 32 bytes: numbers, offsets, lengths, padding.</summary>
internal static class WordMutator
{
    private const int Length = 32;

    /// <summary>One change, or null where there is no word.</summary>
    public static byte[]? Change(byte[] input, FuzzRandom random)
    {
        int count = input.Length / Length;
        if (count == 0)
        {
            return null;
        }

        // Call data and the inputs of events have some bytes in front of the words.
        int start = input.Length % Length;
        int at = start + (random.Next(count) * Length);
        int other = start + (random.Next(count) * Length);
        byte[] changed = [.. input];
        Span<byte> word = changed.AsSpan(at, Length);
        switch (random.Next(8))
        {
            case 0:
                word.Clear();
                BinaryPrimitives.WriteUInt64BigEndian(word[24..], ByteMutator.EdgeNumber(random));
                return changed;
            case 1:
                word.Clear();
                BinaryPrimitives.WriteUInt64BigEndian(word[24..], (ulong)(Length * random.Next(count + 2)));
                return changed;
            case 2:
                word[random.Next(Length)] ^= (byte)(1 << random.Next(8));
                return changed;
            case 3:
                word.Fill(random.OneIn(2) ? (byte)0xFF : (byte)0);
                return changed;
            case 4:
                return [.. input[..at], .. input[(at + Length)..]];
            case 5:
                return ByteMutator.Insert(input, at, input.AsSpan(other, Length));
            case 6:
                input.AsSpan(other, Length).CopyTo(word);
                return changed;
            default:
                ulong number = BinaryPrimitives.ReadUInt64BigEndian(word[24..]);
                BinaryPrimitives.WriteUInt64BigEndian(word[24..], unchecked(random.OneIn(2) ? number + 1 : number - 1));
                return changed;
        }
    }
}
