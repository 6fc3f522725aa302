using LedgerCredit.Contracts;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Primitives.Cryptography;

namespace LedgerCredit.Node.Tests;

/// <summary>Two users of one account at once.</summary>
[TestClass]
public sealed class LedgerTransactionsTests
{
    public required TestContext TestContext { get; init; }

    [TestMethod]
    public async Task Run_TwoAtOnceFromOneAccount_BothHappenOnce()
    {
        await using TestLedger ledger = await TestLedger.StartAsync(TestContext.CancellationToken);
        using TestWorkspace test = await TestWorkspace.CreateAsync(ledger, [], TestContext.CancellationToken);
        using LedgerSession session = await test.ConnectAsync(TestContext.CancellationToken);
        string[] slugs = [.. Enumerable.Range(0, 4).Select(i => $"at-once-{i}")];

        TransactionReceipt[] receipts = await Task.WhenAll(slugs.Select(RegisterAsync));

        Assert.IsTrue(receipts.All(receipt => receipt.IsSuccess));
        ConsortiumContract consortium = new(session.Client, session.Contracts.Consortium);
        foreach (string slug in slugs)
        {
            Assert.IsTrue((await consortium.FetchOrganisationAsync(ConsortiumContract.OrganisationId(slug), TestContext.CancellationToken)).IsRegistered, slug);
        }

        async Task<TransactionReceipt> RegisterAsync(string slug)
        {
            using Secp256k1Key admin = test.Keys.OpenAccount("admin");
            return await new LedgerTransactions(session, TimeProvider.System).RunAsync(
                admin, session.Contracts.Consortium, ConsortiumContract.EncodeRegisterOrganisation(slug, 0), TestContext.CancellationToken);
        }
    }
}
