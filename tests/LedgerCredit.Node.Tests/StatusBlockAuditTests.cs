using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Evidence;
using LedgerCredit.Node.Auditing;
using LedgerCredit.Node.EvidenceFiles;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Tests;

/// <summary>The blocks of status proofs: trust policies pin them, and the audit vouches for them.</summary>
[TestClass]
public sealed class StatusBlockAuditTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    public async Task Audit_BlockOfAStatusThatIsNotTheLedgers_IsNamed()
    {
        await using TestLedger ledger = await TestLedger.StartAsync(Token);
        using TestWorkspace test = await TestWorkspace.CreateAsync(ledger, [TestWorkspace.Authority], Token);
        using LedgerSession session = await test.ConnectAsync(Token);
        LedgerBlock block = await session.Client.FetchLatestBlockAsync(Token);
        Put(test, block.Header.Number, block.Hash);

        Assert.AreEqual(AuditVerdict.Sound, (await test.AuditAsync(Token)).Verdict);
        using (Store store = test.OpenStore())
        {
            Assert.AreEqual(block.Hash, TrustBuilder.Build(test.Workspace, store, RulePackCatalog.Shipped).Consensus.Blocks[block.Header.Number]);
        }

        Put(test, block.Header.Number, Bytes32.FromUInt64(1));
        Assert.AreEqual("status-block-altered", (await test.AuditAsync(Token)).Findings.Single().Code);
    }

    private static void Put(TestWorkspace test, ulong number, Bytes32 hash)
    {
        using Store store = test.OpenStore();
        store.StatusBlocks.Put(number, hash);
    }
}
