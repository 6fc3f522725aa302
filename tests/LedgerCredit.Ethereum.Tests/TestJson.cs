using LedgerCredit.Primitives.Json;
using LedgerCredit.Testing;

namespace LedgerCredit.Ethereum.Tests;

/// <summary>Reads the files of vectors.</summary>
internal static class TestJson
{
    internal static JsonValue Parse(ReadOnlySpan<byte> utf8)
    {
        Assert.IsTrue(StrictJson.TryParse(utf8, new JsonLimits(16 * 1024 * 1024, 64), out JsonValue? json, out ParseProblem? problem), problem?.ToString());
        return json;
    }

    internal static JsonValue ReadShared(params ReadOnlySpan<string> parts) => Parse(File.ReadAllBytes(SharedFiles.Require(parts)));

    internal static JsonValue Member(this JsonValue json, string name) =>
        ((JsonObject)json).Find(name) ?? throw new KeyNotFoundException(name);

    internal static string Text(this JsonValue json, string name) => ((JsonString)json.Member(name)).Value;

    internal static byte[] Bytes(string hex) => Convert.FromHexString(hex.StartsWith("0x", StringComparison.Ordinal) ? hex[2..] : hex);

    internal static Bytes32 Word(string hex) => Bytes32.FromBytes(Bytes(hex));
}
