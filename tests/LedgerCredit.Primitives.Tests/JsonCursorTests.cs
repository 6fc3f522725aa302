using System.Text;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Primitives.Tests;

[TestClass]
public sealed class JsonCursorTests
{
    [TestMethod]
    public void Reads_RightDocument_GiveItsValues()
    {
        JsonProblems problems = new();
        JsonCursor root = Root("""{"text":"t","yes":true,"number":9007199254740991,"hex":"0x0aff","list":[1,2],"base64":"AAE="}""", problems)
            .ObjectWith(["text", "yes", "number", "hex", "list", "base64"], ["more"]);

        Assert.AreEqual("t", root.Member("text").Text());
        Assert.IsTrue(root.Member("yes").Boolean());
        Assert.AreEqual(9007199254740991UL, root.Member("number").SafeInteger());
        Assert.AreSequenceEqual(new byte[] { 0x0A, 0xFF }, root.Member("hex").HexBytes());
        Assert.AreSequenceEqual(new byte[] { 0, 1 }, root.Member("base64").Base64Bytes());
        Assert.AreSequenceEqual([1UL, 2UL], root.Member("list").Items(2).Select(item => item.SafeInteger()));
        Assert.AreEqual("$.list[1]", root.Member("list").Items(2)[1].Path);
        Assert.IsFalse(root.TryMember("more", out _));
        Assert.HasCount(6, root.Members());
        Assert.IsNull(problems.First);
    }

    [TestMethod]
    [DataRow("""{"a":{}}""", "missing-member", "$.a.text")]
    [DataRow("""{"a":{"text":"t","other":1}}""", "unknown-member", "$.a.other")]
    [DataRow("""{"a":[]}""", "wrong-type", "$.a")]
    [DataRow("""{"a":{"text":1}}""", "wrong-type", "$.a.text")]
    [DataRow("""{"a":{"text":null}}""", "wrong-type", "$.a.text")]
    [DataRow("""{}""", "missing-member", "$.a")]
    public void ObjectWith_WrongDocument_NotesTheFirstProblem(string text, string code, string path)
    {
        JsonProblems problems = new();
        JsonCursor inner = Root(text, problems).ObjectWith(["a"]).Member("a").ObjectWith(["text"]);

        inner.Member("text").Text();

        Assert.AreEqual(code, problems.First?.Code);
        Assert.AreEqual(path, problems.First?.Path);
    }

    [TestMethod]
    [DataRow("-1")]
    [DataRow("1.0")]
    [DataRow("1e2")]
    [DataRow("-0")]
    [DataRow("9007199254740992")]
    [DataRow("18446744073709551616")]
    [DataRow("100000000000000000000000000000")]
    public void SafeInteger_OtherNumber_IsRefused(string number)
    {
        JsonProblems problems = new();

        Root(number, problems).SafeInteger();

        Assert.AreEqual("bad-integer", problems.First?.Code);
    }

    [TestMethod]
    public void HexAndBase64_WrongText_IsRefused()
    {
        AssertRefused("\"0x1\"", cursor => cursor.HexBytes(), "bad-hex");
        AssertRefused("\"0xAA\"", cursor => cursor.HexBytes(), "bad-hex");
        AssertRefused("\"0x00\"", cursor => cursor.Hex32(), "bad-hex");
        AssertRefused("\"AA\"", cursor => cursor.Base64Bytes(), "bad-base64");
        AssertRefused("[1,2,3]", cursor => cursor.Items(2), "too-many-items");
    }

    private static void AssertRefused(string text, Action<JsonCursor> read, string code)
    {
        JsonProblems problems = new();

        read(Root(text, problems));

        Assert.AreEqual(code, problems.First?.Code);
        Assert.AreEqual("$", problems.First?.Path);
    }

    private static JsonCursor Root(string text, JsonProblems problems)
    {
        Assert.IsTrue(StrictJson.TryParse(Encoding.UTF8.GetBytes(text), JsonLimits.Document, out JsonValue? value, out _));
        return JsonCursor.Root(value, problems);
    }
}
