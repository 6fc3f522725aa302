using System.Globalization;
using System.Text.Json;
using LedgerCredit.Testing;

namespace LedgerCredit.Cli.Tests.LedgerFaults;

/// <summary>What a user sees when the ledger cannot be reached or lies: exit code, words, and what is left to do, which is to run the command again.</summary>
[TestClass]
[DoNotParallelize]
public sealed class LedgerFaultExitTests
{
    private static FaultyWorkspace _workspace = null!;
    private static int _entries;

    public TestContext TestContext { get; set; } = null!;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        _ = context;
        _workspace = await FaultyWorkspace.StartAsync();
    }

    [ClassCleanup]
    public static async Task StopAsync() => await _workspace.DisposeAsync();

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task EndpointIsAway_ImportGoesOnAndStatusSaysWhatWaitsSinceWhen()
    {
        await ImportAsync(3);
        (await _workspace.RunAsync("log", "anchor", "--wait")).Expect(ExitCode.Done);
        string anchoredAt = (await StatusAsync(ExitCode.Done)).GetProperty("anchoredAt").GetString()!;
        _workspace.UseLedger("http://127.0.0.1:1");

        await ImportAsync(4);
        (await _workspace.RunAsync("log", "anchor")).ExpectFailure(ExitCode.Undecided, "http://127.0.0.1:1 is not available: nothing listens there. Start it, or name the right address, and try again.");
        (await _workspace.RunAsync("node", "run", "--once")).ExpectFailure(ExitCode.Undecided, "nothing listens there");
        await ImportAsync(5);
        JsonElement log = await StatusAsync(ExitCode.Undecided);
        CommandRun text = (await _workspace.RunAsync("log", "status")).Expect(ExitCode.Undecided);

        Assert.AreEqual(9, log.GetProperty("waiting").GetInt64());
        Assert.AreEqual(anchoredAt, log.GetProperty("anchoredAt").GetString());
        Assert.AreEqual("not-compared", log.GetProperty("ledger").GetString());
        Assert.Contains("Not compared with the ledger.", text.Error);
        Assert.Contains($"{FaultyWorkspace.Agency}: 9 entries wait for the ledger since {anchoredAt}, the time of the newest anchor. They are kept, and anchored when it is back; importing goes on.", text.Error);
        await HealAsync();
    }

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task EndpointAnswersNonsenseInTheMiddle_StatusShowsWhatTheStoreKnows()
    {
        await HealAsync();
        await ImportAsync(2);
        await using RpcFaultProxy proxy = new(new Uri(_workspace.Rpc));
        proxy.On("eth_call", RpcFaults.Garble);
        _workspace.UseLedger(proxy.Url);

        JsonElement log = await StatusAsync(ExitCode.Undecided);

        Assert.AreEqual(2, log.GetProperty("waiting").GetInt64());
        Assert.AreEqual("not-compared", log.GetProperty("ledger").GetString());
        await HealAsync();
    }

    [TestMethod]
    [DataRow("another chain", ExitCode.Configuration, "serves chain 1, but this workspace belongs to chain 31700. Nothing was sent.")]
    [DataRow("no contract", ExitCode.Configuration, "It was reset, or is another network with the same chain id. Nothing was sent: restore the ledger's state, or begin anew")]
    [DataRow("garbled", ExitCode.Undecided, "The ledger's answer to eth_chainId is malformed.")]
    [DataRow("oversized", ExitCode.Undecided, "answered eth_chainId with more than 33554432 bytes; expected fewer.")]
    [DataRow("another's answer", ExitCode.Undecided, "Expected a JSON-RPC 2.0 answer with id")]
    [DataRow("HTTP 503", ExitCode.Undecided, "is not available: it answered with HTTP status 503")]
    [DataRow("false proof", ExitCode.Undecided, "does not show it")]
    [DataRow("larger tree", ExitCode.VerificationFailed, "let one node alone work on the log")]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task FaultOfTheLedger_AnchorAndNode_EndWithTheSameCodeAndWordsAndCompleteLater(string fault, int exitCode, string message)
    {
        foreach (string[] command in (string[][])[["log", "anchor", "--wait"], ["node", "run", "--once"]])
        {
            await ImportAsync(2);
            await using RpcFaultProxy proxy = new(new Uri(_workspace.Rpc));
            _workspace.UseLedger(proxy.Url);
            Put(proxy, fault);

            CommandRun run = await _workspace.RunAsync(command);

            Assert.IsGreaterThan(0, proxy.Struck);
            run.ExpectFailure(exitCode, message);
            await HealAsync();
        }
    }

    // The number is for the progress bar alone; what is read is bounded by the blocks that are there.
    [TestMethod]
    [DataRow("0x8000000000000000")]
    [DataRow("0xffffffffffffffff")]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task NumberOfBlocksBeyondReason_Reindex_IsDoneAllTheSame(string number)
    {
        await HealAsync();
        await using RpcFaultProxy proxy = new(new Uri(_workspace.Rpc));
        _workspace.UseLedger(proxy.Url);
        proxy.On("eth_blockNumber", RpcFaults.Lie(_ => number));

        CommandRun run = await _workspace.RunAsync("node", "reindex");

        run.Expect(ExitCode.Done);
        Assert.IsGreaterThan(0, proxy.Struck);
        await HealAsync();
    }

    private static async Task ImportAsync(int count)
    {
        (await _workspace.RunAsync("record", "import", _workspace.WriteRatings(_entries, count))).Expect(ExitCode.Done);
        _entries += count;
    }

    private static async Task<JsonElement> StatusAsync(int exitCode) =>
        (await _workspace.RunAsync("log", "status", "--json")).Expect(exitCode).Json.GetProperty("logs")[0];

    private static async Task HealAsync()
    {
        _workspace.UseLedger(url: null);
        (await _workspace.RunAsync("log", "anchor", "--wait")).Expect(ExitCode.Done);
        await _workspace.CheckAsync(_entries);
    }

    private static void Put(RpcFaultProxy proxy, string fault)
    {
        switch (fault)
        {
            case "another chain":
                proxy.On("eth_chainId", RpcFaults.Lie(_ => "0x1"));
                break;
            case "no contract":
                proxy.On("eth_getCode", RpcFaults.Lie(_ => "0x"));
                break;
            case "garbled":
                proxy.On(method: null, RpcFaults.Garble);
                break;
            case "oversized":
                proxy.On(method: null, RpcFaults.NeverEnd);
                break;
            case "another's answer":
                proxy.On(method: null, RpcFaults.AnswerAnother);
                break;
            case "HTTP 503":
                proxy.On(method: null, RpcFaults.Status("503 Service Unavailable"));
                break;
            case "false proof":
                proxy.On("eth_getProof", RpcFaults.Lie(proof =>
                {
                    proof!["storageProof"]![0]!["proof"] = new System.Text.Json.Nodes.JsonArray();
                    return proof;
                }));
                break;
            default:
                // The answer of head(bytes32): a size beyond the store's, a root, a time.
                proxy.On("eth_call", RpcFaults.Lie(head => ((string)head!).Length == 2 + 192
                    ? string.Create(CultureInfo.InvariantCulture, $"0x{1_000_000:x64}{7:x64}{1:x64}")
                    : head));
                break;
        }
    }
}
