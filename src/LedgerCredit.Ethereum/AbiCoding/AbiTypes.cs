namespace LedgerCredit.Ethereum.AbiCoding;

internal static class AbiTypes
{
    internal static void CheckBits(int bits)
    {
        if (bits is < 8 or > 256 || bits % 8 != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(bits), $"Expected a multiple of 8 from 8 to 256, found {bits}.");
        }
    }
}
