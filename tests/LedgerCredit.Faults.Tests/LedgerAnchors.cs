using System.Text.Json;
using LedgerCredit.Cli.Tests;
using LedgerCredit.Contracts;
using LedgerCredit.Ethereum.Consensus;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Log;
using LedgerCredit.Node.Workspaces;

namespace LedgerCredit.Faults.Tests;

/// <summary>The contract's own events, asked for past the product's index and audit.</summary>
internal static class LedgerAnchors
{
    /// <summary>The ledger has each anchor once, the store knows them all and no other, and the newest covers everything.</summary>
    /// <returns>How many there are.</returns>
    /// <exception cref="AssertFailedException">It is not so.</exception>
    public static async Task<int> AssertKnownOnceAsync(string data)
    {
        JsonElement audit = (await CommandRun.RunAsync("log", "audit", "--json", "--data", data)).Expect(0).Json;
        string url = (await CommandRun.RunAsync("devnet", "status", "--json", "--data", data)).Expect(0).Json.GetProperty("rpcUrl").GetString()!;
        return await AssertKnownOnceAsync(data, url, audit);
    }

    /// <summary>The same with an audit's report that was just made.</summary>
    public static async Task<int> AssertKnownOnceAsync(string data, string url, JsonElement audit)
    {
        Workspace workspace = Workspace.Open(data);
        using HttpClient httpClient = JsonRpcClient.CreateHttpClient();
        EthereumClient client = new(new JsonRpcClient(httpClient, new Uri(url), new JsonRpcOptions(), TimeProvider.System), BlockHashRule.Keccak);
        EvidenceLogContract contract = new(client, workspace.Config.Ledger.Contracts!.EvidenceLog);
        ulong newest = await client.FetchBlockNumberAsync(CancellationToken.None);
        int count = 0;
        foreach (JsonElement log in audit.GetProperty("logs").EnumerateArray())
        {
            string origin = log.GetProperty("origin").GetString()!;
            ulong[] onLedger = [.. (await contract.FetchAnchoredAsync(LogId.FromOrigin(origin), 0, newest, CancellationToken.None)).Select(anchor => anchor.TreeSize)];
            ulong[] inStore = [.. log.GetProperty("anchors").EnumerateArray().Select(anchor => anchor.GetProperty("treeSize").GetUInt64())];
            string both = $"The ledger has anchors of '{origin}' at {string.Join(' ', onLedger)}, the store knows {string.Join(' ', inStore)}.";
            Assert.IsTrue(onLedger.SequenceEqual(inStore), both);
            Assert.HasCount(onLedger.Length, onLedger.Distinct(), both);
            Assert.AreEqual(log.GetProperty("entries").GetUInt64(), inStore.LastOrDefault(), both);
            count += onLedger.Length;
        }

        return count;
    }
}
