using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using LedgerCredit.Node.Access;
using LedgerCredit.Node.Tests;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Service.Telemetry;

namespace LedgerCredit.Service.Tests.Telemetry;

/// <summary>What a collector is sent, by a real service with a real ledger.</summary>
[TestClass]
public sealed class TelemetryTests
{
    private const string Member = "telemetry-authority";
    private const string TraceId = "4bf92f3577b34da6a3ce929d0e0e4736";

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Record_FromPostToEvidence_GivesLatenciesAndSpansAndNothingOfItself()
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync(Token);
        await using TestLedger ledger = await TestLedger.StartAsync(Token);
        TestWorkspace workspace = TestWorkspace.Create(Member);
        AccessLog.Ensure(workspace.Workspace, workspace.Keys);
        await workspace.OnAsync(ledger, Token);
        workspace.Workspace.EditConfig(config => config with { Telemetry = new TelemetryConfig(receiver.Address, TelemetryProtocol.HttpProtobuf) });
        List<string> secrets = ["x-test:", "Subject of the tests", "vi0lation"];
        await using (ServiceScene scene = await ServiceScene.StartAsync(workspace, TimeProvider.System, Token))
        {
            string key = scene.MakeKey(Member, AccessScopes.RecordsWrite, AccessScopes.RecordsRead);
            secrets.AddRange([key, key[6..]]);
            using HttpClient authority = scene.WithToken(key);
            await WaitReadyAsync(scene);
            string record = ServiceScene.SanctionOf(1, Member).Replace("\"V\"", "\"vi0lation\"", StringComparison.Ordinal);
            using HttpRequestMessage request = new(HttpMethod.Post, "/v1/records");
            request.Headers.Add("traceparent", $"00-{TraceId}-00f067aa0ba902b7-01");
            request.Content = new StringContent(record, Encoding.UTF8, "application/json");
            using HttpResponseMessage posted = await authority.SendAsync(request, Token);
            Assert.AreEqual(HttpStatusCode.Created, posted.StatusCode);
            using HttpResponseMessage refused = await ServiceScene.PostRecordAsync(authority, record.Replace("general", "Subject of the tests", StringComparison.Ordinal), Token);
            Assert.AreEqual(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            await ServiceScene.ReadAsync(
                await authority.PostAsync("/v1/records/search", new StringContent("""{"subject":"x-test:subject-1"}""", Encoding.UTF8, "application/json"), Token), Token);
            await WaitForEvidenceAsync(authority, posted.Headers.Location!.OriginalString);
        }

        OtlpPoint[] points = [.. receiver.Points];
        string issuer = $"ledgercredit.issuer={Member}";
        foreach (string name in (string[])["record.checkpointed", "checkpoint.anchored", "checkpoint.final", "anchor.mined", "anchor.final"])
        {
            OtlpPoint histogram = points.Last(point => point.Metric == $"ledgercredit.{name}.duration" && point.Attributes == issuer);
            Assert.AreEqual("s", histogram.Unit);
            Assert.IsGreaterThan(0, histogram.Count, name);
            Assert.IsGreaterThanOrEqualTo(0, histogram.Sum, name);
        }

        Assert.IsGreaterThan(0, points.Last(point => point.Metric == "ledgercredit.checkpoint.final.duration" && point.Attributes == issuer).Sum);
        Assert.AreEqual(1, points.Last(point => point.Metric == "ledgercredit.records.sequenced" && point.Attributes == issuer).Count);
        Assert.Contains(point => point.Metric == "ledgercredit.records.unanchored" && point.Attributes == issuer, points);
        Assert.IsGreaterThan(0, points.Last(point => point.Metric == "ledgercredit.records.refused" && point.Attributes == "ledgercredit.reason=invalid").Count);
        Assert.Contains(point => point.Metric == "ledgercredit.record.write.duration" && point.Count > 0, points);
        Assert.Contains(point => point.Metric == "http.server.request.duration" && point.Attributes.Contains("http.route=/v1/records", StringComparison.Ordinal), points);

        OtlpSpan[] spans = [.. receiver.Spans];
        Assert.Contains(span => span.TraceId == TraceId && span.ParentId == "00f067aa0ba902b7", spans, "The caller's trace goes on here.");
        Assert.Contains(span => span.Name == "ingest batch" && span.Links.Contains(TraceId), spans, "The group commit links to the request.");
        Assert.Contains(span => span.Name == "anchor transaction" && span.Attributes.Contains(issuer, StringComparison.Ordinal), spans);
        foreach (string name in (string[])["anchor round", "index round"])
        {
            Assert.Contains(span => span.Name == name, spans, name);
        }

        string all = receiver.AllText;
        foreach (string secret in secrets)
        {
            Assert.DoesNotContain(secret, all);
        }
    }

    // Nobody listens; or somebody does and never answers.
    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    [DataRow(false, DisplayName = "down")]
    [DataRow(true, DisplayName = "silent")]
    public async Task Service_WithACollectorThatDoesNotAnswer_WorksAndStopsInTime(bool listens)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        if (listens)
        {
            socket.Listen();
        }

        TestWorkspace workspace = ServiceScene.Make();
        workspace.Workspace.EditConfig(config => config with { Telemetry = new TelemetryConfig(new Uri($"http://{socket.LocalEndPoint}"), TelemetryProtocol.HttpProtobuf) });
        ServiceScene scene = await ServiceScene.StartAsync(workspace, TimeProvider.System, Token);
        Stopwatch stopping = new();
        await using (scene)
        {
            using HttpClient authority = scene.WithKey(ServiceScene.Authority, AccessScopes.RecordsRead);
            using HttpResponseMessage answer = await authority.GetAsync("/v1/me", Token);
            Assert.AreEqual(HttpStatusCode.OK, answer.StatusCode);
            stopping.Start();
        }

        Assert.IsLessThan(TelemetryExport.StopTimeout + TimeSpan.FromSeconds(20), stopping.Elapsed);
    }

    [TestMethod]
    public void Start_WithoutACollector_DoesNothing()
    {
        using TestWorkspace workspace = TestWorkspace.Create(Member);

        Assert.IsNull(TelemetryExport.Start(workspace.Workspace));
    }

    private async Task WaitReadyAsync(ServiceScene scene)
    {
        HttpStatusCode status;
        do
        {
            using HttpResponseMessage response = await scene.Http.GetAsync("/healthz/ready", Token);
            status = response.StatusCode;
        }
        while (status != HttpStatusCode.OK);
    }

    private async Task WaitForEvidenceAsync(HttpClient client, string path)
    {
        HttpStatusCode status;
        do
        {
            using HttpResponseMessage response = await client.GetAsync(path + "/evidence", Token);
            status = response.StatusCode;
        }
        while (status == HttpStatusCode.Accepted);
        Assert.AreEqual(HttpStatusCode.OK, status);
    }
}
