using System.Diagnostics;
using System.Text;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Primitives.Tests;

[TestClass]
public sealed class StrictJsonTests
{
    private static readonly JsonLimits Limits = new(64 * 1024, 16);

    [TestMethod]
    [DataRow("{}")]
    [DataRow("[]")]
    [DataRow(" \t\r\n null \n")]
    [DataRow("\"\"")]
    [DataRow("-0.0e-5")]
    [DataRow("1e999999999999")]
    [DataRow("{\"\":{\"\":1},\"a\":[true,false,null]}")]
    [DataRow("\"\\ud83d\\ude00 \\u0000 \\/\"")]
    public void TryParse_RightText_IsAccepted(string text)
    {
        Assert.IsTrue(TryParse(text, out _, out ParseProblem? problem), problem?.ToString());
    }

    [TestMethod]
    [DataRow("", "json-syntax", "")]
    [DataRow("  ", "json-syntax", "")]
    [DataRow("{", "json-syntax", "")]
    [DataRow("{}{}", "json-syntax", "")]
    [DataRow("{} x", "json-syntax", "")]
    [DataRow("[1,]", "json-syntax", "")]
    [DataRow("{\"a\":1,}", "json-syntax", "")]
    [DataRow("{'a':1}", "json-syntax", "")]
    [DataRow("{a:1}", "json-syntax", "")]
    [DataRow("[1] // comment", "json-syntax", "")]
    [DataRow("/* comment */ 1", "json-syntax", "")]
    [DataRow("NaN", "json-syntax", "")]
    [DataRow("Infinity", "json-syntax", "")]
    [DataRow("+1", "json-syntax", "")]
    [DataRow("01", "json-syntax", "")]
    [DataRow("1.", "json-syntax", "")]
    [DataRow(".5", "json-syntax", "")]
    [DataRow("1e", "json-syntax", "")]
    [DataRow("0x10", "json-syntax", "")]
    [DataRow("\"a\nb\"", "json-syntax", "", DisplayName = "raw newline in a string")]
    [DataRow("\"\\x41\"", "json-syntax", "")]
    [DataRow("\"\\u12g4\"", "json-syntax", "")]
    [DataRow("\"open", "json-syntax", "")]
    [DataRow("\u00a0{}", "json-syntax", "", DisplayName = "no-break space")]
    [DataRow("\ufeff{}", "json-bom", "")]
    [DataRow("{\"a\":{\"b\":1,\"b\":2}}", "json-duplicate", "$.a.b")]
    [DataRow("{\"a\":1,\"\\u0061\":2}", "json-duplicate", "$.a", DisplayName = "the same name, escaped")]
    [DataRow("[0,{\"a\":[\"\\ud800\"]}]", "json-surrogate", "$[1].a[0]")]
    [DataRow("\"\\udc00\"", "json-surrogate", "$")]
    [DataRow("\"\\ud800\\ud800\\udc00\"", "json-surrogate", "$")]
    [DataRow("\"\\ud800x\\udc00\"", "json-surrogate", "$")]
    [DataRow("\"\\ud800\\n\"", "json-surrogate", "$")]
    [DataRow("{\"a\":{\"\\udfff\":1}}", "json-surrogate", "$.a")]
    public void TryParse_WrongText_IsRefusedWithItsCode(string text, string code, string path)
    {
        Assert.IsFalse(TryParse(text, out JsonValue? value, out ParseProblem? problem));

        Assert.IsNull(value);
        Assert.AreEqual(code, problem!.Code);
        if (code != "json-syntax")
        {
            Assert.AreEqual(path, problem.Path);
        }
    }

    [TestMethod]
    [DataRow(new byte[] { 0x22, 0x80, 0x22 }, DisplayName = "continuation byte alone")]
    [DataRow(new byte[] { 0x22, 0xC0, 0xAF, 0x22 }, DisplayName = "overlong")]
    [DataRow(new byte[] { 0x22, 0xED, 0xA0, 0x80, 0x22 }, DisplayName = "encoded surrogate")]
    [DataRow(new byte[] { 0x22, 0xF4, 0x90, 0x80, 0x80, 0x22 }, DisplayName = "beyond U+10FFFF")]
    [DataRow(new byte[] { 0x22, 0xE4, 0xB8, 0x22 }, DisplayName = "cut short")]
    public void TryParse_InvalidUtf8_IsRefusedWithTheMemberThatHoldsIt(byte[] bytes)
    {
        byte[] text = [.. "{\"a\":{\"b\":[1,"u8, .. bytes, .. "]}}"u8];

        Assert.IsFalse(StrictJson.TryParse(text, Limits, JsonPathForm.JsonPointer, out _, out ParseProblem? problem));

        Assert.AreEqual("json-utf8", problem.Code);
        Assert.AreEqual("/a/b/1", problem.Path);
    }

    [TestMethod]
    public void TryParse_InvalidUtf8OutsideStrings_IsMalformed()
    {
        Assert.IsFalse(StrictJson.TryParse([(byte)'[', 0xFF, (byte)']'], Limits, out _, out ParseProblem? problem));

        Assert.AreEqual("json-syntax", problem.Code);
    }

    [TestMethod]
    public void TryParse_NestingAtAndOverTheLimit_IsAcceptedAndRefused()
    {
        string deepest = new string('[', 16) + new string(']', 16);
        string deeper = "{\"a\":" + deepest + "}";

        Assert.IsTrue(TryParse(deepest, out _, out _));
        Assert.IsFalse(TryParse(deeper, out _, out ParseProblem? problem));
        Assert.AreEqual("json-depth", problem!.Code);
        Assert.AreEqual("$.a" + string.Concat(Enumerable.Repeat("[0]", 15)), problem.Path);
    }

    [TestMethod]
    public void TryParse_HostileNesting_IsRefusedBeforeItIsFollowed()
    {
        JsonLimits large = new(4 * 1024 * 1024, 16);

        Assert.IsFalse(StrictJson.TryParse(Encoding.ASCII.GetBytes(new string('[', large.MaxBytes)), large, out _, out ParseProblem? problem));

        Assert.AreEqual("json-depth", problem.Code);
    }

    [TestMethod]
    public void TryParse_MalformedTextAtTheDeepestLevel_IsNotCalledTooDeep()
    {
        Assert.IsFalse(TryParse(new string('[', 16) + "x", out _, out ParseProblem? problem));

        Assert.AreEqual("json-syntax", problem!.Code);
    }

    [TestMethod]
    public void TryParse_SizeAtAndOverTheLimit_IsAcceptedAndRefused()
    {
        string largest = "\"" + new string('a', Limits.MaxBytes - 2) + "\"";

        Assert.IsTrue(TryParse(largest, out _, out _));
        Assert.IsFalse(TryParse(largest + " ", out _, out ParseProblem? problem));
        Assert.AreEqual("too-large", problem!.Code);
    }

    [TestMethod]
    public void TryParse_ManyMembers_TakesLinearTime()
    {
        JsonLimits large = new(16 * 1024 * 1024, 16);
        string text = "{" + string.Join(',', Enumerable.Range(0, 500_000).Select(i => $"\"{i}\":{i}")) + ",\"499999\":0}";
        Stopwatch watch = Stopwatch.StartNew();

        Assert.IsFalse(StrictJson.TryParse(Encoding.ASCII.GetBytes(text), large, out _, out ParseProblem? problem));

        // A quadratic check of the names would take minutes.
        Assert.IsLessThan(TimeSpan.FromSeconds(30), watch.Elapsed);
        Assert.AreEqual("json-duplicate", problem.Code);
        Assert.AreEqual("$.499999", problem.Path);
    }

    [TestMethod]
    public void TryParse_DuplicateAtEveryPositionOfALargeObject_IsFound()
    {
        for (int count = 1; count < 20; count++)
        {
            for (int again = 0; again < count; again++)
            {
                string text = "{" + string.Join(',', Enumerable.Range(0, count).Select(i => $"\"m{i}\":0")) + $",\"m{again}\":1}}";

                Assert.IsFalse(TryParse(text, out _, out ParseProblem? problem));
                Assert.AreEqual($"$.m{again}", problem!.Path);
            }
        }
    }

    [TestMethod]
    public void TryParse_KeepsOrderAndNumberText()
    {
        Assert.IsTrue(TryParse("{\"b\":1.10,\"a\":[-0,1E400],\"é\":\"\\u00e9\"}", out JsonValue? value, out _));

        JsonObject json = (JsonObject)value!;
        Assert.AreSequenceEqual(["b", "a", "é"], json.Members.Select(member => member.Name));
        Assert.AreEqual("1.10", ((JsonNumber)json.Find("b")!).Text);
        Assert.AreEqual("1E400", ((JsonNumber)((JsonArray)json.Find("a")!).Items[1]).Text);
        Assert.AreEqual("é", ((JsonString)json.Find("é")!).Value);
    }

    [TestMethod]
    public void TryParse_HostileMemberName_IsShownShortAndPlain()
    {
        string name = "\\u001b[2J\\u202e" + new string('x', 1000);

        Assert.IsFalse(TryParse($"{{\"{name}\":[\"\\ud800\"]}}", out _, out ParseProblem? problem));

        Assert.IsTrue(problem!.Path.StartsWith("$.\\u001b[2J\\u202exxx", StringComparison.Ordinal), problem.Path);
        Assert.IsLessThan(120, problem.Path.Length);
    }

    [TestMethod]
    public void TryParse_RandomBytes_NeverThrows()
    {
        Random random = new(4);
        byte[] seed = Encoding.UTF8.GetBytes("{\"kind\":\"sanction\",\"a\":[1,-2.5e3,true,null,\"\\u00e9\\ud83d\\ude00中\"],\"c\":{\"d\":{}}}");
        for (int i = 0; i < 20_000; i++)
        {
            byte[] text = [.. seed];
            for (int changes = random.Next(1, 4); changes > 0; changes--)
            {
                text[random.Next(text.Length)] = (byte)random.Next(256);
            }

            bool isAccepted = StrictJson.TryParse(text.AsSpan(0, random.Next(text.Length + 1)), Limits, out JsonValue? value, out ParseProblem? problem);

            Assert.AreEqual(isAccepted, value is not null);
            Assert.AreEqual(isAccepted, problem is null);
        }
    }

    [TestMethod]
    public void TryParse_AcceptedText_IsAlsoReadSoByTheFramework()
    {
        Random random = new(5);
        byte[] seed = Encoding.UTF8.GetBytes("{\"a\":[1,-2.5e3,true,null,\"\\u00e9\"],\"c\":{\"d\":{}}}");
        int accepted = 0;
        for (int i = 0; i < 20_000; i++)
        {
            byte[] text = [.. seed];
            text[random.Next(text.Length)] = (byte)random.Next(32, 127);
            if (!StrictJson.TryParse(text, Limits, out JsonValue? value, out _))
            {
                continue;
            }

            accepted++;
            using System.Text.Json.JsonDocument expected = System.Text.Json.JsonDocument.Parse(text);
            AssertSame(expected.RootElement, value);
        }

        Assert.IsGreaterThan(1000, accepted);
    }

    private static void AssertSame(System.Text.Json.JsonElement expected, JsonValue found)
    {
        switch (found)
        {
            case JsonObject json:
                Assert.AreSequenceEqual(expected.EnumerateObject().Select(p => p.Name), json.Members.Select(m => m.Name));
                foreach (JsonMember member in json.Members)
                {
                    AssertSame(expected.GetProperty(member.Name), member.Value);
                }

                break;
            case JsonArray array:
                Assert.HasCount(expected.GetArrayLength(), array.Items);
                for (int i = 0; i < array.Items.Count; i++)
                {
                    AssertSame(expected[i], array.Items[i]);
                }

                break;
            case JsonString text:
                Assert.AreEqual(expected.GetString(), text.Value);
                break;
            default:
                Assert.AreEqual(expected.GetRawText(), found is JsonNumber n ? n.Text : found is JsonBoolean b ? (b.Value ? "true" : "false") : "null");
                break;
        }
    }

    private static bool TryParse(string text, out JsonValue? value, out ParseProblem? problem) =>
        StrictJson.TryParse(Encoding.UTF8.GetBytes(text), Limits, out value, out problem);
}
