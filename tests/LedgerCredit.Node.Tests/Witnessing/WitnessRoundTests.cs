using System.Text;
using LedgerCredit.Log;
using LedgerCredit.Node.Witnessing;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Storage;
using LedgerCredit.Testing;

namespace LedgerCredit.Node.Tests.Witnessing;

/// <summary>Asking witnesses: what is kept, what a crash leaves, and what witnesses that lie or are silent can do, which is nothing.</summary>
[TestClass]
public sealed class WitnessRoundTests
{
    private const string Authority = TestWorkspace.Authority;

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    public async Task Run_LogThatGrows_IsCosignedOnceForEachCheckpoint()
    {
        using TestWorkspace workspace = TestWorkspace.Create(Authority);
        await using WitnessScene first = Witness(workspace, "w1");
        await using WitnessScene second = Witness(workspace, "w2");
        WitnessConfig[] both = [first.Config, second.Config];

        Assert.AreEqual(0UL, (await RunAsync(workspace, both)).Size);
        foreach (int count in (int[])[3, 1, 300])
        {
            Append(workspace, count);
            (ulong size, List<WitnessOutcome> outcomes) = await RunAsync(workspace, both);

            Assert.AreSequenceEqual((string?[])[null, null], outcomes.Select(outcome => outcome.Problem));
            Assert.HasCount(2, Kept(workspace, size));
            Assert.IsEmpty((await RunAsync(workspace, both)).Outcomes);
        }

        // The second checkpoint needed no second question: the size was known.
        Assert.AreEqual((3, 3), (first.Requests, second.Requests));
        Assert.AreEqual(304UL, first.Folder.FindCosigned(workspace.LogOf(Authority).Origin)!.Value.TreeSize);
        using Store store = workspace.OpenStore();
        Assert.HasCount(3, Publish(workspace, store).Signatures);

        // The newest goes out as it is, before anybody cosigned it.
        Append(workspace, 1);
        Assert.HasCount(1, Publish(workspace, store).Signatures);
    }

    // What a crash leaves between the answer and the commit: the witness is ahead of what is known here.
    [TestMethod]
    public async Task Run_CosignatureThatWasNotKept_IsHadAgain()
    {
        using TestWorkspace workspace = TestWorkspace.Create(Authority);
        await using WitnessScene witness = Witness(workspace, "w1");
        Append(workspace, 3);
        await RunAsync(workspace, [witness.Config]);
        string line = Kept(workspace, 3).Single();
        using (StoreFile file = new(workspace.Workspace.StorePath))
        {
            Assert.AreEqual(1, file.Execute("DELETE FROM cosignature"));
        }

        (_, List<WitnessOutcome> again) = await RunAsync(workspace, [witness.Config]);
        Assert.IsNull(again.Single().Problem);
        Assert.AreEqual(line, Kept(workspace, 3).Single());
        Assert.AreEqual(3, witness.Requests);

        // The same when the log has grown meanwhile.
        using (StoreFile file = new(workspace.Workspace.StorePath))
        {
            file.Execute("DELETE FROM cosignature");
        }

        Append(workspace, 4);
        Assert.IsNull((await RunAsync(workspace, [witness.Config])).Outcomes.Single().Problem);
        Assert.HasCount(1, Kept(workspace, 7));
        Assert.AreEqual(5, witness.Requests);
    }

    // While a process has three entries on the way to the witness, another one appends, and has those cosigned first.
    [TestMethod]
    [Timeout(60_000, CooperativeCancellation = true)]
    public async Task Run_AnotherProcessIsFaster_IsNoAlarmAndDoneWithTheNext()
    {
        using TestWorkspace workspace = TestWorkspace.Create(Authority);
        await using WitnessScene witness = Witness(workspace, "w1");
        WitnessConfig config = witness.Config;
        Append(workspace, 3);
        witness.OnRequest = () =>
        {
            witness.OnRequest = null;
            Append(workspace, 2);
            Assert.IsNull(RunAsync(workspace, [config]).GetAwaiter().GetResult().Outcomes.Single().Problem);
        };

        (ulong size, List<WitnessOutcome> outcomes) = await RunAsync(workspace, [config]);

        Assert.AreEqual(3UL, size);
        Assert.IsFalse(outcomes.Single().IsAlarm, outcomes.Single().Problem);
        Assert.Contains("a tree of 5 entries already", outcomes.Single().Problem!);
        Assert.HasCount(1, Kept(workspace, 5));
        Assert.IsEmpty((await RunAsync(workspace, [config])).Outcomes);
        Assert.AreEqual(2, witness.Requests);
    }

    // What it had cosigned all the same is had with the next round.
    [TestMethod]
    [Timeout(60_000, CooperativeCancellation = true)]
    public async Task Begin_PatienceIsOver_TheSlowOneIsToldOfAndAskedAgain()
    {
        using TestWorkspace workspace = TestWorkspace.Create(Authority);
        await using WitnessScene slow = Witness(workspace, "w1");
        await using WitnessScene quick = Witness(workspace, "w2");
        TaskCompletionSource release = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenSource patience = new();
        slow.Released = release.Task;
        slow.OnRequest = patience.Cancel;
        Append(workspace, 3);
        using Store store = workspace.OpenStore();
        using WitnessClient client = new(WitnessClient.DefaultTimeout, TimeProvider.System);
        await RunAsync(workspace, [quick.Config]);
        List<WitnessOutcome> outcomes = [];

        AskedCheckpoint asked = new WitnessRound(store, [slow.Config, quick.Config], client).Begin([workspace.LogOf(Authority)], outcomes.Add, patience.Token, Token).Single();

        Assert.AreEqual(1, await asked.Cosignatures);
        Assert.AreEqual((3UL, "the round was over before it had its say, and it is asked again in the next one"), (asked.TreeSize, outcomes.Single().Problem));
        release.SetResult();
        Assert.IsNull((await RunAsync(workspace, [slow.Config, quick.Config])).Outcomes.Single().Problem);
    }

    [TestMethod]
    public async Task Run_OneWitnessDown_TheOthersCosign()
    {
        using TestWorkspace workspace = TestWorkspace.Create(Authority, TestWorkspace.Agency);
        await using WitnessScene up = Witness(workspace, "w1");
        await using WitnessScene down = new("w2");
        WitnessConfig silent = new(down.Key, new Uri("http://127.0.0.1:9/"));
        Append(workspace, 3);
        workspace.Append(TestWorkspace.Agency, SampleRecords.Mixed(TestWorkspace.Agency, 0, 2));
        up.Folder.AddLog(workspace.LogOf(TestWorkspace.Agency).Origin, TestWorkspace.VerifierKey(workspace.LogOf(TestWorkspace.Agency)));
        using WitnessClient client = new(WitnessClient.DefaultTimeout, TimeProvider.System);
        using Store store = workspace.OpenStore();
        WitnessRound round = new(store, [up.Config, silent], client);
        List<WitnessOutcome> outcomes = [];

        await round.RunAsync(workspace.LogOf(Authority), outcomes.Add, Token);
        await round.RunAsync(workspace.LogOf(TestWorkspace.Agency), outcomes.Add, Token);

        // It is not waited for a second time in the round.
        Assert.AreSequenceEqual((string[])["w1", "w2", "w1"], outcomes.Select(outcome => outcome.Witness));
        Assert.AreEqual("nothing listens at the address", outcomes[1].Problem);
        Assert.IsFalse(outcomes[1].IsAlarm);
        Assert.AreEqual((null, null), (outcomes[0].Problem, outcomes[2].Problem));
    }

    // One answers at once, one not before the test says so, and one is down.
    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task Begin_SlowWitness_IsAskedAboutSeveralLogsAtOnceAndHoldsUpNoOther()
    {
        string[] issuers = [.. Enumerable.Range(0, WitnessRound.MaxAtOnce + 1).Select(i => $"issuer-{i}")];
        using TestWorkspace workspace = TestWorkspace.Create(issuers);
        await using WitnessScene fast = new("w1");
        await using WitnessScene slow = new("w2");
        await using WitnessScene down = new("w3");
        WitnessConfig silent = new(down.Key, new Uri("http://127.0.0.1:9/"));
        TaskCompletionSource release = new(TaskCreationOptions.RunContinuationsAsynchronously);
        slow.Released = release.Task;
        Task fastIsAsked = Arrive(fast, issuers.Length);
        Task slowIsAsked = Arrive(slow, WitnessRound.MaxAtOnce);
        foreach (string issuer in issuers)
        {
            workspace.Append(issuer, SampleRecords.Mixed(issuer, 0, 2));
            fast.Folder.AddLog(workspace.LogOf(issuer).Origin, TestWorkspace.VerifierKey(workspace.LogOf(issuer)));
            slow.Folder.AddLog(workspace.LogOf(issuer).Origin, TestWorkspace.VerifierKey(workspace.LogOf(issuer)));
        }

        using WitnessClient client = new(TimeSpan.FromMinutes(2), TimeProvider.System);
        using Store store = workspace.OpenStore();
        List<WitnessOutcome> outcomes = [];
        IReadOnlyList<AskedCheckpoint> asked = new WitnessRound(store, [fast.Config, slow.Config, silent], client)
            .Begin([.. issuers.Select(workspace.LogOf)], outcomes.Add, CancellationToken.None, Token);

        await fastIsAsked;
        await slowIsAsked;
        Assert.AreEqual(WitnessRound.MaxAtOnce, slow.Requests);
        Assert.DoesNotContain(checkpoint => checkpoint.Cosignatures.IsCompleted, asked);
        release.SetResult();
        int[] counts = await Task.WhenAll(asked.Select(checkpoint => checkpoint.Cosignatures));

        Assert.AreSequenceEqual(issuers.Select(_ => (2UL, 2)), asked.Zip(counts, (checkpoint, count) => (checkpoint.TreeSize, count)));
        Assert.AreEqual(issuers.Length, slow.Requests);
        Assert.IsTrue(outcomes.Where(outcome => outcome.Witness != "w3").All(outcome => outcome.Problem is null));

        // Each log that it was asked about is told of it, and it was not asked about all of them.
        Assert.IsInRange(1, WitnessRound.MaxAtOnce, outcomes.Count(outcome => outcome.Witness == "w3" && outcome.Problem == "nothing listens at the address"));
    }

    private static Task Arrive(WitnessScene witness, int requests)
    {
        _ = witness.Service;
        TaskCompletionSource arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
        witness.OnRequest = () =>
        {
            if (Interlocked.Decrement(ref requests) == 0)
            {
                arrived.SetResult();
            }
        };
        return arrived.Task;
    }

    [TestMethod]
    public async Task Run_WitnessThatKnowsAnotherHistory_IsAnAlarm()
    {
        using TestWorkspace workspace = TestWorkspace.Create(Authority);
        await using WitnessScene witness = Witness(workspace, "w1");
        Append(workspace, 3);
        using TestWorkspace forked = workspace.Copy();
        forked.Append(Authority, SampleRecords.Mixed(Authority, 50, 2));
        Assert.IsNull((await RunAsync(forked, [witness.Config])).Outcomes.Single().Problem);

        // Behind it, at its size with another root, and beyond it.
        foreach ((int more, string part) in new[] { (0, "more than the 3"), (2, "another tree of this size"), (3, "another history") })
        {
            if (more > 0)
            {
                Append(workspace, more);
            }

            WitnessOutcome outcome = (await RunAsync(workspace, [witness.Config])).Outcomes.Single();
            Assert.IsTrue(outcome.IsAlarm);
            Assert.Contains(part, outcome.Problem!);
            Assert.IsEmpty(Kept(workspace, outcome.TreeSize));
        }

        Assert.IsTrue(witness.Folder.HasFork(workspace.LogOf(Authority).Origin));
        Assert.AreEqual(5UL, witness.Folder.FindCosigned(workspace.LogOf(Authority).Origin)!.Value.TreeSize);
    }

    [TestMethod]
    [DataRow("200 OK", "", "not made of signature lines")]
    [DataRow("200 OK", "\u2014 w AAAAAQI=\n", "no line of the configured key")]
    [DataRow("200 OK", "WRONG", "cosignature is wrong")]
    [DataRow("302 Found", "", "HTTP status 302")]
    [DataRow("500 Error", "\u001b[31m", "HTTP status 500")]
    [DataRow("404 Not Found", "", "its operator has to add")]
    [DataRow("403 Forbidden", "", "its operator has to add")]
    [DataRow("409 Conflict", "1\n", "it is at 1 entries")]
    [DataRow("409 Conflict", "0\n", "another tree of this size")]
    [DataRow("409 Conflict", "18446744073709551615\n", "more than the 3")]
    [DataRow("409 Conflict", "01\n", "HTTP status 409")]
    [DataRow("409 Conflict", "999999999999999999999\n", "HTTP status 409")]
    [DataRow("409 Conflict", "", "HTTP status 409")]
    [DataRow("422 Unprocessable", "", "another history")]
    public async Task Run_HostileAnswer_IsToldAndKeptNowhere(string status, string body, string part)
    {
        using TestWorkspace workspace = TestWorkspace.Create(Authority);
        await using WitnessScene witness = new("w1");
        Append(workspace, 3);
        if (body == "WRONG")
        {
            // A line under the right name and id, over another checkpoint.
            body = new NoteSignature(witness.Key.Name, witness.Key.KeyId, new byte[CosignatureV1.Length]).Format();
        }

        // It says another size each time it says one that can be: a log that believed it would ask for ever.
        int answered = 0;
        await using WebhookReceiver receiver = new((_, stream, token) =>
        {
            string text = body == "1\n" && ++answered % 2 == 0 ? "2\n" : body;
            return WebhookReceiver.WriteAsync(stream, WebhookReceiver.Head(status, "Content-Type: text/x.tlog.size", "Location: http://127.0.0.1:9/") + text, token);
        });

        (_, List<WitnessOutcome> outcomes) = await RunAsync(workspace, [new WitnessConfig(witness.Key, WitnessScene.Prefix(receiver))]);

        Assert.Contains(part, outcomes.Single().Problem!);
        Assert.IsEmpty(Kept(workspace, 3));
        Assert.IsLessThanOrEqualTo(3, receiver.Requests.Count);
    }

    [TestMethod]
    [Timeout(60_000, CooperativeCancellation = true)]
    public async Task Run_AnswersWithoutEnd_EndWithinTheBounds()
    {
        using TestWorkspace workspace = TestWorkspace.Create(Authority);
        await using WitnessScene one = new("w1");
        await using WitnessScene two = new("w2");
        await using WitnessScene three = new("w3");
        Append(workspace, 3);
        byte[] much = new byte[1 << 16];
        await using WebhookReceiver endless = new(async (_, stream, token) =>
        {
            await WebhookReceiver.WriteAsync(stream, WebhookReceiver.Head("200 OK"), token);
            while (true)
            {
                await stream.WriteAsync(much, token);
            }
        });
        await using WebhookReceiver silent = new((_, _, token) => Task.Delay(Timeout.Infinite, token));
        await using WebhookReceiver half = new(async (_, stream, token) =>
        {
            await WebhookReceiver.WriteAsync(stream, WebhookReceiver.Head("200 OK", "Content-Length: 100") + "\u2014 ", token);
            await Task.Delay(Timeout.Infinite, token);
        });
        using WitnessClient client = new(TimeSpan.FromSeconds(1), TimeProvider.System);
        using Store store = workspace.OpenStore();
        List<WitnessOutcome> outcomes = [];

        await new WitnessRound(
            store,
            [new WitnessConfig(one.Key, WitnessScene.Prefix(endless)), new WitnessConfig(two.Key, WitnessScene.Prefix(silent)), new WitnessConfig(three.Key, WitnessScene.Prefix(half))],
            client).RunAsync(workspace.LogOf(Authority), outcomes.Add, Token);

        Assert.AreSequenceEqual(
            (string[])["an answer of more than 65536 bytes", "no answer within 1 seconds", "no answer within 1 seconds"],
            outcomes.Select(outcome => outcome.Problem));
    }

    [TestMethod]
    public async Task Run_CheckpointThatWasAltered_AsksNobody()
    {
        using TestWorkspace workspace = TestWorkspace.Create(Authority);
        await using WitnessScene witness = Witness(workspace, "w1");
        Append(workspace, 3);
        using (StoreFile file = new(workspace.Workspace.StorePath))
        {
            file.Execute("UPDATE checkpoint SET note = CAST(replace(CAST(note AS TEXT), 'a', 'b') AS BLOB)");
        }

        await Assert.ThrowsExactlyAsync<LogIntegrityException>(() => RunAsync(workspace, [witness.Config]));
        Assert.AreEqual(0, witness.Requests);
    }

    [TestMethod]
    public async Task Cosignature_AlteredInTheStore_IsNeverHandedOut()
    {
        using TestWorkspace workspace = TestWorkspace.Create(Authority);
        await using WitnessScene witness = Witness(workspace, "w1");
        Append(workspace, 3);
        await RunAsync(workspace, [witness.Config]);
        byte[] line = Encoding.UTF8.GetBytes(Kept(workspace, 3).Single());
        string text = ReadNewest(workspace);
        for (int i = 0; i < line.Length; i++)
        {
            byte[] changed = [.. line];
            changed[i] ^= 1;
            using (StoreFile file = new(workspace.Workspace.StorePath))
            {
                file.Execute("UPDATE cosignature SET line = @0", changed);
            }

            using Store store = workspace.Workspace.OpenStore(StoreAccess.Read);
            CosignedCheckpoints cosigned = new(store, [witness.Config]);
            Assert.ThrowsExactly<LogIntegrityException>(() => cosigned.LinesOf(workspace.LogOf(Authority), 3, text), $"byte {i}");
            Assert.ThrowsExactly<LogIntegrityException>(() => Publish(workspace, store), $"byte {i}");
        }

        // A witness that is configured no more is passed over.
        using Store last = workspace.Workspace.OpenStore(StoreAccess.Read);
        Assert.IsEmpty(new CosignedCheckpoints(last, []).LinesOf(workspace.LogOf(Authority), 3, text));
    }

    private static string ReadNewest(TestWorkspace workspace)
    {
        using Store store = workspace.Workspace.OpenStore(StoreAccess.Read);
        return Publish(workspace, store).Text;
    }

    private static SignedNote Publish(TestWorkspace workspace, Store store)
    {
        StoredLog log = workspace.LogOf(Authority);
        (ulong size, byte[] note) = store.Checkpoints.FindLatest(log.Number)!.Value;
        Assert.IsTrue(SignedNote.TryParse(CosignedCheckpoints.Publish(store, log, size, note), out SignedNote? published, out _));
        Assert.AreEqual(NoteFailure.None, published.Verify(TestWorkspace.VerifierKey(log)));
        return published;
    }

    private static WitnessScene Witness(TestWorkspace workspace, string name)
    {
        WitnessScene scene = new(name);
        StoredLog log = workspace.LogOf(Authority);
        scene.Folder.AddLog(log.Origin, TestWorkspace.VerifierKey(log));
        return scene;
    }

    private int _next;

    private void Append(TestWorkspace workspace, int count)
    {
        workspace.Append(Authority, SampleRecords.Mixed(Authority, _next, count));
        _next += count;
    }

    private async Task<(ulong Size, List<WitnessOutcome> Outcomes)> RunAsync(TestWorkspace workspace, IReadOnlyList<WitnessConfig> witnesses)
    {
        using WitnessClient client = new(WitnessClient.DefaultTimeout, TimeProvider.System);
        using Store store = workspace.OpenStore();
        List<WitnessOutcome> outcomes = [];
        ulong size = await new WitnessRound(store, witnesses, client).RunAsync(workspace.LogOf(Authority), outcomes.Add, Token);
        return (size, outcomes);
    }

    private static IReadOnlyList<string> Kept(TestWorkspace workspace, ulong size)
    {
        using Store store = workspace.Workspace.OpenStore(StoreAccess.Read);
        return [.. store.Cosignatures.ReadAll(workspace.LogOf(Authority).Number, size).Select(kept => Encoding.UTF8.GetString(kept.Line))];
    }
}
