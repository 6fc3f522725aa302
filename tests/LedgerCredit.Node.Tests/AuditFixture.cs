using LedgerCredit.Evidence;
using LedgerCredit.Node.Ledgers;

namespace LedgerCredit.Node.Tests;

/// <summary>A small workspace with everything an audit looks at, on a running ledger; tests alter copies of it.</summary>
/// <remarks>
/// The authority's log: 12 records of all kinds in three batches, one erased, anchored at 4 and at 9, three not anchored
/// yet. The agency's log: 5 records in one batch, anchored.
/// </remarks>
internal sealed class AuditFixture : IAsyncDisposable
{
    internal const int ErasedIndex = 4;

    private AuditFixture(TestLedger ledger, TestWorkspace workspace, LedgerSession session)
    {
        Ledger = ledger;
        Workspace = workspace;
        Session = session;
    }

    internal TestLedger Ledger { get; }

    internal TestWorkspace Workspace { get; }

    internal LedgerSession Session { get; }

    internal static async Task<AuditFixture> StartAsync(CancellationToken cancellationToken)
    {
        TestLedger ledger = await TestLedger.StartAsync(cancellationToken);
        try
        {
            return await FillAsync(ledger, cancellationToken);
        }
        catch
        {
            // Nobody else would end the ledger's process.
            await ledger.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Session.Dispose();
        Workspace.Dispose();
        await Ledger.DisposeAsync();
    }

    private static async Task<AuditFixture> FillAsync(TestLedger ledger, CancellationToken cancellationToken)
    {
        TestWorkspace workspace = await TestWorkspace.CreateAsync(ledger, [TestWorkspace.Authority, TestWorkspace.Agency], cancellationToken);
        IReadOnlyList<CreditRecord> records = SampleRecords.Mixed(TestWorkspace.Authority, 0, 12);
        workspace.Append(TestWorkspace.Authority, [.. records.Take(4)]);
        await workspace.AnchorAsync(TestWorkspace.Authority, cancellationToken);
        workspace.Append(TestWorkspace.Authority, [.. records.Skip(4).Take(5)]);
        await workspace.AnchorAsync(TestWorkspace.Authority, cancellationToken);
        workspace.Append(TestWorkspace.Authority, [.. records.Skip(9)]);
        workspace.Append(TestWorkspace.Agency, SampleRecords.Mixed(TestWorkspace.Agency, 0, 5));
        await workspace.AnchorAsync(TestWorkspace.Agency, cancellationToken);
        workspace.Erase(TestWorkspace.Authority, RecordKind.Rating, "R-4");
        await workspace.CheckAsync(
            new Dictionary<string, ulong> { [TestWorkspace.Authority] = 12, [TestWorkspace.Agency] = 5 },
            cancellationToken);
        return new AuditFixture(ledger, workspace, await workspace.ConnectAsync(cancellationToken));
    }
}
