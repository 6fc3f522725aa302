using LedgerCredit.Primitives;

namespace LedgerCredit.Log.Tests;

internal static class Bits
{
    public static Bytes32 Flip(Bytes32 value, int bit)
    {
        byte[] bytes = value.ToArray();
        bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        return Bytes32.FromBytes(bytes);
    }
}
