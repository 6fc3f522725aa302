using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using LedgerCredit.Storage;

namespace LedgerCredit.Cli.Tests.Remote;

/// <summary><c>record import --node</c>: the same as here, however the line breaks.</summary>
[TestClass]
[DoNotParallelize]
public sealed class RemoteImportTests : IDisposable
{
    private const string Authority = "example-authority";
    private const string Agency = "example-agency";
    private static readonly string[] Compared = ["file", "row", "result", "origin", "leafIndex"];

    private readonly TestFolder _folder = new();

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Import_GoodAndBadRows_IsTheSameAsHere()
    {
        string here = await InitAsync("here");
        string there = await InitAsync("there");
        await using RunningNode node = await RunningNode.StartAsync(there, Token);
        string ratings = _folder.Write("ratings.ndjson", string.Concat(
            Rating(1),
            Rating(2),
            "\n",
            "{\"kind\":\"rating\"}\n",
            "no json\n",
            Rating(2),
            Rating(2).Replace("AA", "BB", StringComparison.Ordinal),
            "{\"kind\":\"" + new string('x', 70_000) + "\"}\n",
            string.Concat(Enumerable.Range(10, 1500).Select(Rating)),
            Rating(3).Replace("\"claims\"", "\"supersedes\":\"R-none\",\"claims\"", StringComparison.Ordinal),
            Rating(4).TrimEnd('\n')));
        string penalties = SharedWorkspace.Sample("penalties-2018.csv");

        // A person, what may be one, and a firm: that shows in the columns, which the node does not get.
        string list = _folder.Write("list.csv", """
            firm_name,additional_firm_info,address,country,ineligible_from,ineligible_to,grounds
            MR. JOHN Q. EXAMPLE,,,Utopia,2024-12-10,2027-08-09,Fraudulent Practices
            JOHN Q. EXAMPLE,,,Utopia,2024-12-10,2027-08-09,Fraudulent Practices
            EXAMPLE ROADS LIMITED,,,Utopia,2024-12-10,2027-08-09,Fraudulent Practices

            """);
        string[][] imports =
        [
            [ratings, "--issuer", Agency],
            [penalties, "--issuer", Authority, "--format", "cf"],
            [ratings],
            [list, "--issuer", Authority, "--format", "worldbank"],
        ];
        for (int i = 0; i < imports.Length; i++)
        {
            string[] files(string place) => ["--reject", _folder.At($"{place}{i}.reject"), "--receipts", _folder.At($"{place}{i}.receipts"), "--json"];
            string key = await RunningNode.MakeKeyAsync(_folder, there, i % 2 == 1 ? Authority : Agency, "records:write");

            CommandRun local = await CommandRun.RunAsync(["record", "import", .. imports[i], .. files("here"), "--data", here]);
            CommandRun remote = await node.RunAsync(["record", "import", .. imports[i], .. files("there"), "--api-key-file", key]);

            Assert.AreEqual(local.ExitCode, remote.ExitCode, remote.ToString());
            Assert.AreEqual(local.Out, remote.Out);
            Assert.AreEqual(File.ReadAllText(_folder.At($"here{i}.reject")), File.ReadAllText(_folder.At($"there{i}.reject")));
            Assert.AreSequenceEqual(Receipts($"here{i}.receipts"), Receipts($"there{i}.receipts"));
        }

        Assert.Contains("possible-natural-person", File.ReadAllText(_folder.At("there3.reject")));
    }

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Import_NodeKilledInTheMiddle_IsCompletedByTheNextOneWithEachRecordOnce()
    {
        const int Records = 6000;
        string data = await InitAsync("killed");
        string file = _folder.Write("many.ndjson", string.Concat(Enumerable.Range(0, Records).Select(Rating)));
        string key = await RunningNode.MakeKeyAsync(_folder, data, Agency, "records:write");
        long before = 0;
        for (int kills = 0; kills < 2; kills++)
        {
            await using RunningNode node = await RunningNode.StartAsync(data, Token);
            using Process import = CommandRun.Start(new Dictionary<string, string>(), "record", "import", file, "--node", node.Url, "--api-key-file", key);
            while (Count(data) <= before && !import.HasExited)
            {
                await Task.Yield();
            }

            await node.KillAsync();
            CommandRun broken = await CommandRun.FinishAsync(import, "", Token);
            broken.ExpectFailure(ExitCode.Undecided, "run the command again");
            before = Count(data);
            Assert.IsInRange(1, Records - 1, before);
        }

        await using RunningNode again = await RunningNode.StartAsync(data, Token);
        CommandRun whole = (await again.RunAsync("record", "import", file, "--api-key-file", key, "--json")).Expect(ExitCode.Done);
        Assert.AreEqual(before, whole.Json.GetProperty("alreadyThere").GetInt64());
        Assert.AreEqual(Records - before, whole.Json.GetProperty("imported").GetInt64());
        Assert.AreEqual(Records, Count(data));
    }

    [TestMethod]
    public async Task Import_WithoutAKeyOrRight_IsFourOrTwoAndTakesNothing()
    {
        string data = await InitAsync("refusing");
        await using RunningNode node = await RunningNode.StartAsync(data, Token);
        string file = _folder.Write("one.ndjson", Rating(1));
        string reader = await RunningNode.MakeKeyAsync(_folder, data, Agency, "records:read");
        string forged = _folder.Write("forged.key", "lcr_1_" + new string('A', 43));

        (await node.RunAsync("record", "import", file)).ExpectFailure(ExitCode.Configuration, "--api-key-file");
        (await node.RunAsync("record", "import", file, "--api-key-file", forged)).ExpectFailure(ExitCode.Configuration, "--api-key-file");
        (await node.RunAsync("record", "import", file, "--api-key-file", reader)).ExpectFailure(ExitCode.BadInput, "records:write");

        // Another member's record is a row that is refused, as in a file of several issuers.
        string other = await RunningNode.MakeKeyAsync(_folder, data, Authority, "records:write");
        CommandRun foreign = await node.RunAsync("record", "import", file, "--api-key-file", other);
        Assert.AreEqual(ExitCode.BadInput, foreign.ExitCode, foreign.ToString());
        Assert.AreEqual(0, Count(data));
    }

    // Leaf hashes and checkpoints differ: each record has a secret of its own.
    private List<string> Receipts(string name) =>
    [
        .. File.ReadLines(_folder.At(name)).Select(line => JsonNode.Parse(line)!).Select(receipt => string.Join(' ', Compared.Select(member => receipt[member]!.ToJsonString()))),
    ];

    private static string Rating(int number) => string.Create(
        CultureInfo.InvariantCulture,
        $$$"""{"kind":"rating","id":"R-{{{number}}}","issuer":"{{{Agency}}}","subject":"cik:{{{number}}}","issuedAt":"2026-01-02T00:00:00Z","claims":{"agency":"{{{Agency}}}","scale":"long-term","symbol":"AA","action":"initial","actedOn":"2026-01-02"}}""") + "\n";

    private static long Count(string data)
    {
        using Store store = Store.Open(Path.Combine(data, "ledgercredit.db"), StoreAccess.Read);
        return store.Logs.Find(Agency) is StoredLog log ? (long)store.Entries.Count(log.Number) : 0;
    }

    // Without a ledger: records are taken, and anchored when there is one.
    private async Task<string> InitAsync(string name)
    {
        string data = _folder.At(name);
        (await CommandRun.RunAsync("workspace", "init", "--data", data)).Expect(ExitCode.Done);
        (await CommandRun.RunAsync("member", "add", Authority, "--data", data)).Expect(ExitCode.Done);
        (await CommandRun.RunAsync("member", "add", Agency, "--role", "agency", "--data", data)).Expect(ExitCode.Done);
        return data;
    }
}
