using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace LedgerCredit.Ethereum.Keys;

/// <summary>AES-128 in counter mode (NIST SP 800-38A section 6.5), for a few blocks: encryption and decryption are the same.</summary>
internal static class Aes128Ctr
{
    internal const int KeyLength = 16;

    internal const int BlockLength = 16;

    [SuppressMessage("Security", "CA5358", Justification = "The block cipher by itself is what counter mode is built of.")]
    internal static byte[] Transform(ReadOnlySpan<byte> key, ReadOnlySpan<byte> firstCounter, ReadOnlySpan<byte> input)
    {
        using Aes aes = Aes.Create();
        aes.SetKey(key);

        byte[] output = new byte[input.Length];
        byte[] counter = firstCounter.ToArray();
        for (int start = 0; start < input.Length; start += BlockLength)
        {
            byte[] keyStream = aes.EncryptEcb(counter, PaddingMode.None);
            int end = Math.Min(start + BlockLength, input.Length);
            for (int i = start; i < end; i++)
            {
                output[i] = (byte)(input[i] ^ keyStream[i - start]);
            }

            Increment(counter);
        }

        return output;
    }

    // Big-endian, wrapping round at 2^128.
    private static void Increment(byte[] counter)
    {
        for (int i = counter.Length - 1; i >= 0; i--)
        {
            counter[i] = (byte)((counter[i] + 1) & 0xff);
            if (counter[i] != 0)
            {
                return;
            }
        }
    }
}
