using System.Buffers;
using System.Globalization;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Ethereum.Rpc;

/// <summary>Quantities and data as JSON-RPC carries them: two forms of hex, each with one text for each value.</summary>
/// <remarks>
/// Execution API specification, "hex encoding". A quantity has no leading zeros (<c>0x0</c>, <c>0x41</c>); data has two digits a byte
/// (<c>0x</c>, <c>0x0041</c>). Both are lower case. Addresses may also carry their checksum.
/// </remarks>
internal static class RpcText
{
    private static readonly SearchValues<char> LowerHexDigits = SearchValues.Create("0123456789abcdef");

    internal static JsonString Quantity(UInt128 value) =>
        new("0x" + value.ToString("x", CultureInfo.InvariantCulture));

    internal static JsonString AddressData(Address address) => new(address.ToLowerHex());

    internal static JsonString Data(ReadOnlySpan<byte> bytes) => new(Hex.Encode(bytes));

    internal static ulong ReadUInt64(JsonCursor cursor) => (ulong)ReadQuantity(cursor, 16);

    internal static UInt128 ReadUInt128(JsonCursor cursor) => ReadQuantity(cursor, 32);

    internal static Address ReadAddress(JsonCursor cursor)
    {
        if (!Address.TryParse(cursor.Text(), out Address address))
        {
            cursor.Refuse("bad-address", "Expected 0x and 40 hex digits, lower case or with their checksum, found other text.");
        }

        return address;
    }

    internal static bool IsNull(JsonCursor cursor) => cursor.Value is JsonNull;

    /// <summary>A member that is null or missing where there is nothing to say.</summary>
    internal static bool TryPresent(JsonCursor json, string name, out JsonCursor member) =>
        json.TryMember(name, out member) && !IsNull(member);

    private static UInt128 ReadQuantity(JsonCursor cursor, int maxDigits)
    {
        string text = cursor.Text();
        bool isQuantity = text.Length > 2 && text.Length <= 2 + maxDigits && text.StartsWith("0x", StringComparison.Ordinal)
            && (text[2] != '0' || text.Length == 3)
            && text.AsSpan(2).IndexOfAnyExcept(LowerHexDigits) < 0;
        if (!isQuantity)
        {
            cursor.Refuse(
                "bad-quantity",
                $"Expected 0x and up to {maxDigits} lower-case hex digits without leading zeros, found other text.");
            return 0;
        }

        return UInt128.Parse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }
}
