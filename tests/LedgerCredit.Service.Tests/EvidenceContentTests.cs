using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using LedgerCredit.Contracts;
using LedgerCredit.Node.Access;
using LedgerCredit.Node.EvidenceFiles;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.RepairSteps;
using LedgerCredit.Node.Running;
using LedgerCredit.Node.Tests;
using LedgerCredit.Node.Tests.Witnessing;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives.Cryptography;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Service.Hosting;
using LedgerCredit.Storage;
using LedgerCredit.Testing;
using LedgerCredit.Verification;

namespace LedgerCredit.Service.Tests;

/// <summary>What evidence files that came by HTTP show beside the record, verified as whoever gets them does; and what a ledger can do that is slow, gone or lies.</summary>
[TestClass]
public sealed class EvidenceContentTests
{
    private static TestLedger _ledger = null!;

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context) => _ledger = await TestLedger.StartAsync(context.CancellationToken);

    [ClassCleanup]
    public static async Task StopAsync() => await _ledger.DisposeAsync();

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Evidence_WithCosignatures_IsValidForWhoAsksForThemAndPlainForOthers()
    {
        await using WitnessScene witness = new();
        TestWorkspace workspace = await MakeAsync();
        StoredLog log = workspace.LogOf(ServiceScene.Authority);
        witness.Folder.AddLog(log.Origin, TestWorkspace.VerifierKey(log));
        workspace.Workspace.EditConfig(config => config with { Witnesses = [witness.Config] });
        await using ServiceScene scene = await ServiceScene.StartAsync(workspace, TimeProvider.System, Token);
        using HttpClient authority = scene.WithKey(ServiceScene.Authority, AccessScopes.RecordsWrite, AccessScopes.RecordsRead);
        string path = await PostAsync(authority, ServiceScene.SanctionOf(1));

        // Cosigned, and with the status: for whoever sees all, and for the public.
        foreach (HttpClient client in (HttpClient[])[authority, scene.Http])
        {
            EvidenceFile file = await FetchAsync(client, path + "?witnessed=true&status=true");
            TrustPolicy policy = StatusAttacher.Pin(BuildTrust(workspace, witnesses: 1), [file]);
            VerificationReport report = EvidenceVerifier.Verify(file, policy, new VerificationOptions { Clock = TimeProvider.System });
            Assert.AreEqual(Verdict.Valid, report.Verdict);
            Assert.AreEqual(RepairState.None, report.Status!.State);
            Assert.AreEqual(Verdict.Invalid, EvidenceVerifier.Verify(file, BuildTrust(workspace, witnesses: 0), new VerificationOptions { Clock = TimeProvider.System }).Verdict);
        }

        EvidenceFile plain = await FetchAsync(authority, path);
        Assert.IsNull(plain.Status);
        Assert.AreEqual(Verdict.Valid, await VerifyAsync(scene, plain));

        // The node verifies what it gave, by a policy that can be had from it.
        byte[] cosigned = (await FetchAsync(authority, path + "?witnessed=true")).ToUtf8();
        Assert.AreEqual("valid", await VerdictAsync(scene, cosigned, "?witnesses=1"));
        Assert.AreEqual("invalid", await VerdictAsync(scene, cosigned, ""));
        Assert.AreEqual("invalid", await VerdictAsync(scene, plain.ToUtf8(), "?witnesses=1"));
        byte[] trust = await scene.Http.GetByteArrayAsync("/v1/trust?witnesses=1", Token);
        Assert.IsTrue(TrustPolicy.TryParse(trust, out TrustPolicy? published, out _));
        Assert.AreEqual(1, published.Witnesses!.Required);
        foreach (string outside in (string[])["/v1/trust?witnesses=2", "/v1/trust?witnesses=-1"])
        {
            using HttpResponseMessage refused = await scene.Http.GetAsync(outside, Token);
            Assert.AreEqual("malformed-request", await ServiceScene.CodeOfAsync(refused, 400, Token));
        }
    }

    // As 'witness add' and 'witness remove' do it in a process of their own.
    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Evidence_WitnessesThatChangeWhileTheNodeRuns_AreThoseOfNow()
    {
        await using WitnessScene first = new("w1");
        await using WitnessScene second = new("w2");
        TestWorkspace workspace = await MakeAsync();
        StoredLog log = workspace.LogOf(ServiceScene.Authority);
        await using ServiceScene scene = await ServiceScene.StartAsync(workspace, TimeProvider.System, Token);
        using HttpClient authority = scene.WithKey(ServiceScene.Authority, AccessScopes.RecordsWrite, AccessScopes.RecordsRead);
        string path = await PostAsync(authority, ServiceScene.SanctionOf(1));
        await FetchAsync(authority, path);
        foreach (WitnessScene witness in (WitnessScene[])[first, second])
        {
            witness.Folder.AddLog(log.Origin, TestWorkspace.VerifierKey(log));
            await ExpectNoWitnessesAsync(authority, path);
            workspace.Workspace.EditConfig(config => config with { Witnesses = [witness.Config] });
            Assert.IsTrue(TrustPolicy.TryParse(await scene.Http.GetByteArrayAsync("/v1/trust?witnesses=1", Token), out TrustPolicy? published, out _));
            Assert.AreEqual(witness.Key, published.Witnesses!.Keys.Single());

            // With the line of this one and of no other: a policy that was made just now takes no more.
            EvidenceFile file = await FetchAsync(authority, path + "?witnessed=true&status=true");
            TrustPolicy policy = StatusAttacher.Pin(BuildTrust(workspace, witnesses: 1), [file]);
            Assert.AreEqual(Verdict.Valid, EvidenceVerifier.Verify(file, policy, new VerificationOptions { Clock = TimeProvider.System }).Verdict);
            workspace.Workspace.EditConfig(config => config with { Witnesses = [] });
        }

        using HttpResponseMessage outside = await scene.Http.GetAsync("/v1/trust?witnesses=1", Token);
        Assert.AreEqual("malformed-request", await ServiceScene.CodeOfAsync(outside, 400, Token));
        await ExpectNoWitnessesAsync(authority, path);
    }

    private async Task ExpectNoWitnessesAsync(HttpClient client, string path)
    {
        using HttpResponseMessage refused = await client.GetAsync(path + "/evidence?witnessed=true", Token);
        Assert.AreEqual("no-witnesses", await ServiceScene.CodeOfAsync(refused, 409, Token));
    }

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Evidence_WithStatus_IsValidByTheNodesPolicyAndRatingsHaveNone()
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(await MakeAsync(), TimeProvider.System, Token);
        using HttpClient authority = scene.WithKey(ServiceScene.Authority, AccessScopes.RecordsWrite, AccessScopes.RecordsRead);
        using HttpClient agency = scene.WithKey(ServiceScene.Agency, AccessScopes.RecordsWrite, AccessScopes.RecordsRead);
        string sanction = await PostAsync(authority, ServiceScene.SanctionOf(1));
        string rating = await PostAsync(agency, Encoding.UTF8.GetString(SampleRecords.Rating(ServiceScene.Agency, 1).ToCanonicalBytes()));

        EvidenceFile file = await FetchAsync(authority, sanction + "?status=true");
        Assert.IsNotNull(file.Status);
        Assert.AreEqual(Verdict.Valid, await VerifyAsync(scene, file));
        Assert.IsNull((await FetchAsync(agency, rating + "?status=true")).Status);

        using HttpResponseMessage noWitnesses = await authority.GetAsync(sanction + "/evidence?witnessed=true", Token);
        Assert.AreEqual("no-witnesses", await ServiceScene.CodeOfAsync(noWitnesses, 409, Token));
        using HttpResponseMessage malformed = await authority.GetAsync(sanction + "/evidence?status=perhaps", Token);
        Assert.AreEqual("malformed-request", await ServiceScene.CodeOfAsync(malformed, 400, Token));
    }

    private async Task<string?> VerdictAsync(ServiceScene scene, byte[] file, string query)
    {
        using ByteArrayContent body = new(file);
        body.Headers.ContentType = new("application/json");
        using HttpResponseMessage response = await scene.Http.PostAsync("/v1/verify" + query, body, Token);
        return (await ServiceScene.ReadAsync(response, Token)).GetProperty("verdict").GetString();
    }

    // What the repair desk says comes from the ledger, which is a stranger: nothing of it may get into a file, nor a file out without it.
    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    [DataRow("lies")]
    [DataRow("is slow")]
    [DataRow("is gone")]
    [DataRow("garbles")]
    public async Task Evidence_LedgerThatDoesNotProveTheStatus_IsRefusedInTimeAndNotGivenWithout(string ledger)
    {
        await using RpcFaultProxy proxy = new(new Uri(_ledger.Url));
        TestWorkspace workspace = await MakeAsync();
        await using ServiceScene scene = await ServiceScene.StartAsync(
            workspace, TimeProvider.System, Token, new ServiceOptions { StatusTimeout = TimeSpan.FromSeconds(ledger == "is slow" ? 1 : 15) }, rpcUrl: proxy.Url);
        using HttpClient authority = scene.WithKey(ServiceScene.Authority, AccessScopes.RecordsWrite, AccessScopes.RecordsRead);
        string path = await PostAsync(authority, ServiceScene.SanctionOf(1));
        await FetchAsync(authority, path + "?status=true");
        string desk = workspace.Workspace.Config.Ledger.Contracts!.RepairDesk.ToString();
        proxy.When(exchange => exchange.Method == "eth_getProof" && string.Equals((string)exchange.Parameters[0]!, desk, StringComparison.OrdinalIgnoreCase), ledger switch
        {
            "lies" => RepairedAsync,
            "is slow" => RpcFaults.AnswerTooLate,
            "is gone" => RpcFaults.LoseRequest,
            _ => RpcFaults.Garble,
        });

        for (int i = 0; i < 3; i++)
        {
            using HttpResponseMessage refused = await authority.GetAsync(path + "/evidence?status=true", Token);
            Assert.AreEqual("ledger-unavailable", await ServiceScene.CodeOfAsync(refused, 503, Token));
            Assert.IsGreaterThan(TimeSpan.Zero, refused.Headers.RetryAfter!.Delta!.Value);
        }

        Assert.IsGreaterThanOrEqualTo(3, proxy.Struck);
        Assert.IsNull((await FetchAsync(authority, path)).Status);
        NodeNote line = scene.Notes.ToArray().Single(note => note.Kind == "http");
        Assert.DoesNotContain("exception", line.Facts.Select(fact => fact.Name));
        Assert.AreEqual("warning", line.Facts.Single(fact => fact.Name == "level").Value is JsonString level ? level.Value : null);
        proxy.Heal();
        Assert.AreEqual(Verdict.Valid, await VerifyAsync(scene, await FetchAsync(authority, path + "?status=true")));
    }

    // What is closed by a block that the node has not read yet is not shown to the public with the proof that it is.
    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Evidence_ShieldedBehindTheNodesBack_IsNotThereForThePublic()
    {
        await using RpcFaultProxy proxy = new(new Uri(_ledger.Url));
        TestWorkspace workspace = await MakeAsync();
        await using ServiceScene scene = await ServiceScene.StartAsync(workspace, TimeProvider.System, Token, rpcUrl: proxy.Url);
        using HttpClient authority = scene.WithKey(ServiceScene.Authority, AccessScopes.RecordsWrite, AccessScopes.RecordsRead);
        string path = await PostAsync(authority, ServiceScene.SanctionOf(1));
        EvidenceFile whole = await FetchAsync(authority, path);
        Assert.IsNotNull((await FetchAsync(scene.Http, path + "?status=true")).Status);

        proxy.On("eth_getLogs", RpcFaults.LoseRequest);
        Assert.IsTrue(PresentedSanction.TryOf(whole, out PresentedSanction? presented, out _));
        using (LedgerSession session = await workspace.ConnectAsync(Token))
        using (Secp256k1Key account = workspace.Keys.OpenAccount(ServiceScene.Authority))
        {
            await new LedgerTransactions(session, TimeProvider.System).RunAsync(
                account, session.Contracts.RepairDesk, RepairDeskContract.EncodeShield(presented.Sanction, presented.Entry, presented.LeafHash), Token);
        }

        using HttpResponseMessage hidden = await scene.Http.GetAsync(path + "/evidence?status=true", Token);
        Assert.AreEqual("not-found", await ServiceScene.CodeOfAsync(hidden, 404, Token));
        VerificationReport report = EvidenceVerifier.Verify(
            await FetchAsync(authority, path + "?status=true"), BuildTrust(workspace, witnesses: 0), new VerificationOptions { Clock = TimeProvider.System });
        Assert.AreEqual(RepairState.Shielded, report.Status!.State);
    }

    // A true proof of another state would be of another slot; so it alters the word that is proven.
    private static async Task RepairedAsync(RpcExchange exchange)
    {
        JsonNode answer = await exchange.ForwardAsync();
        JsonNode slot = answer["result"]!["storageProof"]![0]!;
        slot["value"] = "0x2";
        slot["proof"] = new System.Text.Json.Nodes.JsonArray("0xc22002");
        await exchange.AnswerAsync(answer);
    }

    private async Task<TestWorkspace> MakeAsync()
    {
        TestWorkspace workspace = ServiceScene.Make();
        AccessLog.Ensure(workspace.Workspace, workspace.Keys);
        return await workspace.OnAsync(_ledger, Token);
    }

    private static TrustPolicy BuildTrust(TestWorkspace workspace, int witnesses)
    {
        Workspace configured = Workspace.Open(workspace.Workspace.Folder);
        using Store store = configured.OpenStore(StoreAccess.Read);
        return TrustBuilder.Build(configured, store, configured.LoadRulePacks(), witnesses);
    }

    private async Task<Verdict> VerifyAsync(ServiceScene scene, EvidenceFile file)
    {
        Assert.IsTrue(TrustPolicy.TryParse(await scene.Http.GetByteArrayAsync("/v1/trust", Token), out TrustPolicy? policy, out _));
        return EvidenceVerifier.Verify(file, policy, new VerificationOptions { Clock = TimeProvider.System }).Verdict;
    }

    // The service takes nothing before it has compared its logs.
    private async Task<string> PostAsync(HttpClient client, string record)
    {
        while (true)
        {
            using HttpResponseMessage posted = await ServiceScene.PostRecordAsync(client, record, Token);
            if (posted.StatusCode != HttpStatusCode.ServiceUnavailable)
            {
                await ServiceScene.ReadAsync(posted, Token);
                return posted.Headers.Location!.OriginalString;
            }
        }
    }

    private async Task<EvidenceFile> FetchAsync(HttpClient client, string path)
    {
        string[] parts = path.Split('?');
        while (true)
        {
            using HttpResponseMessage response = await client.GetAsync($"{parts[0]}/evidence{(parts.Length > 1 ? "?" : "")}{parts.ElementAtOrDefault(1)}", Token);
            byte[] bytes = await response.Content.ReadAsByteArrayAsync(Token);
            if (response.StatusCode != HttpStatusCode.Accepted)
            {
                Assert.AreEqual(HttpStatusCode.OK, response.StatusCode, Encoding.UTF8.GetString(bytes));
                Assert.IsTrue(EvidenceFile.TryParse(bytes, out EvidenceFile? file, out _));
                return file;
            }
        }
    }
}
