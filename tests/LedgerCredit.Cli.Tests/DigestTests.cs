using System.Text.Json;
using System.Text.RegularExpressions;
using LedgerCredit.Testing;

namespace LedgerCredit.Cli.Tests;

/// <summary><c>record digest</c> and <c>record canonicalize</c> against the worked example of <c>docs/spec/records.md</c> and RFC 8785.</summary>
[TestClass]
public sealed partial class DigestTests : IDisposable
{
    private static readonly Dictionary<string, string> Example = ReadExample();

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public async Task Digest_OfTheWorkedExample_IsThatOfTheSpecification()
    {
        string record = _folder.Write("record.json", Example["record"]);

        JsonElement json = (await CommandRun.RunAsync("record", "digest", record, "--secret", Example["secret"], "--subject-key", Example["subject-key"], "--json"))
            .Expect(ExitCode.Done).Json;

        Assert.AreEqual(
            "recordDigest payload disclosures terms termsDigest entry",
            string.Join(' ', json.EnumerateObject().Select(member => member.Name)));
        Assert.AreEqual(Example["record-digest"], json.GetProperty("recordDigest").GetString());
        Assert.AreEqual(Example["payload"], JsonSerializer.Serialize(json.GetProperty("payload")));
        Assert.AreEqual(
            string.Join('\n', Example["disclosures"].Split('\n').Select(line => line.Split(' ')[1])),
            string.Join('\n', json.GetProperty("disclosures").EnumerateArray().Select(d => d.GetString())));
        Assert.AreEqual("0x" + Example["terms"].Replace("\n", "", StringComparison.Ordinal), json.GetProperty("terms").GetString());
        Assert.AreEqual(Example["terms-digest"], json.GetProperty("termsDigest").GetString());
        Assert.AreEqual(Convert.ToBase64String(Convert.FromHexString(Example["entry"][2..])), json.GetProperty("entry").GetString());
    }

    [TestMethod]
    public async Task Digest_WithoutSubjectKey_HasNeitherTermsNorEntry()
    {
        string record = _folder.Write("record.json", Example["record"]);

        JsonElement json = (await CommandRun.RunAsync("record", "digest", record, "--secret", Example["secret"][2..].ToUpperInvariant(), "--json"))
            .Expect(ExitCode.Done).Json;

        Assert.AreEqual("recordDigest payload disclosures", string.Join(' ', json.EnumerateObject().Select(member => member.Name)));
        Assert.AreEqual(Example["record-digest"], json.GetProperty("recordDigest").GetString());
    }

    [TestMethod]
    public async Task Digest_OfABrokenRecord_NamesEveryProblemAndNoValue()
    {
        string record = _folder.Write(
            "record.json",
            Example["record"].Replace("\"grade\": \"general\"", "\"grade\": \"enormous\"", StringComparison.Ordinal).Replace("2026-04-30", "2026-02-30", StringComparison.Ordinal));

        CommandRun run = await CommandRun.RunAsync("record", "digest", record, "--secret", Example["secret"]);

        run.ExpectFailure(ExitCode.BadInput, "(unknown-grade)");
        Assert.Contains("(bad-date)", run.Error);
        Assert.DoesNotContain("enormous", run.Error);
        Assert.DoesNotContain("2026-02-30", run.Error);
    }

    [TestMethod]
    public async Task Canonicalize_OfTheWorkedExample_IsThatOfTheSpecification()
    {
        string record = _folder.Write("record.json", Example["record"]);

        CommandRun run = (await CommandRun.RunAsync("record", "canonicalize", record)).Expect(ExitCode.Done);

        Assert.AreEqual(Example["canonical"], run.Out);
    }

    [TestMethod]
    [DataRow("arrays")]
    [DataRow("french")]
    [DataRow("values")]
    public async Task Canonicalize_PublishedVector_IsItsOutput(string name)
    {
        string input = SharedFiles.Require("vectors", "jcs", $"{name}.input.json");

        CommandRun run = (await CommandRun.RunAsync("record", "canonicalize", input)).Expect(ExitCode.Done);

        Assert.AreEqual(File.ReadAllText(SharedFiles.Require("vectors", "jcs", $"{name}.output.json")), run.Out);
    }

    [TestMethod]
    [DataRow("{\"a\":1,\"a\":2}", DisplayName = "duplicate member")]
    [DataRow("{\"a\":\"\\ud800\"}", DisplayName = "lone surrogate")]
    [DataRow("[1e400]", DisplayName = "number beyond a double")]
    [DataRow("{\"a\":1", DisplayName = "truncated")]
    [DataRow("", DisplayName = "empty")]
    [DataRow("{\"kind\":\"rating\",\"claims\":{\"n\":9007199254740993}}", DisplayName = "inexact number of a record")]
    public async Task Canonicalize_WithoutCanonicalForm_IsRefused(string text)
    {
        string file = _folder.Write("input.json", text);

        (await CommandRun.RunAsync("record", "canonicalize", file)).ExpectFailure(ExitCode.BadInput, file);
    }

    private static Dictionary<string, string> ReadExample() =>
        Block().Matches(File.ReadAllText(RepositoryFiles.Path("docs", "spec", "records.md")))
            .ToDictionary(match => match.Groups["name"].Value, match => match.Groups["text"].Value, StringComparer.Ordinal);

    [GeneratedRegex(@"^```\w+ example:(?<name>[\w-]+)\n(?<text>.*?)\n```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
