using LedgerCredit.Contracts;
using LedgerCredit.Ethereum;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Ethereum.Transactions;
using LedgerCredit.Log;
using LedgerCredit.Node.Anchoring;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives.Cryptography;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Storage;
using LedgerCredit.Testing;

namespace LedgerCredit.Node.Tests;

/// <summary>Whatever a crash leaves, the next call comes to one anchor for each size, with the bytes that were signed first.</summary>
[TestClass]
public sealed class AnchorerTests
{
    private const string Authority = TestWorkspace.Authority;
    private static TestLedger _ledger = null!;

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context) => _ledger = await TestLedger.StartAsync(context.CancellationToken);

    [ClassCleanup]
    public static async Task StopAsync() => await _ledger.DisposeAsync();

    [TestMethod]
    public async Task Anchor_FirstSecondAndRepeated_OneTransactionForEachSize()
    {
        using TestWorkspace workspace = await CreateAsync(3);

        AnchorOutcome first = await workspace.AnchorAsync(Authority, Token);
        AnchorOutcome repeated = await workspace.AnchorAsync(Authority, Token);
        workspace.Append(Authority, SampleRecords.Mixed(Authority, 3, 4));
        AnchorOutcome second = await workspace.AnchorAsync(Authority, Token);

        Assert.AreEqual(3UL, first.TreeSize);
        Assert.IsNotNull(first.TransactionHash);
        Assert.IsNull(repeated.TransactionHash);
        Assert.AreEqual(3UL, repeated.TreeSize);
        Assert.AreEqual(7UL, second.TreeSize);
        await CheckAsync(workspace, 7, [3, 7]);
    }

    [TestMethod]
    public async Task Anchor_EmptyLog_SendsNothing()
    {
        using TestWorkspace workspace = await CreateAsync(0);

        AnchorOutcome outcome = await workspace.AnchorAsync(Authority, Token);

        Assert.AreEqual(0UL, outcome.TreeSize);
        Assert.IsNull(outcome.TransactionHash);
        await CheckAsync(workspace, 0, []);
    }

    // The states that a crash behind each numbered line of the protocol leaves.
    [TestMethod]
    [DataRow("signed", DisplayName = "kept, not sent")]
    [DataRow("sent", DisplayName = "sent, not waited for")]
    [DataRow("mined", DisplayName = "mined, proof not kept")]
    [DataRow("proof-lost", DisplayName = "proof row of an older backup")]
    public async Task Anchor_AfterACrash_GoesOnWithTheSameBytes(string crash)
    {
        using TestWorkspace workspace = await CreateAsync(3);
        byte[] raw = crash switch
        {
            "signed" => await KeepSignedAsync(workspace),
            _ => await SendAsync(workspace),
        };
        if (crash is "mined" or "proof-lost")
        {
            await WaitMinedAsync(raw);
        }

        if (crash == "proof-lost")
        {
            await workspace.AnchorAsync(Authority, Token);
            using StoreFile file = new(workspace.Workspace.StorePath);
            file.Execute("UPDATE anchor SET ledger_proof = NULL");
        }

        AnchorOutcome outcome = await workspace.AnchorAsync(Authority, Token);

        Assert.AreEqual(Decode(raw).Hash, outcome.TransactionHash);
        Assert.AreSequenceEqual(raw, workspace.Anchors(Authority).Single().TransactionRaw!);
        await CheckAsync(workspace, 3, [3]);
    }

    [TestMethod]
    public async Task Anchor_CrashThenMoreRecords_FinishesTheOldOneAndAnchorsTheNew()
    {
        using TestWorkspace workspace = await CreateAsync(3);
        byte[] raw = await KeepSignedAsync(workspace);
        workspace.Append(Authority, SampleRecords.Mixed(Authority, 3, 4));

        await workspace.AnchorAsync(Authority, Token);

        Assert.AreSequenceEqual(raw, workspace.Anchors(Authority)[0].TransactionRaw!);
        await CheckAsync(workspace, 7, [3, 7]);
    }

    [TestMethod]
    public async Task Anchor_RowLostAfterMining_TakesTheLedgersAnchorOver()
    {
        using TestWorkspace workspace = await CreateAsync(3);
        await workspace.AnchorAsync(Authority, Token);
        using (StoreFile file = new(workspace.Workspace.StorePath))
        {
            file.Execute("DELETE FROM anchor");
        }

        await workspace.AnchorAsync(Authority, Token);

        Assert.IsNull(workspace.Anchors(Authority).Single().TransactionRaw);
        await CheckAsync(workspace, 3, [3]);
    }

    [TestMethod]
    public async Task Anchor_NonceUsedByAnotherTransaction_SignsAnew()
    {
        using TestWorkspace workspace = await CreateAsync(3);
        byte[] dead = await KeepSignedAsync(workspace);
        using (Secp256k1Key key = workspace.Keys.OpenAccount(Authority))
        using (LedgerSession session = await workspace.ConnectAsync(Token))
        {
            await new LedgerTransactions(session, TimeProvider.System).RunAsync(key, Address.FromPublicKey(key.PublicKey), ReadOnlyMemory<byte>.Empty, Token);
        }

        AnchorOutcome outcome = await workspace.AnchorAsync(Authority, Token);

        Assert.AreNotEqual(Decode(dead).Hash, outcome.TransactionHash);
        await CheckAsync(workspace, 3, [3]);
    }

    [TestMethod]
    public async Task Anchor_NonceBeyondTheAccounts_SignsAnewInsteadOfWaiting()
    {
        using TestWorkspace workspace = await CreateAsync(3);
        SignedTransaction signed = Decode(await KeepSignedAsync(workspace));
        using (Secp256k1Key key = workspace.Keys.OpenAccount(Authority))
        using (StoreFile file = new(workspace.Workspace.StorePath))
        {
            file.Execute("UPDATE anchor SET transaction_raw = @0", (signed.Transaction with { Nonce = signed.Transaction.Nonce + 2 }).Sign(key).Raw.ToArray());
        }

        await workspace.AnchorAsync(Authority, Token);

        await CheckAsync(workspace, 3, [3]);
    }

    [TestMethod]
    public async Task Anchor_SeveralProcessesAtOnce_AnchorOnce()
    {
        using TestWorkspace workspace = await CreateAsync(3);

        Task<Exception?>[] calls =
        [
            .. Enumerable.Range(0, 4).Select(async _ =>
            {
                try
                {
                    await workspace.Reopen().AnchorAsync(Authority, Token);
                    return (Exception?)null;
                }
                catch (LedgerStalledException e)
                {
                    return e;
                }
            }),
        ];
        Exception?[] ends = await Task.WhenAll(calls);

        Assert.Contains((Exception?)null, ends);
        await CheckAsync(workspace, 3, [3]);
    }

    [TestMethod]
    [DataRow("UPDATE anchor SET transaction_raw = x'02c0'", DisplayName = "no transaction")]
    [DataRow("UPDATE anchor SET tree_size = tree_size - 1", DisplayName = "of another size")]
    [DataRow("UPDATE anchor SET tree_size = 99", DisplayName = "of a size beyond the log")]
    public async Task Anchor_AlteredRowInFlight_IsNotSent(string damage)
    {
        using TestWorkspace workspace = await CreateAsync(3);
        byte[] raw = await KeepSignedAsync(workspace);
        using (StoreFile file = new(workspace.Workspace.StorePath))
        {
            file.Execute(damage);
        }

        await Assert.ThrowsExactlyAsync<LogIntegrityException>(() => workspace.AnchorAsync(Authority, Token));

        Assert.IsNull(await _ledger.Client.FindTransactionAsync(Decode(raw).Hash, Token));
    }

    [TestMethod]
    public async Task Anchor_ByAnotherAccount_IsRefusedWithTheContractsError()
    {
        using TestWorkspace workspace = await CreateAsync(3);
        workspace.Keys.CreateAccount("stranger");
        using Store store = workspace.OpenStore();
        using Secp256k1Key stranger = workspace.Keys.OpenAccount("stranger");
        using LedgerSession session = await workspace.ConnectAsync(Token);
        Anchorer anchorer = new(session, store, workspace.Finality, TimeProvider.System);

        ContractRevertException e = await Assert.ThrowsExactlyAsync<ContractRevertException>(
            () => anchorer.AnchorAsync(store.Logs.Find(Authority)!, stranger, wait: true, Token));

        Assert.IsNotNull(e.Error);
        Assert.IsEmpty(workspace.Anchors(Authority));
    }

    [TestMethod]
    public async Task Anchor_OfASuspendedOrganisation_IsRefusedAndGoesOnWhenResumed()
    {
        using TestWorkspace workspace = await CreateAsync(3);
        await GovernAsync(workspace, ConsortiumContract.EncodeSuspendOrganisation(ConsortiumContract.OrganisationId(Authority)));

        ContractRevertException e = await Assert.ThrowsExactlyAsync<ContractRevertException>(() => workspace.AnchorAsync(Authority, Token));

        Assert.IsNotNull(e.Error);
        Assert.IsEmpty(workspace.Anchors(Authority));
        await GovernAsync(workspace, ConsortiumContract.EncodeResumeOrganisation(ConsortiumContract.OrganisationId(Authority)));
        await workspace.AnchorAsync(Authority, Token);
        await CheckAsync(workspace, 3, [3]);
    }

    [TestMethod]
    public async Task Anchor_SuspendedWhileInFlight_ForgetsTheRefusedBytesAndSaysWhy()
    {
        using TestWorkspace workspace = await CreateAsync(3);
        await KeepSignedAsync(workspace);
        await GovernAsync(workspace, ConsortiumContract.EncodeSuspendOrganisation(ConsortiumContract.OrganisationId(Authority)));

        await Assert.ThrowsExactlyAsync<ContractRevertException>(() => workspace.AnchorAsync(Authority, Token));

        Assert.IsEmpty(workspace.Anchors(Authority));
        await GovernAsync(workspace, ConsortiumContract.EncodeResumeOrganisation(ConsortiumContract.OrganisationId(Authority)));
        await workspace.AnchorAsync(Authority, Token);
        await CheckAsync(workspace, 3, [3]);
    }

    [TestMethod]
    public async Task Connect_WrongChain_IsRefused()
    {
        using TestWorkspace workspace = await CreateAsync(1);
        workspace.Workspace.EditConfig(config => config with { Ledger = config.Ledger with { ChainId = 1 } });

        WorkspaceException e = await Assert.ThrowsExactlyAsync<WorkspaceException>(() => workspace.AnchorAsync(Authority, Token));

        Assert.Contains(FormattableString.Invariant($"serves chain {AnvilProcess.ChainId}, but this workspace belongs to chain 1"), e.Message);
    }

    [TestMethod]
    public async Task Connect_LedgerWithoutOurContracts_IsRefused()
    {
        using TestWorkspace workspace = await CreateAsync(1);
        ContractAddresses contracts = workspace.Workspace.Config.Ledger.Contracts!;
        workspace.Workspace.EditConfig(config => config with
        {
            Ledger = config.Ledger with { Contracts = contracts with { EvidenceLog = Address.Zero } },
        });

        WorkspaceException e = await Assert.ThrowsExactlyAsync<WorkspaceException>(() => workspace.AnchorAsync(Authority, Token));

        Assert.Contains("has no contract at", e.Message);
    }

    [TestMethod]
    public async Task Connect_NoLedgerThere_IsALedgerException()
    {
        using TestWorkspace workspace = TestWorkspace.Create(Authority);

        await Assert.ThrowsAsync<LedgerException>(() => LedgerSession.ConnectAsync(workspace.Workspace, "http://127.0.0.1:1", TimeProvider.System, Token));
    }

    // On an own ledger, because its state is taken back.
    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task Anchor_LedgerLostAnchors_SendsTheSameBytesAgain()
    {
        await using TestLedger ledger = await TestLedger.StartAsync(Token);
        using TestWorkspace workspace = await TestWorkspace.CreateAsync(ledger, [Authority], Token);
        workspace.Append(Authority, SampleRecords.Mixed(Authority, 0, 3));
        await workspace.AnchorAsync(Authority, Token);
        JsonValue snapshot = await ledger.AnvilAsync("evm_snapshot", [], Token);
        workspace.Append(Authority, SampleRecords.Mixed(Authority, 3, 3));
        await workspace.AnchorAsync(Authority, Token);
        workspace.Append(Authority, SampleRecords.Mixed(Authority, 6, 3));
        await workspace.AnchorAsync(Authority, Token);
        IReadOnlyList<StoredAnchor> before = workspace.Anchors(Authority);
        await ledger.AnvilAsync("evm_revert", [snapshot], Token);

        await workspace.AnchorAsync(Authority, Token);

        IReadOnlyList<StoredAnchor> after = workspace.Anchors(Authority);
        for (int i = 0; i < 3; i++)
        {
            Assert.AreSequenceEqual(before[i].TransactionRaw!, after[i].TransactionRaw!);
        }

        await CheckAsync(workspace, 9, [3, 6, 9]);
    }

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task Anchor_MovedToAnotherBlockByAReorganisation_IsProvenAgain()
    {
        await using TestLedger ledger = await TestLedger.StartAsync(Token);
        using TestWorkspace workspace = await TestWorkspace.CreateAsync(ledger, [Authority], Token);
        workspace.Append(Authority, SampleRecords.Mixed(Authority, 0, 3));
        JsonValue snapshot = await ledger.AnvilAsync("evm_snapshot", [], Token);
        await workspace.AnchorAsync(Authority, Token);
        byte[] raw = workspace.Anchors(Authority).Single().TransactionRaw!;
        byte[] proof = workspace.Anchors(Authority).Single().LedgerProof!;

        // The same bytes again, but in another block than the one that was proven.
        await ledger.AnvilAsync("evm_revert", [snapshot], Token);
        await ledger.AnvilAsync("anvil_mine", [new JsonNumber(3)], Token);
        await ledger.Client.SendRawTransactionAsync(raw, Token);
        while (await ledger.Client.FindReceiptAsync(Decode(raw).Hash, Token) is null)
        {
            await ledger.MineAsync(Token);
        }

        await workspace.AnchorAsync(Authority, Token);

        Assert.IsFalse(proof.AsSpan().SequenceEqual(workspace.Anchors(Authority).Single().LedgerProof));
        await CheckAsync(workspace, 3, [3]);
    }

    private async Task<TestWorkspace> CreateAsync(int records)
    {
        TestWorkspace workspace = await TestWorkspace.CreateAsync(_ledger, [Authority], Token);
        if (records > 0)
        {
            workspace.Append(Authority, SampleRecords.Mixed(Authority, 0, records));
        }

        return workspace;
    }

    // What a crash right behind step 6 leaves: the row, and nothing at the ledger.
    private async Task<byte[]> KeepSignedAsync(TestWorkspace workspace)
    {
        using Store store = workspace.OpenStore();
        using Secp256k1Key key = workspace.Keys.OpenAccount(Authority);
        using LedgerSession session = await workspace.ConnectAsync(Token);
        StoredLog log = store.Logs.Find(Authority)!;
        ulong size = store.Checkpoints.FindLatest(log.Number)!.Value.TreeSize;
        byte[] call = EvidenceLogContract.EncodeAnchor(
            LogId.FromOrigin(log.Origin), size, new TreeProofs(store.Tiles.ReaderOf(log.Number), size).RootHash(size), []);
        SignedTransaction signed = await new LedgerTransactions(session, TimeProvider.System).SignAsync(key, session.Contracts.EvidenceLog, call, Token);
        store.Anchors.Add(log.Number, new StoredAnchor(size, signed.Raw.ToArray(), LedgerProof: null));
        return signed.Raw.ToArray();
    }

    private async Task<byte[]> SendAsync(TestWorkspace workspace)
    {
        await workspace.AnchorAsync(Authority, wait: false, Token);
        return workspace.Anchors(Authority).Single().TransactionRaw!;
    }

    private async Task WaitMinedAsync(byte[] raw)
    {
        while (await _ledger.Client.FindReceiptAsync(Decode(raw).Hash, Token) is null)
        {
            await _ledger.MineAsync(Token);
        }
    }

    private async Task GovernAsync(TestWorkspace workspace, byte[] call)
    {
        using Secp256k1Key admin = workspace.Keys.OpenAccount(KeyRing.AdminName);
        using LedgerSession session = await workspace.ConnectAsync(Token);
        await new LedgerTransactions(session, TimeProvider.System).RunAsync(admin, session.Contracts.Consortium, call, Token);
    }

    // Everything is sound, and the ledger tells of exactly these anchors.
    private async Task CheckAsync(TestWorkspace workspace, ulong entries, ulong[] anchors)
    {
        await workspace.CheckAsync(new Dictionary<string, ulong> { [Authority] = entries }, Token);
        using LedgerSession session = await workspace.ConnectAsync(Token);
        EvidenceLogContract contract = new(session.Client, session.Contracts.EvidenceLog);
        IReadOnlyList<AnchoredEvent> events = await contract.FetchAnchoredAsync(
            LogId.FromOrigin(workspace.LogOf(Authority).Origin), 0, await session.Client.FetchBlockNumberAsync(Token), Token);
        Assert.AreSequenceEqual(anchors, events.Select(e => e.TreeSize));
        Assert.AreSequenceEqual(anchors, workspace.Anchors(Authority).Select(a => a.TreeSize));
    }

    private static SignedTransaction Decode(byte[] raw)
    {
        Assert.IsTrue(TransactionDecoder.TryDecode(raw, out SignedTransaction? transaction, out _));
        return transaction;
    }
}
