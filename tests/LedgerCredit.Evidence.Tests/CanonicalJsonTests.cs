using System.Text;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Testing;

namespace LedgerCredit.Evidence.Tests;

[TestClass]
public sealed class CanonicalJsonTests
{
    [TestMethod]
    [DataRow("arrays")]
    [DataRow("french")]
    [DataRow("values")]
    public void TryWrite_PublishedVector_GivesItsForm(string name)
    {
        byte[] input = File.ReadAllBytes(SharedFiles.Require("vectors", "jcs", $"{name}.input.json"));
        byte[] expected = File.ReadAllBytes(SharedFiles.Require("vectors", "jcs", $"{name}.output.json"));

        Assert.IsTrue(CanonicalJson.TryWrite(Parse(input), CanonicalNumbers.Nearest, out byte[]? found, out _));

        Assert.AreEqual(Encoding.UTF8.GetString(expected).TrimEnd(), Encoding.UTF8.GetString(found));
    }

    // RFC 8785 section 3.2.3.
    [TestMethod]
    public void Write_NamesOfEveryPlane_AreSortedByCodeUnits()
    {
        const string Text = """
            {"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One",
             "\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}
            """;

        string canonical = Write(Text);

        Assert.AreEqual(
            "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\",\"ö\":\"Latin Small Letter O With Diaeresis\","
            + "\"€\":\"Euro Sign\",\"😀\":\"Emoji: Grinning Face\",\"\ufb33\":\"Hebrew Letter Dalet With Dagesh\"}",
            canonical);
    }

    [TestMethod]
    public void Write_EveryControlCharacter_HasItsShortestEscape()
    {
        StringBuilder text = new("\"");
        for (int c = 0; c < 0x20; c++)
        {
            text.Append($"\\u{c:X4}");
        }

        text.Append("\\u0022\\u005C\\/\\u007f\\u2028\"");

        Assert.AreEqual(
            "\"\\u0000\\u0001\\u0002\\u0003\\u0004\\u0005\\u0006\\u0007\\b\\t\\n\\u000b\\f\\r\\u000e\\u000f"
            + "\\u0010\\u0011\\u0012\\u0013\\u0014\\u0015\\u0016\\u0017\\u0018\\u0019\\u001a\\u001b\\u001c\\u001d\\u001e\\u001f"
            + "\\\"\\\\/\u007f\u2028\"",
            Write(text.ToString()));
    }

    [TestMethod]
    [DataRow("{}", "{}")]
    [DataRow("[ ]", "[]")]
    [DataRow(" null", "null")]
    [DataRow("[true , false]", "[true,false]")]
    [DataRow("{\"b\":[{\"d\":1,\"c\":2}],\"a\":{}, \"\":0}", "{\"\":0,\"a\":{},\"b\":[{\"c\":2,\"d\":1}]}")]
    [DataRow("\"中文 é 😀\"", "\"中文 é 😀\"")]
    public void Write_Value_GivesItsForm(string text, string expected)
    {
        Assert.AreEqual(expected, Write(text));
    }

    [TestMethod]
    public void TryWrite_WrongContent_NamesThePlace()
    {
        JsonValue inexact = new JsonObject(new JsonMember("a/b", new JsonArray(new JsonNull(), new JsonNumber("1e400"))));
        JsonValue surrogate = new JsonObject(new JsonMember("x", new JsonString("\ud800")));
        JsonValue nameSurrogate = new JsonObject(new JsonMember("\udc00", new JsonNull()));

        AssertRefused(inexact, "inexact-number", "/a~1b/1");
        AssertRefused(surrogate, "json-surrogate", "/x");
        AssertRefused(nameSurrogate, "json-surrogate", "/\\udc00");
        Assert.ThrowsExactly<ArgumentException>(() => CanonicalJson.Write(inexact));
    }

    [TestMethod]
    public void TryWrite_DeepValue_IsRefusedBeforeTheStackEnds()
    {
        JsonValue value = new JsonNull();
        for (int depth = 0; depth < 100_000; depth++)
        {
            value = new JsonArray(value);
        }

        Assert.IsFalse(CanonicalJson.TryWrite(value, CanonicalNumbers.Exact, out _, out ParseProblem? problem));

        Assert.AreEqual("json-depth", problem.Code);
    }

    [TestMethod]
    public void Write_RandomValues_EqualTheReferenceAndAreStable()
    {
        RandomRecords random = new(21);
        for (int i = 0; i < 500; i++)
        {
            JsonValue value = random.NextValue(5);
            byte[] canonical = CanonicalJson.Write(value);

            Assert.AreEqual(ReferenceCommitment.Canonical(JsonText.WriteLine(value)), Encoding.UTF8.GetString(canonical));
            Assert.AreSequenceEqual(canonical, CanonicalJson.Write(Parse(canonical)));
            Assert.AreSequenceEqual(canonical, CanonicalJson.Write(random.Shuffle(value)));
        }
    }

    private static void AssertRefused(JsonValue value, string code, string path)
    {
        Assert.IsFalse(CanonicalJson.TryWrite(value, CanonicalNumbers.Exact, out byte[]? utf8, out ParseProblem? problem));
        Assert.IsNull(utf8);
        Assert.AreEqual(code, problem.Code);
        Assert.AreEqual(path, problem.Path);
    }

    private static string Write(string text) => Encoding.UTF8.GetString(CanonicalJson.Write(Parse(Encoding.UTF8.GetBytes(text))));

    private static JsonValue Parse(byte[] utf8)
    {
        Assert.IsTrue(StrictJson.TryParse(utf8, JsonLimits.Document, out JsonValue? value, out ParseProblem? problem), problem?.ToString());
        return value;
    }
}
