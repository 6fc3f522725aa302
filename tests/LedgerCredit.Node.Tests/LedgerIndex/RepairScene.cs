using LedgerCredit.Contracts;
using LedgerCredit.Ethereum;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Ethereum.Transactions;
using LedgerCredit.Log;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Cryptography;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Storage;
using LedgerCredit.Testing;

namespace LedgerCredit.Node.Tests.LedgerIndex;

/// <summary>
/// A ledger with the real contracts, organisations of all parts, and anchored sanctions of a rule pack with short periods. Each
/// transaction is a block of its own; time moves when a test moves it.
/// </summary>
internal sealed class RepairScene : IAsyncDisposable
{
    internal const uint Intake = 1_000;
    internal const uint Supplement = 1_100;
    internal const uint Review = 2_000;
    internal const uint Window = 500;
    internal const uint Arbitration = 900;
    internal const uint Bar = 5_000;
    internal const int SanctionCount = 6;

    internal const string AuthoritySlug = "authority";

    private const string Origin = "test.ledgercredit/authority";

    private static readonly RulePackParameters Pack =
        new(0b110, 1, 2, 0, 2, Intake, Supplement, Review, Window, Arbitration, Bar, 0, 0, 0, 0, 0);

    private readonly TestLedger _ledger;
    private readonly Dictionary<string, Secp256k1Key> _keys = new(StringComparer.Ordinal);
    private readonly Dictionary<Store, string> _stores = [];
    private readonly Lock _lock = new();
    private readonly TestFolder _folder = new();

    private RepairScene(TestLedger ledger)
    {
        _ledger = ledger;
    }

    /// <summary>That of a devnet.</summary>
    internal static LedgerFinality Finality { get; } = new(policy: null, TimeProvider.System);

    internal EthereumClient Client => _ledger.Client;

    internal TestLedger Ledger => _ledger;

    internal ContractAddresses Contracts { get; private set; } = null!;

    internal RepairDeskContract Desk { get; private set; } = null!;

    internal IReadOnlyList<RepairSanction> Sanctions { get; private set; } = [];

    internal IReadOnlyList<Bytes32> Leaves { get; private set; } = [];

    internal IReadOnlyList<AnchoredEntry> Entries { get; private set; } = [];

    /// <summary>Who takes part, by the names of their keys: organisations are the names before the dot.</summary>
    internal static IReadOnlyList<(string Name, ConsortiumRole[] Roles)> Parties { get; } =
    [
        ("authority.one", [ConsortiumRole.Authority, ConsortiumRole.Operator]),
        ("authority.two", [ConsortiumRole.Authority]),
        ("reviewer-a.one", [ConsortiumRole.Reviewer]),
        ("reviewer-b.one", [ConsortiumRole.Reviewer]),
        ("reviewer-c.one", [ConsortiumRole.Reviewer, ConsortiumRole.Arbiter]),
        ("arbiter-a.one", [ConsortiumRole.Arbiter]),
        ("arbiter-b.one", [ConsortiumRole.Arbiter]),
        ("enterprise.one", [ConsortiumRole.Enterprise]),
        ("enterprise.two", [ConsortiumRole.Enterprise]),
        ("auditor.one", [ConsortiumRole.Auditor]),
    ];

    internal static Bytes32 SubjectTag { get; } = Sha256.Hash("subject"u8);

    internal static async Task<RepairScene> StartAsync(CancellationToken cancellationToken)
    {
        RepairScene scene = new(await TestLedger.StartAsync(cancellationToken));
        await scene._ledger.AnvilAsync("evm_setIntervalMining", [new JsonNumber(0)], cancellationToken);
        await scene._ledger.AnvilAsync("evm_setAutomine", [new JsonBoolean(true)], cancellationToken);
        await scene.DeployAsync(cancellationToken);
        await scene.RegisterAsync(cancellationToken);
        await scene.AnchorSanctionsAsync(cancellationToken);
        return scene;
    }

    internal static Bytes32 OrgOf(string party) => ConsortiumContract.OrganisationId(party.Split('.')[0]);

    internal Address AccountOf(string party) => Address.FromPublicKey(KeyOf(party).PublicKey);

    // Test methods of a class that share a scene run at once.
    internal Store NewStore()
    {
        lock (_lock)
        {
            string path = _folder.File($"{_stores.Count}.db");
            Store store = Store.Create(path);
            _stores.Add(store, path);
            return store;
        }
    }

    internal string StorePath(Store store)
    {
        lock (_lock)
        {
            return _stores[store];
        }
    }

    internal LedgerIndexer IndexerOf(Store store) => new(Client, Contracts, store, Finality);

    internal async Task<ulong> NowAsync(CancellationToken cancellationToken) =>
        (await Client.FetchLatestBlockAsync(cancellationToken)).Header.Timestamp;

    /// <summary>Makes a block so many seconds later.</summary>
    internal async Task PassAsync(ulong seconds, CancellationToken cancellationToken)
    {
        await _ledger.AnvilAsync("evm_increaseTime", [new JsonNumber((long)seconds)], cancellationToken);
        await _ledger.MineAsync(cancellationToken);
    }

    /// <summary>Makes the next block at a moment.</summary>
    internal async Task PassToAsync(ulong moment, CancellationToken cancellationToken)
    {
        await _ledger.AnvilAsync("evm_setNextBlockTimestamp", [new JsonNumber((long)moment)], cancellationToken);
        await _ledger.MineAsync(cancellationToken);
    }

    internal async Task<string> SnapshotAsync(CancellationToken cancellationToken) =>
        ((JsonString)await _ledger.AnvilAsync("evm_snapshot", [], cancellationToken)).Value;

    internal async Task RevertAsync(string snapshot, CancellationToken cancellationToken) =>
        Assert.IsTrue(((JsonBoolean)await _ledger.AnvilAsync("evm_revert", [new JsonString(snapshot)], cancellationToken)).Value);

    /// <summary>Takes a step at the desk, which must pass.</summary>
    internal Task<TransactionReceipt> ActAsync(string party, byte[] callData, CancellationToken cancellationToken) =>
        MustSendAsync(party, Contracts.RepairDesk, callData, cancellationToken);

    /// <summary>Takes a step at the desk if the contract lets it.</summary>
    internal async Task<bool> TryActAsync(string party, byte[] callData, CancellationToken cancellationToken)
    {
        try
        {
            await Desk.TryCallAsync(AccountOf(party), callData, cancellationToken);
        }
        catch (ContractRevertException)
        {
            return false;
        }

        return (await SendAsync(party, Contracts.RepairDesk, callData, cancellationToken)).IsSuccess;
    }

    internal byte[] Open(int sanction, params ReadOnlySpan<byte> kinds) =>
        RepairDeskContract.EncodeOpen(Sanctions[sanction], Entries[sanction], Materials(kinds, (byte)sanction));

    internal static IReadOnlyList<RepairMaterial> Materials(ReadOnlySpan<byte> kinds, byte seed)
    {
        List<RepairMaterial> materials = [];
        foreach (byte kind in kinds)
        {
            materials.Add(new RepairMaterial(kind, Sha256.Hash([seed, kind])));
        }

        return materials;
    }

    internal async Task<byte[]> ApproveAsync(ulong caseId, CancellationToken cancellationToken) =>
        RepairDeskContract.EncodeApprove(caseId, (await Desk.FetchCaseAsync(caseId, cancellationToken)).MaterialsHash, 80);

    internal async Task<TransactionReceipt> MustSendAsync(string party, Address? to, byte[] data, CancellationToken cancellationToken)
    {
        TransactionReceipt receipt = await SendAsync(party, to, data, cancellationToken);
        Assert.IsTrue(receipt.IsSuccess, "The transaction was mined as refused.");
        return receipt;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Store store in _stores.Keys)
        {
            store.Dispose();
        }

        foreach (Secp256k1Key key in _keys.Values)
        {
            key.Dispose();
        }

        _folder.Dispose();
        await _ledger.DisposeAsync();
    }

    private async Task<TransactionReceipt> SendAsync(string party, Address? to, byte[] data, CancellationToken cancellationToken)
    {
        Eip1559Transaction transaction = new()
        {
            ChainId = AnvilProcess.ChainId,
            Nonce = await Client.FetchTransactionCountAsync(AccountOf(party), BlockReference.Latest, cancellationToken),
            MaxPriorityFeePerGasWei = 0,
            MaxFeePerGasWei = 0,
            GasLimit = 10_000_000,
            To = to,
            ValueWei = 0,
            Data = data,
        };
        Bytes32 hash = await Client.SendRawTransactionAsync(transaction.Sign(KeyOf(party)).Raw, cancellationToken);
        while (true)
        {
            if (await Client.FindReceiptAsync(hash, cancellationToken) is TransactionReceipt receipt)
            {
                return receipt;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5), cancellationToken);
        }
    }

    private Secp256k1Key KeyOf(string party)
    {
        if (!_keys.TryGetValue(party, out Secp256k1Key? key))
        {
            Assert.IsTrue(Secp256k1Key.TryCreate(Sha256.Hash(System.Text.Encoding.UTF8.GetBytes(party)).ToArray(), out key));
            _keys.Add(party, key);
        }

        return key;
    }

    private async Task DeployAsync(CancellationToken cancellationToken)
    {
        ulong first = await Client.FetchBlockNumberAsync(cancellationToken);
        Address consortium = await CreateAsync(ConsortiumContract.EncodeDeployment(AccountOf("admin"), 86_400));
        Address evidenceLog = await CreateAsync(EvidenceLogContract.EncodeDeployment(consortium));
        Address rulePacks = await CreateAsync(RulePacksContract.EncodeDeployment(consortium));
        Address desk = await CreateAsync(RepairDeskContract.EncodeDeployment(consortium, evidenceLog, rulePacks));
        Contracts = new ContractAddresses(consortium, evidenceLog, rulePacks, desk, first);
        Desk = new RepairDeskContract(Client, desk);

        async Task<Address> CreateAsync(byte[] code) => (await MustSendAsync("admin", null, code, cancellationToken)).ContractAddress!.Value;
    }

    private async Task RegisterAsync(CancellationToken cancellationToken)
    {
        HashSet<string> organisations = [];
        foreach ((string name, ConsortiumRole[] roles) in Parties)
        {
            string slug = name.Split('.')[0];
            ushort bitmap = ConsortiumRoles.ToBitmap(roles);
            if (organisations.Add(slug))
            {
                await MustSendAsync("admin", Contracts.Consortium, ConsortiumContract.EncodeRegisterOrganisation(slug, bitmap), cancellationToken);
            }

            await MustSendAsync("admin", Contracts.Consortium, ConsortiumContract.EncodeRegisterAccount(AccountOf(name), OrgOf(name), bitmap), cancellationToken);
        }

        await MustSendAsync("admin", Contracts.Consortium, ConsortiumContract.EncodeRegisterLog(Origin), cancellationToken);
        foreach (string enterprise in (string[])["enterprise.one", "enterprise.two"])
        {
            await MustSendAsync("authority.one", Contracts.Consortium, ConsortiumContract.EncodeAppointRepresentative(SubjectTag, AccountOf(enterprise)), cancellationToken);
        }

        await MustSendAsync("admin", Contracts.RulePacks, RulePacksContract.EncodeAdd(RulePack, Pack, []), cancellationToken);
    }

    private static Bytes32 RulePack { get; } = Sha256.Hash("pack"u8);

    // Even ones can be repaired at once, odd ones only some time after the beginning of the test.
    private async Task AnchorSanctionsAsync(CancellationToken cancellationToken)
    {
        ulong now = await NowAsync(cancellationToken);
        TreeAppender tree = TreeAppender.CreateEmpty();
        List<RepairSanction> sanctions = [];
        List<Bytes32> leaves = [];
        for (int i = 0; i < SanctionCount; i++)
        {
            ulong earliest = i % 2 == 0 ? now - 100 : now + 1_500;
            RepairTerms terms = new(SubjectTag, OrgOf(AuthoritySlug), RulePack, 2, true, now - 1_000, earliest, 0, 0, Sha256.Hash([(byte)i]));
            RepairSanction sanction = new(Sha256.Hash([1, (byte)i]), terms);
            Bytes32 leaf = await Desk.FetchLeafHashAsync(sanction, cancellationToken);
            sanctions.Add(sanction);
            leaves.Add(leaf);
            tree.Append(leaf);
        }

        TreeProofs proofs = new(new Tiles(tree.TakeChangedTiles()), tree.Size);
        Bytes32 logId = LogId.FromOrigin(Origin);
        await MustSendAsync("authority.one", Contracts.EvidenceLog, EvidenceLogContract.EncodeAnchor(logId, tree.Size, tree.RootHash(), []), cancellationToken);
        Sanctions = sanctions;
        Leaves = leaves;
        Entries = [.. Enumerable.Range(0, SanctionCount).Select(i => new AnchoredEntry(logId, tree.RootHash(), (ulong)i, proofs.Inclusion((ulong)i, tree.Size).Path))];
    }

    private sealed class Tiles(IReadOnlyList<Tile> tiles) : ITileReader
    {
        public ReadOnlyMemory<byte> ReadTile(TileId tile) => tiles.Single(candidate => candidate.Id == tile).Hashes;
    }
}
