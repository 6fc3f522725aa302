using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Ethereum.State;
using LedgerCredit.Ethereum.Transactions;
using LedgerCredit.Testing;
using LedgerCredit.Verification;

namespace LedgerCredit.Contracts.Tests;

/// <summary>The bindings, the client and the proofs against a real ledger.</summary>
[TestClass]
[TestCategory("integration")]
[DoNotParallelize]
public sealed class LedgerTests
{
    private static readonly Bytes32 FirstLeaf = Sha256.Hash([0, 1]);
    private static readonly Bytes32 SecondLeaf = Sha256.Hash([0, 2]);
    private static readonly Bytes32 ThirdLeaf = Sha256.Hash([0, 3]);
    private static readonly Bytes32 RootOfTwo = Node(FirstLeaf, SecondLeaf);
    private static readonly Bytes32 RootOfThree = Node(RootOfTwo, ThirdLeaf);

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task Anchor_TwoTrees_AreReadBackAndProvenFromTheHeader()
    {
        await using TestNetwork network = await TestNetwork.StartWithContractsAsync(Token);
        EvidenceLogContract log = network.EvidenceLog;
        Assert.AreEqual(new AnchoredHead(0, Bytes32.Zero, 0), await log.FetchHeadAsync(network.LogId, Token));

        TransactionReceipt first = await network.MustSendAsync(
            network.Operator, log.Address, EvidenceLogContract.EncodeAnchor(network.LogId, 1, FirstLeaf, []), Token);
        TransactionReceipt second = await network.MustSendAsync(
            network.Operator, log.Address, EvidenceLogContract.EncodeAnchor(network.LogId, 3, RootOfThree, [SecondLeaf, ThirdLeaf]), Token);

        LedgerBlock block = (await network.Client.FindBlockAsync(second.BlockNumber, Token))!;
        Assert.AreEqual(second.BlockHash, block.Hash);
        Assert.AreEqual(new AnchoredHead(3, RootOfThree, block.Header.Timestamp), await log.FetchHeadAsync(network.LogId, Token));
        Assert.AreEqual(new RootAnchor(3, block.Header.Timestamp), await log.FetchAnchorAsync(network.LogId, RootOfThree, Token));
        Assert.AreEqual(new RootAnchor(0, 0), await log.FetchAnchorAsync(network.LogId, RootOfTwo, Token));
        Assert.IsTrue(await log.VerifyInclusionAsync(network.LogId, RootOfThree, ThirdLeaf, 2, [RootOfTwo], Token));
        Assert.IsFalse(await log.VerifyInclusionAsync(network.LogId, RootOfThree, ThirdLeaf, 1, [RootOfTwo], Token));

        IReadOnlyList<AnchoredEvent> events = await log.FetchAnchoredAsync(network.LogId, 0, block.Header.Number, Token);
        Assert.AreSequenceEqual(
            new[]
            {
                new AnchoredEvent(network.LogId, FirstLeaf, 1, 0, first.BlockNumber, first.BlockHash, first.TransactionHash),
                new AnchoredEvent(network.LogId, RootOfThree, 3, 1, second.BlockNumber, second.BlockHash, second.TransactionHash),
            },
            events);

        LedgerTransaction sent = (await network.Client.FindTransactionAsync(second.TransactionHash, Token))!;
        Assert.IsTrue(EvidenceLogContract.TryDecodeAnchor(sent.Data, out AnchorCall? call));
        Assert.AreSequenceEqual(new[] { SecondLeaf, ThirdLeaf }, call.ConsistencyProof);

        await CheckProofsAsync(network, block);
    }

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task TryAnchor_WhatTheContractRefuses_IsNamedWithItsValues()
    {
        await using TestNetwork network = await TestNetwork.StartWithContractsAsync(Token);
        Address stranger = Address.FromPublicKey(network.Admin.PublicKey);
        Address @operator = Address.FromPublicKey(network.Operator.PublicKey);
        await network.MustSendAsync(
            network.Operator, network.EvidenceLog.Address, EvidenceLogContract.EncodeAnchor(network.LogId, 2, RootOfTwo, []), Token);

        await ExpectAsync(
            $"EvidenceLogNotOperator(logId: {network.LogId}, orgId: {network.OrganisationId}, account: {stranger})",
            stranger,
            EvidenceLogContract.EncodeAnchor(network.LogId, 3, RootOfThree, [ThirdLeaf]));
        await ExpectAsync(
            $"EvidenceLogUnknownLog(logId: {FirstLeaf})",
            @operator,
            EvidenceLogContract.EncodeAnchor(FirstLeaf, 3, RootOfThree, [ThirdLeaf]));
        await ExpectAsync(
            $"EvidenceLogTreeNotLarger(logId: {network.LogId}, anchoredSize: 2, treeSize: 1)",
            @operator,
            EvidenceLogContract.EncodeAnchor(network.LogId, 1, FirstLeaf, []));
        await ExpectAsync(
            $"EvidenceLogZeroRoot(logId: {network.LogId}, treeSize: 3)",
            @operator,
            EvidenceLogContract.EncodeAnchor(network.LogId, 3, Bytes32.Zero, []));
        await ExpectAsync(
            $"EvidenceLogConsistencyProofLength(logId: {network.LogId}, previousSize: 2, treeSize: 3, length: 0)",
            @operator,
            EvidenceLogContract.EncodeAnchor(network.LogId, 3, RootOfThree, []));
        await ExpectAsync(
            $"EvidenceLogInconsistent(logId: {network.LogId}, previousSize: 2, previousRoot: {RootOfTwo}, provenPreviousRoot: {RootOfTwo}, "
            + $"treeSize: 3, root: {RootOfThree}, provenRoot: {Node(RootOfTwo, FirstLeaf)})",
            @operator,
            EvidenceLogContract.EncodeAnchor(network.LogId, 3, RootOfThree, [FirstLeaf]));

        async Task ExpectAsync(string error, Address sender, byte[] callData)
        {
            ContractRevertException exception = await Assert.ThrowsExactlyAsync<ContractRevertException>(
                () => network.EvidenceLog.TryAnchorAsync(sender, callData, Token));
            Assert.AreEqual(error, exception.Error?.ToString());

            JsonRpcException estimate = await Assert.ThrowsExactlyAsync<JsonRpcException>(
                () => network.Client.EstimateGasAsync(new CallRequest(sender, network.EvidenceLog.Address, callData), Token));
            Assert.AreSequenceEqual(exception.RevertData.ToArray(), estimate.RevertData!);
        }
    }

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task Consortium_RegisteredMembers_AreReadBack()
    {
        await using TestNetwork network = await TestNetwork.StartWithContractsAsync(Token);
        ConsortiumContract consortium = network.Consortium;
        Address account = Address.FromPublicKey(network.Operator.PublicKey);
        ushort roles = ConsortiumRoles.ToBitmap([ConsortiumRole.Authority, ConsortiumRole.Operator]);

        Assert.AreEqual("1", await consortium.FetchVersionAsync(Token));
        Assert.AreEqual("1", await network.EvidenceLog.FetchVersionAsync(Token));
        Assert.AreEqual(consortium.Address, await network.EvidenceLog.FetchConsortiumAsync(Token));
        Assert.AreEqual(Address.FromPublicKey(network.Admin.PublicKey), await consortium.FetchAdminAsync(Token));
        Assert.AreEqual(new ConsortiumOrganisation(true, false, roles), await consortium.FetchOrganisationAsync(network.OrganisationId, Token));
        Assert.AreEqual(new ConsortiumOrganisation(false, false, 0), await consortium.FetchOrganisationAsync(Bytes32.Zero, Token));
        Assert.AreEqual(new ConsortiumAccount(network.OrganisationId, false, roles), await consortium.FetchAccountAsync(account, Token));
        Assert.AreEqual(network.OrganisationId, await consortium.FetchLogOwnerAsync(network.LogId, Token));
        Assert.IsTrue(await consortium.IsLogOperatorAsync(network.LogId, account, Token));
        Assert.IsTrue(await consortium.ActsAsAsync(account, ConsortiumRole.Authority, Token));
        Assert.IsFalse(await consortium.ActsAsAsync(account, ConsortiumRole.Reviewer, Token));

        await SendByAdminAsync(ConsortiumContract.EncodeSuspendOrganisation(network.OrganisationId));
        Assert.IsTrue((await consortium.FetchOrganisationAsync(network.OrganisationId, Token)).IsSuspended);
        Assert.IsFalse(await consortium.IsLogOperatorAsync(network.LogId, account, Token));
        await SendByAdminAsync(ConsortiumContract.EncodeResumeOrganisation(network.OrganisationId));
        await SendByAdminAsync(ConsortiumContract.EncodeSetAccountRoles(account, 0));
        Assert.AreEqual(new ConsortiumAccount(network.OrganisationId, false, 0), await consortium.FetchAccountAsync(account, Token));
        await SendByAdminAsync(ConsortiumContract.EncodeSetOrganisationRoles(network.OrganisationId, 2));
        Assert.AreEqual(new ConsortiumOrganisation(true, false, 2), await consortium.FetchOrganisationAsync(network.OrganisationId, Token));
        await SendByAdminAsync(ConsortiumContract.EncodeTransferOwnership(account));
        await SendByAdminAsync(ConsortiumContract.EncodeRetireAccount(account));
        Assert.AreEqual(new ConsortiumAccount(network.OrganisationId, true, 0), await consortium.FetchAccountAsync(account, Token));

        Task SendByAdminAsync(byte[] data) => network.MustSendAsync(network.Admin, consortium.Address, data, Token);
    }

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    [DataRow("london", 16)]
    [DataRow("paris", 16)]
    [DataRow("shanghai", 17)]
    [DataRow("cancun", 20)]
    [DataRow("prague", 21)]
    public async Task Client_EachHardfork_DeploysWithALegacyTransactionAndReadsItsHeaders(string hardfork, int headerFields)
    {
        await using TestNetwork network = await TestNetwork.StartAsync(hardfork, hasFees: false, Token);
        LegacyTransaction transaction = new()
        {
            ChainId = AnvilProcess.ChainId,
            Nonce = 0,
            GasPriceWei = 0,
            GasLimit = 5_000_000,
            To = null,
            ValueWei = 0,
            Data = ConsortiumContract.EncodeDeployment(Address.FromPublicKey(network.Admin.PublicKey), 86_400),
        };
        SignedTransaction signed = transaction.Sign(network.Admin);

        Assert.AreEqual(AnvilProcess.ChainId, await network.Client.FetchChainIdAsync(Token));
        TransactionReceipt receipt = await network.SendAsync(signed, Token);

        Assert.IsTrue(receipt.IsSuccess);
        byte[] code = await network.Client.FetchCodeAsync(receipt.ContractAddress!.Value, BlockReference.AtHash(receipt.BlockHash), Token);
        Assert.IsGreaterThan(1000, code.Length);
        LedgerBlock block = (await network.Client.FindBlockAsync(receipt.BlockHash, Token))!;
        Assert.IsTrue(Rlp.TryDecode(block.Header.Encode(), out RlpItem? item, out _));
        Assert.HasCount(headerFields, ((RlpList)item).Items);
        Assert.IsTrue(BlockHeader.TryDecode(block.Header.Encode(), out BlockHeader? decoded, out _));
        Assert.AreEqual(receipt.BlockHash, decoded.KeccakHash());
        Assert.IsNull(await network.Client.FindBlockAsync(block.Header.Number + 1000, Token));
        Assert.IsNull(await network.Client.FindBlockAsync(Bytes32.FromUInt64(1), Token));
        Assert.IsNull(await network.Client.FindReceiptAsync(Bytes32.FromUInt64(1), Token));
    }

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task Client_LedgerWithFees_DeploysWithAnEip1559Transaction()
    {
        await using TestNetwork network = await TestNetwork.StartAsync("prague", hasFees: true, Token);

        await network.DeployAsync(Token);

        LedgerBlock head = await network.Client.FetchLatestBlockAsync(Token);
        Assert.IsGreaterThan(UInt128.Zero, head.Header.BaseFeePerGasWei!.Value);
        UInt128 balance = await network.Client.FetchBalanceAsync(
            Address.FromPublicKey(network.Admin.PublicKey), BlockReference.Latest, Token);
        Assert.IsGreaterThan(UInt128.Zero, balance);
        Assert.AreEqual(network.Consortium.Address, await network.EvidenceLog.FetchConsortiumAsync(Token));
    }

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task Read_NoContractAtTheAddress_IsAnAnswerOfAnotherForm()
    {
        await using TestNetwork network = await TestNetwork.StartAsync("prague", hasFees: false, Token);
        EvidenceLogContract nothing = new(network.Client, Address.Zero);

        LedgerAnswerException exception = await Assert.ThrowsExactlyAsync<LedgerAnswerException>(
            () => nothing.FetchHeadAsync(network.LogId, Token));
        Assert.Contains("another contract", exception.Message);
    }

    private static Bytes32 Node(Bytes32 left, Bytes32 right) => Sha256.Hash([1, .. left.AsSpan(), .. right.AsSpan()]);

    private async Task CheckProofsAsync(TestNetwork network, LedgerBlock block)
    {
        await network.WaitUntilOvertakenAsync(block, Token);
        Address contract = network.EvidenceLog.Address;
        Bytes32 anchored = LedgerSlots.OfAnchor(network.LogId, RootOfThree);
        Bytes32 notAnchored = LedgerSlots.OfAnchor(network.LogId, RootOfTwo);
        StateProofAnswer answer = await network.Client.FetchStateProofAsync(
            contract, [anchored, notAnchored], BlockReference.AtNumber(block.Header.Number), Token);

        AccountProofResult account = StateProof.VerifyAccount(block.Header.StateRoot, contract, answer.AccountNodes);
        Assert.IsTrue(account.IsValid);
        Assert.IsTrue(account.Account!.HasCode);

        StorageProofResult present = StateProof.VerifyStorage(account.Account.StorageRoot, anchored, answer.Storage[0].Nodes);
        Assert.AreEqual(StateProofFailure.None, present.Failure);
        Assert.AreEqual(3UL, System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(present.Value.AsSpan()[24..]));
        Assert.AreEqual(
            block.Header.Timestamp, System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(present.Value.AsSpan()[16..24]));

        StorageProofResult absent = StateProof.VerifyStorage(account.Account.StorageRoot, notAnchored, answer.Storage[1].Nodes);
        Assert.AreEqual(new StorageProofResult(StateProofFailure.None, Bytes32.Zero), absent);

        Address nobody = Address.FromBytes(Keccak256.Hash("nobody").AsSpan()[12..]);
        StateProofAnswer nobodyAnswer = await network.Client.FetchStateProofAsync(
            nobody, [Bytes32.Zero], BlockReference.AtHash(block.Hash), Token);
        AccountProofResult missing = StateProof.VerifyAccount(block.Header.StateRoot, nobody, nobodyAnswer.AccountNodes);
        Assert.AreEqual(new AccountProofResult(StateProofFailure.None, null), missing);

        // An account without storage: the proof of its empty trie is empty.
        Address admin = Address.FromPublicKey(network.Admin.PublicKey);
        StateProofAnswer adminAnswer = await network.Client.FetchStateProofAsync(
            admin, [Bytes32.Zero], BlockReference.AtNumber(block.Header.Number), Token);
        AccountState adminState = StateProof.VerifyAccount(block.Header.StateRoot, admin, adminAnswer.AccountNodes).Account!;
        Assert.AreEqual(AccountState.EmptyTrieRoot, adminState.StorageRoot);
        Assert.IsTrue(StateProof.VerifyStorage(adminState.StorageRoot, Bytes32.Zero, adminAnswer.Storage[0].Nodes).IsValid);
    }
}
