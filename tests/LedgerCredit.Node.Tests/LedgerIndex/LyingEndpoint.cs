using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using LedgerCredit.Ethereum.Consensus;
using LedgerCredit.Ethereum.Rpc;

namespace LedgerCredit.Node.Tests.LedgerIndex;

/// <summary>Passes requests on to a real ledger, and alters the answers to <c>eth_getLogs</c>.</summary>
/// <param name="alter">Gets the request's filter and the answered events; returns what is told, or null for an error of the endpoint.</param>
internal sealed class LyingEndpoint(Func<JsonNode, JsonArray, JsonArray?> alter) : DelegatingHandler(new HttpClientHandler())
{
    internal static (HttpClient Http, EthereumClient Client) Connect(string url, Func<JsonNode, JsonArray, JsonArray?> alter)
    {
        HttpClient http = new(new LyingEndpoint(alter), disposeHandler: true);
        return (http, new EthereumClient(new JsonRpcClient(http, new Uri(url), new JsonRpcOptions(), TimeProvider.System), BlockHashRule.Keccak));
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        JsonNode asked = JsonNode.Parse(await request.Content!.ReadAsStringAsync(cancellationToken))!;
        HttpResponseMessage response = await base.SendAsync(request, cancellationToken);
        if ((string?)asked["method"] != "eth_getLogs")
        {
            return response;
        }

        JsonNode answer = JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellationToken))!;
        response.Dispose();
        JsonArray logs = (JsonArray)answer["result"]!;
        ((JsonObject)answer).Remove("result");
        if (alter(asked["params"]![0]!, (JsonArray)logs.DeepClone()) is JsonArray told)
        {
            answer["result"] = told;
        }
        else
        {
            answer["error"] = new JsonObject { ["code"] = -32602, ["message"] = "the range is too long" };
        }

        return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(answer.ToJsonString(), Encoding.UTF8, "application/json") };
    }
}
