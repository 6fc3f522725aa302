using System.Buffers.Binary;
using System.Globalization;

namespace LedgerCredit.Ethereum.AbiCoding;

/// <summary>The four bytes that name a function or an error: the first of the hash of its signature.</summary>
/// <param name="Value">The bytes as a big-endian number.</param>
/// <remarks>Solidity ABI specification, "function selector".</remarks>
public readonly record struct AbiSelector(uint Value)
{
    /// <summary>The size in bytes.</summary>
    public const int Length = 4;

    /// <summary>The selector of a signature such as <c>anchor(bytes32,uint64,bytes32,bytes32[])</c>: no spaces, no names.</summary>
    public static AbiSelector FromSignature(string signature) =>
        new(BinaryPrimitives.ReadUInt32BigEndian(Keccak256.Hash(signature).AsSpan()));

    /// <summary>Splits call data or revert data into its selector and arguments.</summary>
    /// <returns><see langword="false"/> for fewer than four bytes.</returns>
    public static bool TrySplit(ReadOnlyMemory<byte> data, out AbiSelector selector, out ReadOnlyMemory<byte> arguments)
    {
        if (data.Length < Length)
        {
            selector = default;
            arguments = default;
            return false;
        }

        selector = new AbiSelector(BinaryPrimitives.ReadUInt32BigEndian(data.Span));
        arguments = data[Length..];
        return true;
    }

    /// <summary>The four bytes.</summary>
    public byte[] ToArray()
    {
        byte[] bytes = new byte[Length];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, Value);
        return bytes;
    }

    /// <summary><c>0x</c> and eight hex digits.</summary>
    public override string ToString() => "0x" + Value.ToString("x8", CultureInfo.InvariantCulture);
}
