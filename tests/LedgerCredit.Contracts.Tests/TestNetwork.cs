using LedgerCredit.Ethereum.Consensus;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Ethereum.Transactions;
using LedgerCredit.Testing;

namespace LedgerCredit.Contracts.Tests;

/// <summary>A ledger with both contracts, one organisation, its operator and its log.</summary>
internal sealed class TestNetwork : IAsyncDisposable
{
    internal const string Slug = "test-authority";
    internal const string Origin = "test.ledgercredit/test-authority";

    // The first account of the well-known test phrase, which anvil gives ether.
    private const string FundedKey = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(25);

    private readonly AnvilProcess _anvil;
    private readonly HttpClient _httpClient;
    private readonly bool _hasFees;

    private TestNetwork(AnvilProcess anvil, HttpClient httpClient, bool hasFees)
    {
        _anvil = anvil;
        _httpClient = httpClient;
        _hasFees = hasFees;
        JsonRpcClient rpc = new(httpClient, anvil.Endpoint, new JsonRpcOptions(), TimeProvider.System);
        Client = new EthereumClient(rpc, BlockHashRule.Keccak);
        Admin = Key(hasFees ? Convert.FromHexString(FundedKey) : Sha256.Hash([1]).ToArray());
        Operator = Key(Sha256.Hash([2]).ToArray());
    }

    internal EthereumClient Client { get; }

    internal Secp256k1Key Admin { get; }

    internal Secp256k1Key Operator { get; }

    internal Bytes32 LogId { get; } = Keccak256.Hash(Origin);

    internal Bytes32 OrganisationId { get; } = ConsortiumContract.OrganisationId(Slug);

    internal ConsortiumContract Consortium { get; private set; } = null!;

    internal EvidenceLogContract EvidenceLog { get; private set; } = null!;

    /// <summary>Starts the ledger, without contracts.</summary>
    internal static async Task<TestNetwork> StartAsync(string hardfork, bool hasFees, CancellationToken cancellationToken) =>
        new(await AnvilProcess.StartAsync(hardfork, hasFees, cancellationToken), JsonRpcClient.CreateHttpClient(), hasFees);

    /// <summary>Starts the ledger, deploys and registers.</summary>
    internal static async Task<TestNetwork> StartWithContractsAsync(CancellationToken cancellationToken)
    {
        TestNetwork network = await StartAsync("prague", hasFees: false, cancellationToken);
        await network.DeployAsync(cancellationToken);

        ushort roles = ConsortiumRoles.ToBitmap([ConsortiumRole.Authority, ConsortiumRole.Operator]);
        Address operatorAccount = Address.FromPublicKey(network.Operator.PublicKey);
        Address consortium = network.Consortium.Address;
        await network.MustSendAsync(network.Admin, consortium, ConsortiumContract.EncodeRegisterOrganisation(Slug, roles), cancellationToken);
        await network.MustSendAsync(
            network.Admin, consortium, ConsortiumContract.EncodeRegisterAccount(operatorAccount, network.OrganisationId, roles), cancellationToken);
        await network.MustSendAsync(network.Admin, consortium, ConsortiumContract.EncodeRegisterLog(Origin), cancellationToken);
        return network;
    }

    internal async Task DeployAsync(CancellationToken cancellationToken)
    {
        Address admin = Address.FromPublicKey(Admin.PublicKey);
        TransactionReceipt consortium = await MustSendAsync(
            Admin, null, ConsortiumContract.EncodeDeployment(admin, 86_400), cancellationToken);
        Assert.AreEqual(Address.OfCreated(admin, 0), consortium.ContractAddress);
        Consortium = new ConsortiumContract(Client, consortium.ContractAddress!.Value);

        TransactionReceipt evidenceLog = await MustSendAsync(
            Admin, null, EvidenceLogContract.EncodeDeployment(Consortium.Address), cancellationToken);
        EvidenceLog = new EvidenceLogContract(Client, evidenceLog.ContractAddress!.Value);
    }

    internal async Task<TransactionReceipt> MustSendAsync(Secp256k1Key key, Address? to, byte[] data, CancellationToken cancellationToken)
    {
        Eip1559Transaction transaction = new()
        {
            ChainId = AnvilProcess.ChainId,
            Nonce = await Client.FetchTransactionCountAsync(Address.FromPublicKey(key.PublicKey), BlockReference.Latest, cancellationToken),
            MaxPriorityFeePerGasWei = _hasFees ? 1_000_000_000U : 0U,
            MaxFeePerGasWei = _hasFees ? 100_000_000_000U : 0U,
            GasLimit = 10_000_000,
            To = to,
            ValueWei = 0,
            Data = data,
        };
        TransactionReceipt receipt = await SendAsync(transaction.Sign(key), cancellationToken);
        Assert.IsTrue(receipt.IsSuccess, "The transaction was mined as refused.");
        return receipt;
    }

    internal async Task<TransactionReceipt> SendAsync(SignedTransaction transaction, CancellationToken cancellationToken)
    {
        Assert.AreEqual(transaction.Hash, await Client.SendRawTransactionAsync(transaction.Raw, cancellationToken));
        while (true)
        {
            if (await Client.FindReceiptAsync(transaction.Hash, cancellationToken) is TransactionReceipt receipt)
            {
                Assert.AreEqual(transaction.Sender, receipt.From);
                return receipt;
            }

            await Task.Delay(PollInterval, cancellationToken);
        }
    }

    /// <summary>
    /// Waits until a block is not the newest any more: asked for the state of the newest one, anvil can answer with that of
    /// a block that it makes meanwhile.
    /// </summary>
    internal async Task WaitUntilOvertakenAsync(LedgerBlock block, CancellationToken cancellationToken)
    {
        while (await Client.FetchBlockNumberAsync(cancellationToken) <= block.Header.Number)
        {
            await Task.Delay(PollInterval, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        Operator.Dispose();
        _httpClient.Dispose();
        await _anvil.DisposeAsync();
    }

    private static Secp256k1Key Key(byte[] secret)
    {
        Assert.IsTrue(Secp256k1Key.TryCreate(secret, out Secp256k1Key? key));
        return key;
    }
}
