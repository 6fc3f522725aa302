using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace LedgerCredit.Cli.Tests.LedgerFaults;

/// <summary>A workspace with a devnet, contracts and one member, made by the commands a user would type; its ledger can be reached through a proxy.</summary>
internal sealed class FaultyWorkspace : IAsyncDisposable
{
    internal const string Agency = "example-agency";

    private readonly TestFolder _folder = new();
    private int _files;

    internal string Data => _folder.At("workspace");

    /// <summary>The devnet's own address.</summary>
    internal string Rpc { get; private set; } = "";

    internal static async Task<FaultyWorkspace> StartAsync()
    {
        SharedWorkspace.RequireAnvil();
        FaultyWorkspace made = new();
        try
        {
            (await made.RunAsync("workspace", "init")).Expect(ExitCode.Done);
            made.Rpc = (await made.RunAsync("devnet", "up", "--json")).Expect(ExitCode.Done).Json.GetProperty("rpcUrl").GetString()!;
            (await made.RunAsync("contracts", "deploy")).Expect(ExitCode.Done);
            (await made.RunAsync("member", "add", Agency, "--role", "agency")).Expect(ExitCode.Done);
            return made;
        }
        catch
        {
            await made.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        UseLedger(url: null);
        await RunAsync("devnet", "down");
        _folder.Dispose();
    }

    internal string At(string name) => _folder.At(name);

    internal Task<CommandRun> RunAsync(params string[] arguments) => CommandRun.RunAsync([.. arguments, "--data", Data]);

    /// <summary>From now on the workspace's ledger is at this address; at that of its devnet where none is named.</summary>
    internal void UseLedger(string? url)
    {
        string path = Path.Combine(Data, "workspace.json");
        JsonNode config = JsonNode.Parse(File.ReadAllBytes(path))!;
        JsonObject ledger = (JsonObject)config["ledger"]!;
        ledger.Remove("rpcUrl");
        if (url is not null)
        {
            ledger["rpcUrl"] = url;
        }

        File.WriteAllText(path, config.ToJsonString());
    }

    /// <summary>Writes a file of ratings with the ids of a range of numbers.</summary>
    internal string WriteRatings(int first, int count)
    {
        StringBuilder text = new();
        for (int i = first; i < first + count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $$$"""{"kind":"rating","id":"R-{{{i}}}","issuer":"{{{Agency}}}","subject":"cik:{{{i + 1}}}","issuedAt":"2026-01-02T00:00:00Z","claims":{"agency":"{{{Agency}}}","scale":"long-term","symbol":"AA","action":"initial","actedOn":"2026-01-02"}}""").Append('\n');
        }

        return _folder.Write(string.Create(CultureInfo.InvariantCulture, $"ratings-{_files++}.ndjson"), text.ToString());
    }

    /// <summary>The audit with the devnet itself says that everything is sound, and that the log has this many entries, all of them anchored.</summary>
    internal async Task CheckAsync(long entries)
    {
        (await RunAsync("log", "audit")).Expect(ExitCode.Done);
        System.Text.Json.JsonElement log = (await RunAsync("log", "status", "--json")).Expect(ExitCode.Done).Json.GetProperty("logs")[0];
        Assert.AreEqual(entries, log.GetProperty("entries").GetInt64());
        Assert.AreEqual(entries, log.GetProperty("anchored").GetInt64());
        Assert.AreEqual(0, log.GetProperty("waiting").GetInt64());
        Assert.AreEqual("equal", log.GetProperty("ledger").GetString());
    }
}
