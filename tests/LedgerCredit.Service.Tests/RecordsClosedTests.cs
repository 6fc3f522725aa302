using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using LedgerCredit.Contracts;
using LedgerCredit.Node.Access;
using LedgerCredit.Node.Tests;
using LedgerCredit.Node.Witnessing;
using LedgerCredit.Service.Health;
using LedgerCredit.Service.Hosting;
using LedgerCredit.Service.Records;
using LedgerCredit.Storage;

namespace LedgerCredit.Service.Tests;

/// <summary>A stream of records that was begun when records were taken, and goes on when none are taken any more.</summary>
[TestClass]
public sealed class RecordsClosedTests
{
    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    [Timeout(60_000, CooperativeCancellation = true)]
    public async Task Stream_HistoryDiffersMeanwhile_TakesNoFurtherRecord()
    {
        using TestWorkspace workspace = ServiceScene.Make();
        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        TimeSpan anchorEvery = TimeSpan.FromMinutes(1);
        await using NodeContext node = NodeContext.Open(
            workspace.Workspace, workspace.Keys, anchorEvery, new PublishedCheckpoints(anchorEvery, TimeProvider.System), TimeProvider.System, random);
        Readiness readiness = new();
        readiness.Watch(() => true, () => false, () => true);
        Caller caller = new()
        {
            Kind = CallerKind.ApiKey,
            Name = "key:1:test@" + ServiceScene.Authority,
            Organisation = ServiceScene.Authority,
            IsActive = true,
            Roles = new HashSet<ConsortiumRole> { ConsortiumRole.Authority },
        };
        Pipe body = new();
        Pipe answers = new();
        Task running = new RecordStream(new RecordIntake(node, readiness)).RunAsync(body.Reader, answers.Writer, new WriteAuthority(caller), Token);
        await body.Writer.WriteAsync(LineOf(1), Token);
        ReadResult first = await answers.Reader.ReadAsync(Token);
        Assert.Contains("\"added\"", Encoding.UTF8.GetString(first.Buffer));
        answers.Reader.AdvanceTo(first.Buffer.End);

        readiness.SetHistory();
        await body.Writer.WriteAsync(LineOf(2), Token);
        await body.Writer.CompleteAsync();

        RecordsClosedException e = await Assert.ThrowsExactlyAsync<RecordsClosedException>(() => running);
        Assert.Contains("different histories", e.Message);
        using Store store = workspace.Workspace.OpenStore(StoreAccess.Read);
        Assert.AreEqual(1UL, store.Entries.Count(store.Logs.Find(ServiceScene.Authority)!.Number));
    }

    private static byte[] LineOf(int number) => Encoding.UTF8.GetBytes(ServiceScene.SanctionOf(number) + "\n");
}
