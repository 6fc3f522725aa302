using System.Text.Json;
using System.Text.Json.Nodes;

namespace LedgerCredit.Cli.Tests;

/// <summary>The main job on a real devnet, as the commands of the README do it.</summary>
[TestClass]
public sealed partial class JourneyTests : IDisposable
{
    private const int Sanctions = 220;
    private const int Ratings = 100;

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public async Task Import_OfTheSamples_AddsUp()
    {
        SharedWorkspace workspace = await SharedWorkspace.GetAsync();
        CommandRun again = await ImportCopyAsync(workspace, "penalties-2018.csv", "penalties-old-layout.csv", "--issuer", SharedWorkspace.Authority);

        JsonElement json = again.Json;
        Assert.AreEqual(0, json.GetProperty("imported").GetInt64(), again.ToString());
        Assert.AreEqual(Sanctions, json.GetProperty("alreadyThere").GetInt64());
        Assert.AreEqual(
            json.GetProperty("read").GetInt64(),
            json.GetProperty("alreadyThere").GetInt64() + json.GetProperty("rejected").GetInt64());
        Assert.IsGreaterThan(0, json.GetProperty("rejected").GetInt64());
    }

    [TestMethod]
    public async Task Import_SameRecordsAsNdjson_AreThereAlready()
    {
        SharedWorkspace workspace = await SharedWorkspace.GetAsync();

        CommandRun again = await ImportCopyAsync(workspace, "penalties.ndjson", "ratings.ndjson");

        Assert.AreEqual(Sanctions + Ratings, again.Json.GetProperty("alreadyThere").GetInt64(), again.ToString());
        Assert.AreEqual(Sanctions + Ratings, again.Json.GetProperty("read").GetInt64(), again.ToString());
    }

    [TestMethod]
    public async Task Status_AfterAnchoring_IsEqualToTheLedger()
    {
        SharedWorkspace workspace = await SharedWorkspace.GetAsync();

        JsonElement json = (await workspace.RunAsync("log", "status", "--json")).Expect(ExitCode.Done).Json;

        Assert.IsTrue(json.GetProperty("compared").GetBoolean());
        Assert.AreEqual(4, json.GetProperty("logs").GetArrayLength());
        foreach (JsonElement log in json.GetProperty("logs").EnumerateArray())
        {
            Assert.AreEqual("equal", log.GetProperty("ledger").GetString());
            Assert.AreEqual(log.GetProperty("entries").GetInt64(), log.GetProperty("anchored").GetInt64());
        }
    }

    [TestMethod]
    public async Task Evidence_OfEveryRecord_IsValidOffline()
    {
        SharedWorkspace workspace = await SharedWorkspace.GetAsync();
        string[] files = Directory.GetFiles(workspace.Evidence);
        Assert.HasCount(Sanctions + Ratings, files);

        // No workspace and no network: the folder named by --data does not exist.
        CommandRun run = await CommandRun.RunAsync(["evidence", "verify", .. files, "--trust", workspace.Trust, "--json", "--data", _folder.At("none")]);

        run.Expect(ExitCode.Done);
        Assert.AreEqual(Sanctions + Ratings, run.Json.GetArrayLength());
        Assert.IsTrue(run.Json.EnumerateArray().All(report => report.GetProperty("verdict").GetString() == "valid"));
    }

    [TestMethod]
    [DataRow("en", "Valid")]
    [DataRow("zh", "有效")]
    public async Task Evidence_ForPeople_ShowsEveryStepInTheirLanguage(string language, string verdict)
    {
        SharedWorkspace workspace = await SharedWorkspace.GetAsync();

        CommandRun run = (await CommandRun.RunAsync("evidence", "verify", FileOf(workspace, "sanction"), "--trust", workspace.Trust, "--lang", language)).Expect(ExitCode.Done);

        Assert.Contains(verdict, run.Out.Split('\n')[0]);
        foreach (string step in (string[])["format", "record", "entry", "inclusion", "checkpoint", "anchor-state", "block-hash", "consensus", "status"])
        {
            Assert.Contains($" {step} ", run.Out);
        }
    }

    [TestMethod]
    public async Task Evidence_Redacted_IsValidAndSaysWhatItWithholds()
    {
        SharedWorkspace workspace = await SharedWorkspace.GetAsync();
        string redacted = _folder.At("redacted.evidence.json");

        (await CommandRun.RunAsync("evidence", "redact", FileOf(workspace, "sanction"), "--disclose", "id,grade", "-o", redacted)).Expect(ExitCode.Done);
        CommandRun run = (await CommandRun.RunAsync("evidence", "verify", redacted, "--trust", workspace.Trust)).Expect(ExitCode.Done);

        Assert.Contains("claims.grade", run.Out);
        Assert.DoesNotContain("claims.violation", run.Out);
        Assert.Contains("withheld", run.Out);
        Assert.DoesNotContain("\"terms\"", File.ReadAllText(redacted));
    }

    [TestMethod]
    public async Task Evidence_Altered_IsInvalidAndNamesTheStep()
    {
        SharedWorkspace workspace = await SharedWorkspace.GetAsync();
        JsonObject file = JsonNode.Parse(File.ReadAllText(FileOf(workspace, "sanction")))!.AsObject();
        file["inclusion"]!["leafIndex"] = (long)file["inclusion"]!["leafIndex"]! + 1;
        string altered = _folder.Write("altered.evidence.json", file.ToJsonString());

        CommandRun run = (await CommandRun.RunAsync("evidence", "verify", altered, "--trust", workspace.Trust, "--json")).Expect(ExitCode.VerificationFailed);

        Assert.AreEqual("invalid", run.Json.GetProperty("verdict").GetString());
        string[] failed = [.. run.Json.GetProperty("steps").EnumerateArray().Where(s => s.GetProperty("outcome").GetString() == "fail").Select(s => s.GetProperty("code").GetString()!)];
        Assert.AreEqual("inclusion", string.Join(' ', failed));
    }

    [TestMethod]
    public async Task Audit_OfWhatWasCommitted_IsSound()
    {
        SharedWorkspace workspace = await SharedWorkspace.GetAsync();

        CommandRun run = (await workspace.RunAsync("log", "audit")).Expect(ExitCode.Done);

        Assert.Contains("SOUND", run.Out);
    }

    [TestMethod]
    public async Task Audit_OfAnAlteredRecord_NamesIt()
    {
        SharedWorkspace workspace = await SharedWorkspace.GetAsync();
        string copy = _folder.At("tampered");
        workspace.CopyTo(copy);
        StoreFile.AlterRecord(copy, SharedWorkspace.Authority, 7, "示例", "例示");

        CommandRun run = (await CommandRun.RunAsync("log", "audit", "--rpc", workspace.Rpc, "--json", "--data", copy)).Expect(ExitCode.VerificationFailed);

        JsonElement finding = run.Json.GetProperty("findings")[0];
        Assert.AreEqual("record-altered", finding.GetProperty("code").GetString(), run.ToString());
        Assert.AreEqual(SharedWorkspace.Authority, finding.GetProperty("issuer").GetString());
        Assert.AreEqual(7, finding.GetProperty("leafIndex").GetInt64());
    }

    [TestMethod]
    public async Task Evidence_FromAnAlteredStore_IsNotWritten()
    {
        SharedWorkspace workspace = await SharedWorkspace.GetAsync();
        string copy = _folder.At("tampered");
        workspace.CopyTo(copy);
        string id = IdOf(workspace, "sanction");
        StoreFile.AlterRecord(copy, SharedWorkspace.Authority, 3, "示例", "例示");

        CommandRun run = await CommandRun.RunAsync("evidence", "create", id, "-o", _folder.At("forged.evidence.json"), "--data", copy);

        run.ExpectFailure(ExitCode.VerificationFailed, "log audit");
        Assert.IsFalse(File.Exists(_folder.At("forged.evidence.json")));
    }

    [TestMethod]
    public async Task Erase_OfARecord_LeavesASoundLogAndStaysErased()
    {
        SharedWorkspace workspace = await SharedWorkspace.GetAsync();
        string copy = _folder.At("erased");
        workspace.CopyTo(copy);
        string id = IdOf(workspace, "rating");

        CommandRun erased = (await CommandRun.RunAsync("record", "erase", id, "--reason", "retention ended", "--data", copy)).Expect(ExitCode.Done);
        CommandRun again = (await CommandRun.RunAsync("record", "erase", id, "--data", copy)).Expect(ExitCode.Done);
        CommandRun audit = (await CommandRun.RunAsync("log", "audit", "--rpc", workspace.Rpc, "--json", "--data", copy)).Expect(ExitCode.Done);
        CommandRun import = (await CommandRun.RunAsync("record", "import", SharedWorkspace.Sample("ratings.ndjson"), "--json", "--data", copy)).Expect(ExitCode.Done);

        Assert.Contains("is erased", erased.Out);
        Assert.Contains("was erased before", again.Out);
        JsonElement[] listed = [.. audit.Json.GetProperty("logs").EnumerateArray().SelectMany(log => log.GetProperty("erased").EnumerateArray())];
        Assert.HasCount(1, listed);
        Assert.AreEqual("retention ended", listed[0].GetProperty("reason").GetString());
        Assert.AreEqual(1, import.Json.GetProperty("rejected").GetInt64(), import.ToString());
        (await CommandRun.RunAsync("record", "show", id, "--data", copy)).ExpectFailure(ExitCode.BadInput, "No record has the id");
        (await CommandRun.RunAsync("evidence", "verify", FileOf(workspace, "rating"), "--trust", workspace.Trust)).Expect(ExitCode.Done);
    }

    [TestMethod]
    public async Task Export_OfTheLogs_WritesTheStaticLayout()
    {
        SharedWorkspace workspace = await SharedWorkspace.GetAsync();

        (await workspace.RunAsync("log", "export", _folder.At("site"))).Expect(ExitCode.Done);

        string log = Path.Combine(_folder.At("site"), "log", SharedWorkspace.Authority);
        Assert.StartsWith($"devnet.ledgercredit/{SharedWorkspace.Authority}\n{Sanctions}\n", File.ReadAllText(Path.Combine(log, "checkpoint")));
        Assert.AreEqual(Sanctions * 32, new FileInfo(Path.Combine(log, "tile", "0", $"000.p", $"{Sanctions}")).Length);
        Assert.AreEqual(Sanctions * (66 + 2), new FileInfo(Path.Combine(log, "tile", "entries", $"000.p", $"{Sanctions}")).Length);
    }

    [TestMethod]
    public async Task Histories_OfASubject_ShowItsRecords()
    {
        SharedWorkspace workspace = await SharedWorkspace.GetAsync();
        JsonElement rating = (await workspace.RunAsync("record", "show", IdOf(workspace, "rating"), "--json")).Json.GetProperty("record");
        JsonElement sanction = (await workspace.RunAsync("record", "show", IdOf(workspace, "sanction"), "--json")).Json.GetProperty("record");

        CommandRun history = (await workspace.RunAsync("rating", "history", rating.GetProperty("subject").GetString()!)).Expect(ExitCode.Done);
        CommandRun report = (await workspace.RunAsync("subject", "report", sanction.GetProperty("subject").GetString()!)).Expect(ExitCode.Done);

        Assert.Contains(rating.GetProperty("id").GetString()!, history.Out);
        Assert.Contains(sanction.GetProperty("id").GetString()!, report.Out);
        AssertAligned(report.Out);
        AssertAligned(history.Out);
    }

    [TestMethod]
    public async Task Everything_WithoutTheLedger_SaysWhatItCouldNotDo()
    {
        SharedWorkspace workspace = await SharedWorkspace.GetAsync();
        string copy = _folder.At("offline");
        workspace.CopyTo(copy);

        CommandRun audit = (await CommandRun.RunAsync("log", "audit", "--data", copy)).Expect(ExitCode.Undecided);
        Assert.Contains("Internally consistent, not compared with the ledger.", audit.Out);
        Assert.Contains("devnet up", audit.Out);
        CommandRun status = (await CommandRun.RunAsync("log", "status", "--data", copy)).Expect(ExitCode.Undecided);
        Assert.Contains("not-compared", status.Out);
        Assert.Contains("devnet up", status.Error);
        (await CommandRun.RunAsync("log", "anchor", "--data", copy)).ExpectFailure(ExitCode.Undecided, "devnet up");
        (await CommandRun.RunAsync("contracts", "deploy", "--data", copy)).ExpectFailure(ExitCode.Undecided, "devnet up");
        (await CommandRun.RunAsync("evidence", "verify", FileOf(workspace, "sanction"), "--trust", workspace.Trust, "--data", copy)).Expect(ExitCode.Done);
        (await CommandRun.RunAsync("evidence", "create", IdOf(workspace, "sanction"), "-o", _folder.At("again.evidence.json"), "--data", copy)).Expect(ExitCode.Done);
    }

    [TestMethod]
    public async Task Output_OfAllThis_ShowsNoSecret()
    {
        SharedWorkspace workspace = await SharedWorkspace.GetAsync();
        (await workspace.RunAsync("key", "list")).Expect(ExitCode.Done);
        (await workspace.RunAsync("record", "show", IdOf(workspace, "sanction"))).Expect(ExitCode.Done);
        string printed = string.Join('\n', workspace.Runs);
        List<byte[]> secrets =
        [
            .. Directory.GetFiles(Path.Combine(workspace.Data, "keys"))
                .Select(path => Convert.FromHexString(JsonNode.Parse(File.ReadAllText(path))!["secret"]!.GetValue<string>()[2..])),
            .. StoreFile.ReadSecrets(workspace.Data),
        ];
        Assert.HasCount(Sanctions + Ratings + 10, secrets);
        foreach (byte[] secret in secrets)
        {
            Assert.DoesNotContain(Convert.ToHexStringLower(secret), printed.ToLowerInvariant());
            Assert.DoesNotContain(Convert.ToBase64String(secret), printed);
        }
    }

    private static string FileOf(SharedWorkspace workspace, string kind) =>
        Directory.GetFiles(workspace.Evidence, $"*-{kind}-3.evidence.json").Order(StringComparer.Ordinal).First();

    private static string IdOf(SharedWorkspace workspace, string kind)
    {
        JsonElement record = JsonDocument.Parse(File.ReadAllText(FileOf(workspace, kind))).RootElement.GetProperty("record");
        return record.GetProperty("disclosures").EnumerateArray()
            .Select(d => JsonNode.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(d.GetString()))!.AsArray())
            .Single(d => (string)d[1]! == "id")[2]!.GetValue<string>();
    }

    // Columns are padded by what a terminal shows: a Chinese character takes two cells.
    private static void AssertAligned(string table)
    {
        string[] lines = [.. table.Split('\n').Where(line => line.Trim().Length > 0)];
        Assert.IsGreaterThanOrEqualTo(3, lines.Length, table);
        foreach (System.Text.RegularExpressions.Match heading in Heading().Matches(lines[0]))
        {
            foreach (string row in lines.Skip(2))
            {
                Assert.AreEqual(' ', At(row, heading.Index - 1), $"before '{heading.Value}' in\n{table}");
            }
        }
    }

    private static char At(string line, int cell)
    {
        int before = 0;
        foreach (char c in line)
        {
            before += Cells(c);
            if (before > cell)
            {
                return c;
            }
        }

        return ' ';
    }

    private static int Cells(char c) => c is >= '\u1100' and <= '\u115f' or >= '\u2e80' and <= '\uffe6' ? 2 : 1;

    [System.Text.RegularExpressions.GeneratedRegex(@"\S+( \S+)*")]
    private static partial System.Text.RegularExpressions.Regex Heading();

    private async Task<CommandRun> ImportCopyAsync(SharedWorkspace workspace, params string[] arguments)
    {
        string copy = _folder.At("copy");
        workspace.CopyTo(copy);
        string[] named = [.. arguments.Select(a => a.Contains('.', StringComparison.Ordinal) ? SharedWorkspace.Sample(a) : a)];
        return (await CommandRun.RunAsync(["record", "import", .. named, "--json", "--data", copy])).Expect(ExitCode.Done);
    }
}
