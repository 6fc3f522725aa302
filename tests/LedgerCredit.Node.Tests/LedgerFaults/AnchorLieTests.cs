using System.Text;
using System.Text.Json.Nodes;
using LedgerCredit.Contracts;
using LedgerCredit.Ethereum;
using LedgerCredit.Ethereum.Consensus;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Log;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Cryptography;
using LedgerCredit.Testing;
using LedgerCredit.Verification;
using JsonNumber = LedgerCredit.Primitives.Json.JsonNumber;
using JsonString = LedgerCredit.Primitives.Json.JsonString;
using LedgerJson = LedgerCredit.Primitives.Json.JsonValue;

namespace LedgerCredit.Node.Tests.LedgerFaults;

/// <summary>
/// An endpoint that answers in good form and says what is not so. What must hold: nothing that it says is kept unless a state proof
/// shows it, nothing is sent that it could use, and with an honest endpoint the next ordinary run completes.
/// </summary>
[TestClass]
public sealed class AnchorLieTests
{
    private static readonly ConsensusPolicy Validators =
        new(ConsensusType.Clique, BlockHashRule.Keccak, [new ValidatorRange(0, null, [Address.Zero])], new Dictionary<ulong, Bytes32>());

    private static TestLedger _ledger = null!;

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context) => _ledger = await TestLedger.StartAsync(context.CancellationToken);

    [ClassCleanup]
    public static async Task StopAsync() => await _ledger.DisposeAsync();

    [TestMethod]
    public async Task Anchor_AnotherChain_IsRefusedBeforeAnythingIsSigned()
    {
        await using FaultScene scene = await CreateAsync(3);
        scene.Proxy.On("eth_chainId", RpcFaults.Lie(_ => StaleView.Quantity(1)));

        await ExpectNothingSentAsync<WorkspaceException>(scene, "serves chain 1, but this workspace belongs to chain 31700. Nothing was sent.");
    }

    [TestMethod]
    public async Task Anchor_NoContractThere_IsRefusedWithTheWayOut()
    {
        await using FaultScene scene = await CreateAsync(3);
        scene.Proxy.On("eth_getCode", RpcFaults.Lie(_ => "0x"));

        await ExpectNothingSentAsync<WorkspaceException>(scene, "It was reset, or is another network with the same chain id. Nothing was sent: restore the ledger's state, or begin anew with a new workspace and import the records there.");
    }

    // The ledger itself has another contract's code where the log's contract was.
    [TestMethod]
    public async Task Anchor_AnotherContractsCode_IsRefusedAndNothingIsSigned()
    {
        await using FaultScene scene = await CreateAsync(3);
        ContractAddresses contracts = scene.Workspace.Workspace.Config.Ledger.Contracts!;
        byte[] own = await _ledger.Client.FetchCodeAsync(contracts.EvidenceLog, BlockReference.Latest, Token);
        byte[] other = await _ledger.Client.FetchCodeAsync(contracts.RulePacks, BlockReference.Latest, Token);
        await SetCodeAsync(contracts.EvidenceLog, other);
        try
        {
            Exception? end = await scene.TryAnchorAsync(TimeProvider.System, Token);

            Assert.IsTrue(end is LedgerAnswerException or ContractRevertException, end?.ToString());
            Assert.IsEmpty(scene.Proxy.SentTransactions);
            Assert.IsEmpty(scene.Workspace.Anchors(FaultScene.Authority));
        }
        finally
        {
            await SetCodeAsync(contracts.EvidenceLog, own);
        }

        await scene.HealAndCheckAsync([3], Token);
    }

    [TestMethod]
    [DataRow(9UL, "The ledger has anchored 9 entries", DisplayName = "a larger tree")]
    [DataRow(2UL, "let one node alone work on the log", DisplayName = "another tree of a known size")]
    public async Task Anchor_FalseHead_StopsAndKeepsEverything(ulong size, string message)
    {
        await using FaultScene scene = await CreateAsync(3);
        await scene.AnchorAsync(TimeProvider.System, Token);
        scene.Append(2);
        int sent = scene.Proxy.SentTransactions.Count;
        scene.Proxy.On("eth_call", RpcFaults.Lie(_ => Head(size, HashOf("another root"))));

        LogIntegrityException e = await Assert.ThrowsExactlyAsync<LogIntegrityException>(() => scene.AnchorAsync(TimeProvider.System, Token));

        Assert.Contains(message, e.Message);
        Assert.HasCount(sent, scene.Proxy.SentTransactions);
        await scene.HealAndCheckAsync([3, 5], Token);
    }

    // It would have the log anchored a second time from its first entry on.
    [TestMethod]
    public async Task Anchor_HeadDenied_SendsTheSameBytesOrNothing()
    {
        await using FaultScene scene = await CreateAsync(3);
        await scene.AnchorAsync(TimeProvider.System, Token);
        byte[] raw = scene.Workspace.Anchors(FaultScene.Authority).Single().TransactionRaw!;
        scene.Append(2);
        scene.Proxy.On("eth_call", RpcFaults.Lie(_ => Head(0, default)));

        Exception? end = await scene.TryAnchorAsync(TimeProvider.System, Token);

        Assert.IsInstanceOfType<ContractRevertException>(end);
        Assert.AreSequenceEqual(raw, scene.Workspace.Anchors(FaultScene.Authority)[0].TransactionRaw!);
        Assert.HasCount(1, scene.Proxy.SentTransactions.Distinct());
        await scene.HealAndCheckAsync([3, 5], Token);
    }

    // The endpoint swallows the transaction and says that it was mined.
    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Anchor_SuccessOfWhatWasNotMined_IsNotBelievedWithoutAStateProof()
    {
        await using FaultScene scene = await CreateAsync(3);
        string hash = "";
        scene.Proxy.On("eth_sendRawTransaction", exchange =>
        {
            hash = Hex.Encode(Keccak256Of((string)exchange.Parameters[0]!));
            return Answer(exchange, hash);
        });
        scene.Proxy.When(
            exchange => exchange.Method == "eth_getTransactionReceipt" && hash.Length > 0,
            exchange => AnswerReceiptAsync(exchange, hash, status: 1));

        LedgerStalledException e = await Assert.ThrowsExactlyAsync<LedgerStalledException>(() => scene.AnchorAsync(TimeProvider.System, Token));

        Assert.Contains("its state proof at block", e.Message);
        Assert.Contains("does not show it", e.Message);
        byte[] raw = scene.Workspace.Anchors(FaultScene.Authority).Single(anchor => anchor.IsInFlight).TransactionRaw!;
        await scene.HealAndCheckAsync([3], Token);
        Assert.AreSequenceEqual(raw, scene.Workspace.Anchors(FaultScene.Authority).Single().TransactionRaw!);
    }

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Anchor_FailureOfWhatTookEffect_IsFoundOutAndNotAnchoredTwice()
    {
        await using FaultScene scene = await CreateAsync(3);
        scene.Proxy.On("eth_getTransactionReceipt", RpcFaults.Lie(receipt =>
        {
            if (receipt is not null)
            {
                receipt["status"] = "0x0";
            }

            return receipt;
        }));

        Exception? end = await scene.TryAnchorAsync(TimeProvider.System, Token);

        Assert.IsNull(end, "The ledger has the tree, and proves it.");
        Assert.HasCount(1, scene.Proxy.SentTransactions.Distinct());
        await scene.HealAndCheckAsync([3], Token);
    }

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Anchor_ReceiptOfAnotherTransaction_IsRefused()
    {
        await using FaultScene scene = await CreateAsync(3);
        scene.Proxy.On("eth_getTransactionReceipt", exchange => AnswerReceiptAsync(exchange, Hex.Encode(HashOf("another").AsSpan()), status: 1));

        LedgerAnswerException e = await Assert.ThrowsExactlyAsync<LedgerAnswerException>(() => scene.AnchorAsync(TimeProvider.System, Token));

        Assert.Contains("Expected transaction", e.Message);
        await scene.HealAndCheckAsync([3], Token);
    }

    [TestMethod]
    [DataRow("block before it")]
    [DataRow("block that is not there")]
    [DataRow("largest number")]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Anchor_ReceiptInAnotherBlock_IsNotBelieved(string where)
    {
        await using FaultScene scene = await CreateAsync(3);
        scene.Proxy.On("eth_getTransactionReceipt", RpcFaults.Lie(receipt =>
        {
            if (receipt is not null)
            {
                receipt["blockNumber"] = where switch
                {
                    "block before it" => StaleView.Quantity(StaleView.Number((string)receipt["blockNumber"]!) - 1),
                    "block that is not there" => StaleView.Quantity(StaleView.Number((string)receipt["blockNumber"]!) + 1_000_000),
                    _ => StaleView.Quantity(ulong.MaxValue),
                };
            }

            return receipt;
        }));

        Exception? end = await scene.TryAnchorAsync(new HurriedTimeProvider(2 * FaultScene.Hurry), Token);

        // On a busy machine the hurried clock may run out before an honest answer is there.
        Assert.IsTrue(end is LedgerStalledException or LedgerUnavailableException, end?.ToString());
        Assert.IsTrue(scene.Workspace.Anchors(FaultScene.Authority).Single().IsInFlight);
        await scene.HealAndCheckAsync([3], Token);
        Assert.HasCount(1, scene.Proxy.SentTransactions.Distinct());
    }

    [TestMethod]
    [DataRow("nodes of another account")]
    [DataRow("no nodes")]
    [DataRow("a node altered")]
    [DataRow("state of an earlier block")]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Anchor_FalseStateProof_IsNotKept(string lie)
    {
        await using FaultScene scene = await CreateAsync(3);
        ulong before = await _ledger.Client.FetchBlockNumberAsync(Token);
        Address other = scene.Workspace.Workspace.Config.Ledger.Contracts!.Consortium;
        scene.Proxy.On("eth_getProof", lie switch
        {
            "nodes of another account" => RpcFaults.AskOtherwise(parameters => parameters[0] = other.ToLowerHex()),
            "state of an earlier block" => RpcFaults.AskOtherwise(parameters => parameters[2] = StaleView.Quantity(before)),
            _ => RpcFaults.Lie(proof =>
            {
                JsonArray nodes = (JsonArray)proof!["storageProof"]![0]!["proof"]!;
                if (lie == "no nodes")
                {
                    nodes.Clear();
                }
                else
                {
                    string node = (string)nodes[^1]!;
                    nodes[^1] = node[..^1] + (node[^1] == '0' ? '1' : '0');
                }

                return proof;
            }),
        });

        LedgerStalledException e = await Assert.ThrowsExactlyAsync<LedgerStalledException>(() => scene.AnchorAsync(TimeProvider.System, Token));

        Assert.Contains("its state proof at block", e.Message);
        Assert.IsTrue(scene.Workspace.Anchors(FaultScene.Authority).Single().IsInFlight);
        await scene.HealAndCheckAsync([3], Token);
        Assert.HasCount(1, scene.Proxy.SentTransactions.Distinct());
    }

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Anchor_HeaderThatIsNotItsHash_IsRefused()
    {
        await using FaultScene scene = await CreateAsync(3);
        scene.Proxy.On("eth_getBlockByNumber", RpcFaults.Lie(block =>
        {
            block!["stateRoot"] = Hex.Encode(HashOf("another state").AsSpan());
            return block;
        }));

        LedgerAnswerException e = await Assert.ThrowsExactlyAsync<LedgerAnswerException>(() => scene.AnchorAsync(TimeProvider.System, Token));

        Assert.Contains("the hash of the header by the rule", e.Message);
        await scene.HealAndCheckAsync([3], Token);
    }

    // It takes transactions, and shows the ledger as it was before: the anchor seems to be gone.
    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Anchor_EndpointLags_AnchorsNothingTwice()
    {
        await using FaultScene scene = await CreateAsync(3);
        ulong before = await _ledger.Client.FetchBlockNumberAsync(Token);
        await scene.AnchorAsync(TimeProvider.System, Token);
        scene.Append(2);
        StaleView.ShowAsOf(scene.Proxy, before);

        Exception? end = await scene.TryAnchorAsync(new HurriedTimeProvider(FaultScene.Hurry), Token);

        Assert.IsInstanceOfType<LedgerException>(end);
        await scene.HealAndCheckAsync([3, 5], Token);
        Assert.HasCount(2, scene.Proxy.SentTransactions.Distinct());
    }

    // Where validators sign, what was final is not gone: nothing is reopened, and nothing is sent.
    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Anchor_EndpointOfSigningValidatorsLags_SaysSoAndKeepsTheProof()
    {
        await using FaultScene scene = await CreateAsync(3);
        ulong before = await _ledger.Client.FetchBlockNumberAsync(Token);
        await scene.AnchorAsync(TimeProvider.System, Token);
        byte[] proof = scene.Workspace.Anchors(FaultScene.Authority).Single().LedgerProof!;
        StaleView.ShowAsOf(scene.Proxy, before);

        LedgerStalledException e = await Assert.ThrowsExactlyAsync<LedgerStalledException>(
            () => scene.AnchorAsync(scene.Workspace, new LedgerFinality(Validators, TimeProvider.System), TimeProvider.System, Token));

        Assert.Contains("that endpoint lags behind. Nothing was sent.", e.Message);
        Assert.AreSequenceEqual(proof, scene.Workspace.Anchors(FaultScene.Authority).Single().LedgerProof!);
        Assert.HasCount(1, scene.Proxy.SentTransactions);
        await scene.HealAndCheckAsync([3], Token);
    }

    // The same of an endpoint on another branch, which has another block where the anchor's was.
    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Anchor_EndpointOfSigningValidatorsShowsAnotherBranch_SaysSoAndKeepsTheProof()
    {
        await using FaultScene scene = await FaultScene.StartAsync(Token);
        scene.Append(3);
        LedgerJson snapshot = await scene.Ledger.AnvilAsync("evm_snapshot", [], Token);
        await scene.AnchorAsync(TimeProvider.System, Token);
        byte[] proof = scene.Workspace.Anchors(FaultScene.Authority).Single().LedgerProof!;
        await scene.Ledger.AnvilAsync("evm_revert", [snapshot], Token);
        await scene.Ledger.AnvilAsync("anvil_mine", [new JsonNumber(3)], Token);

        LedgerStalledException e = await Assert.ThrowsExactlyAsync<LedgerStalledException>(
            () => scene.AnchorAsync(scene.Workspace, new LedgerFinality(Validators, TimeProvider.System), TimeProvider.System, Token));

        Assert.Contains("shows another block there", e.Message);
        Assert.AreSequenceEqual(proof, scene.Workspace.Anchors(FaultScene.Authority).Single().LedgerProof!);
        Assert.HasCount(1, scene.Proxy.SentTransactions);
        await scene.HealAndCheckAsync([3], Token);
    }

    [TestMethod]
    [DataRow("eth_estimateGas", "0xffffffffffffffff", "estimates")]
    [DataRow("eth_estimateGas", "0x174876e801", "estimates")]
    public async Task Anchor_NumberBeyondReason_IsRefusedAndNothingIsSigned(string method, string number, string message)
    {
        await using FaultScene scene = await CreateAsync(3);
        scene.Proxy.On(method, RpcFaults.Lie(_ => number));

        await ExpectNothingSentAsync<LedgerAnswerException>(scene, message);
    }

    private async Task<FaultScene> CreateAsync(int records)
    {
        FaultScene scene = await FaultScene.OnAsync(_ledger, Token);
        scene.Append(records);
        return scene;
    }

    private async Task ExpectNothingSentAsync<TException>(FaultScene scene, string message)
        where TException : Exception
    {
        TException e = await Assert.ThrowsExactlyAsync<TException>(() => scene.AnchorAsync(TimeProvider.System, Token));

        Assert.Contains(message, e.Message);
        Assert.IsEmpty(scene.Proxy.SentTransactions);
        Assert.IsEmpty(scene.Workspace.Anchors(FaultScene.Authority));
        await scene.HealAndCheckAsync([3], Token);
    }

    private Task<LedgerJson> SetCodeAsync(Address contract, byte[] code) =>
        _ledger.AnvilAsync("anvil_setCode", [new JsonString(contract.ToLowerHex()), new JsonString(Hex.Encode(code))], Token);

    private static Bytes32 HashOf(string text) => Sha256.Hash(Encoding.UTF8.GetBytes(text));

    private static byte[] Keccak256Of(string raw)
    {
        Assert.IsTrue(Hex.TryDecode(raw, out byte[]? bytes));
        return Keccak256.Hash(bytes).ToArray();
    }

    private static Task Answer(RpcExchange exchange, JsonNode result) => exchange.AnswerAsync(new JsonObject
    {
        ["jsonrpc"] = "2.0",
        ["id"] = exchange.Request["id"]!.DeepClone(),
        ["result"] = result,
    });

    // The answer of head(bytes32): size, root and time, each in a word.
    private static JsonNode Head(ulong size, Bytes32 root) => Hex.Encode(
        (byte[])[.. Bytes32.FromUInt64(size).AsSpan(), .. root.AsSpan(), .. Bytes32.FromUInt64(1_800_000_000).AsSpan()]);

    private static async Task AnswerReceiptAsync(RpcExchange exchange, string hash, int status)
    {
        ulong newest = await _ledger.Client.FetchBlockNumberAsync();
        LedgerBlock block = await _ledger.Client.FetchLatestBlockAsync();
        await Answer(exchange, new JsonObject
        {
            ["transactionHash"] = hash,
            ["blockHash"] = Hex.Encode(block.Hash.AsSpan()),
            ["blockNumber"] = StaleView.Quantity(newest),
            ["from"] = Address.Zero.ToLowerHex(),
            ["to"] = Address.Zero.ToLowerHex(),
            ["contractAddress"] = null,
            ["status"] = StaleView.Quantity((ulong)status),
            ["gasUsed"] = "0x5208",
            ["logs"] = new JsonArray(),
        });
    }
}
