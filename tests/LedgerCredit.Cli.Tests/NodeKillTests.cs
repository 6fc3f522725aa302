using System.Diagnostics;
using System.Text.Json;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Repair.Cases;
using LedgerCredit.Testing;

namespace LedgerCredit.Cli.Tests;

/// <summary>A node that is killed at random moments while the parties of several cases act: nothing is lost, and nothing is left half done.</summary>
[TestClass]
[DoNotParallelize]
public sealed class NodeKillTests
{
    private const int Cases = 12;
    private static readonly Dictionary<string, string> NoVariables = [];

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Run_KilledWhileCasesGoOn_LeavesEverythingSoundAndEveryRepairTold()
    {
        using RepairWorkspace desk = await RepairWorkspace.CreateAsync();
        await using WebhookReceiver receiver = WebhookReceiver.Answering("200 OK");
        using CancellationTokenSource enough = CancellationTokenSource.CreateLinkedTokenSource(Token);
        try
        {
            (await desk.RunAsync("node", "endpoint", "add", "province", receiver.Address.AbsoluteUri)).Expect(ExitCode.Done);
            Task<int> killing = KillAgainAndAgainAsync(desk.Data, enough.Token);
            List<string> cases = [];
            for (int i = 0; i < Cases; i++)
            {
                string caseId = await desk.OpenApprovedAsync();
                cases.Add(caseId);
                await desk.MoveToAsync((await desk.ReadAsync(caseId)).ObjectionsUntil);
            }

            // The keeper, and nobody else, repairs the cases. What it is killed at, the next one does.
            foreach (string caseId in cases)
            {
                while ((await desk.ReadAsync(caseId)).Stage != CaseStage.Repaired)
                {
                    await Task.Delay(100, Token);
                }
            }

            await enough.CancelAsync();
            int kills = await killing;
            (await desk.RunAsync("node", "run", "--once")).Expect(ExitCode.Done);

            // The audit reads the ledger anew and compares: index, logs, anchors. Each record of a step is there once.
            (await desk.RunAsync("log", "audit")).Expect(ExitCode.Done);
            string[] told = [.. receiver.Requests.Select(request => IdOf(request.Text))];
            TestContext.WriteLine($"{kills} kills, {told.Length} deliveries of {Cases} repairs.");
            Assert.IsGreaterThan(5, kills);
            Assert.HasCount(Cases, told.Distinct());
            Assert.IsTrue(cases.TrueForAll(caseId => told.Any(id => id.EndsWith($"/case/{caseId}/repaired", StringComparison.Ordinal))));
            Assert.IsEmpty(OutboxMessages.Read(desk.Data));
            foreach (string caseId in cases)
            {
                IndexedCase indexed = await desk.ReadAsync(caseId);
                Assert.AreEqual(CaseStage.Repaired, indexed.Stage);
                Assert.HasCount(2, indexed.Approvals);
            }
        }
        finally
        {
            await enough.CancelAsync();
            await desk.RunAsync("devnet", "down");
        }
    }

    private static async Task<int> KillAgainAndAgainAsync(string data, CancellationToken enough)
    {
        Random random = new(20261122);
        int kills = 0;
        while (!enough.IsCancellationRequested)
        {
            using Process node = CommandRun.Start(NoVariables, ["node", "run", "--listen", "http://127.0.0.1:0", "--anchor-every", "1", "--data", data]);
            try
            {
                await Task.Delay(random.Next(200, 1_300), enough);
            }
            catch (OperationCanceledException)
            {
                // Enough: this one is killed as well.
            }

            node.Kill();
            await node.WaitForExitAsync(CancellationToken.None);
            kills++;
        }

        return kills;
    }

    private static string IdOf(string body)
    {
        using JsonDocument document = JsonDocument.Parse(body);
        return document.RootElement.GetProperty("id").GetString()!;
    }
}
