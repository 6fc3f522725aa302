using System.Diagnostics;
using LedgerCredit.Ethereum;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Testing;

namespace LedgerCredit.Cli.Tests;

/// <summary>The standard variables of OpenTelemetry, as a process gets them.</summary>
[TestClass]
public sealed class NodeTelemetryTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    [DataRow("http://127.0.0.1:0", DisplayName = "serving")]
    [DataRow("off", DisplayName = "not serving")]
    public async Task Run_WithVariablesThatNameACollector_SendsThereAndNotWhereTheWorkspaceSays(string listen)
    {
        string data = _folder.At("workspace");
        (await CommandRun.RunAsync("workspace", "init", "--network", "test.ledgercredit", "--data", data)).Expect(ExitCode.Done);
        TaskCompletionSource<ReceivedRequest> arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using WebhookReceiver other = WebhookReceiver.Answering("200 OK");
        await using WebhookReceiver collector = new((request, stream, token) =>
        {
            if (request.Target == "/v1/metrics")
            {
                arrived.TrySetResult(request);
            }

            return WebhookReceiver.WriteAsync(stream, WebhookReceiver.Head("200 OK"), token);
        });

        // A ledger that does not answer: the node goes on trying.
        Workspace workspace = Workspace.Open(data);
        workspace.EditConfig(config => config with
        {
            Ledger = config.Ledger with { Contracts = new ContractAddresses(At(1), At(2), At(3), At(4), DeploymentBlock: 0) },
            Telemetry = new TelemetryConfig(new Uri(other.Address, "/"), TelemetryProtocol.HttpProtobuf),
        });
        Dictionary<string, string> variables = new()
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = new Uri(collector.Address, "/").AbsoluteUri,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_EXPORTER_OTLP_HEADERS"] = "x-collector-key=k3y",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "200",
        };
        using Process node = CommandRun.Start(variables, ["node", "run", "--listen", listen, "--data", data]);
        try
        {
            await Task.WhenAny(arrived.Task, node.WaitForExitAsync(Token));
            Assert.IsTrue(arrived.Task.IsCompletedSuccessfully, "The node ended before it sent anything.");
        }
        finally
        {
            node.Kill();
            await node.WaitForExitAsync(CancellationToken.None);
        }

        ReceivedRequest sent = await arrived.Task;
        Assert.AreEqual("POST", sent.Method);
        Assert.AreEqual("k3y", sent.Fields["x-collector-key"]);
        Assert.Contains("ledgercredit", sent.Text);
        Assert.IsEmpty(other.Requests);

        static Address At(byte number) => Address.FromBytes([.. new byte[Address.Length - 1], number]);
    }
}
