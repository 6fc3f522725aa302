using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LedgerCredit.Contracts;
using LedgerCredit.Ethereum;
using LedgerCredit.Ethereum.Transactions;
using LedgerCredit.Evidence;
using LedgerCredit.Node.Access;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Members;
using LedgerCredit.Node.Tests;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Cryptography;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Service.Hosting;

namespace LedgerCredit.Service.Tests.Repair;

/// <summary>All parties of a repair, each signed in at the real service with an account whose key the test alone uses, over the real contracts.</summary>
internal sealed class RepairParties : IAsyncDisposable
{
    internal const string Authority = TestWorkspace.Authority;

    /// <summary>A second person of the authority.</summary>
    internal const string Second = Authority + ".second";

    internal const string Applicant = "applicant";
    internal const string Stranger = "stranger";
    internal const string ReviewerA = "reviewer-a";
    internal const string ReviewerB = "reviewer-b";
    internal const string Arbiter = "arbiter";
    internal const string Auditor = "auditor";

    /// <summary>An agency, which rates and has no part in a repair.</summary>
    internal const string Agency = "rating-agency";

    /// <summary>An organisation that may operate a log, and nothing else.</summary>
    internal const string Operator = "plain-operator";

    /// <summary>An enterprise that a test may give a grant to.</summary>
    internal const string Consumer = "consumer";

    /// <summary>The sanction's number, which says its subject.</summary>
    internal const int Sanction = 1;

    private readonly TestLedger _ledger;
    private readonly Dictionary<string, HttpClient> _clients = new(StringComparer.Ordinal);

    private RepairParties(TestLedger ledger, ServiceScene scene)
    {
        _ledger = ledger;
        Scene = scene;
    }

    internal ServiceScene Scene { get; }

    internal Address Desk => Scene.Workspace.Workspace.Config.Ledger.Contracts!.RepairDesk;

    internal static string Subject => SampleRecords.Sanction(Authority, Sanction).Subject.ToString();

    /// <summary>The least materials of an application.</summary>
    internal static IReadOnlyList<object> Materials { get; } =
    [
        .. RulePackCatalog.Shipped.Find("cn-ndrc-36-2025")!.Repair.Materials
            .Where(material => material.Need == MaterialNeed.Always || material.Kind == RulePackCatalog.Shipped.Find("cn-ndrc-36-2025")!.Repair.CommitmentKind)
            .Select(material => new { code = material.Code, digest = Digest(material.Code) }),
    ];

    internal static async Task<RepairParties> StartAsync(CancellationToken cancellationToken, ServiceOptions? options = null, MaterialsConfig? materials = null)
    {
        TestLedger ledger = await TestLedger.StartAsync(cancellationToken);
        await ledger.PauseMiningAsync(cancellationToken);
        await ledger.AnvilAsync("evm_setAutomine", [new JsonBoolean(true)], cancellationToken);
        TestWorkspace workspace = TestWorkspace.Create(Authority);
        MemberRegistry members = new(workspace.Workspace, workspace.Keys);
        members.AddAccount(Authority, "second", [ConsortiumRole.Authority]);
        foreach ((string slug, ConsortiumRole role) in new[]
        {
            (Applicant, ConsortiumRole.Enterprise), (Stranger, ConsortiumRole.Enterprise), (ReviewerA, ConsortiumRole.Reviewer),
            (ReviewerB, ConsortiumRole.Reviewer), (Arbiter, ConsortiumRole.Arbiter), (Auditor, ConsortiumRole.Auditor),
            (Agency, ConsortiumRole.Agency), (Operator, ConsortiumRole.Operator), (Consumer, ConsortiumRole.Enterprise),
        })
        {
            members.AddLocal(slug, [role]);
        }

        workspace.Workspace.EditConfig(config => config with { Materials = materials });
        AccessLog.Ensure(workspace.Workspace, workspace.Keys);
        await workspace.OnAsync(ledger, cancellationToken);
        await AppointAsync(workspace, members, cancellationToken);
        return new RepairParties(ledger, await ServiceScene.StartAsync(workspace, TimeProvider.System, cancellationToken, options));
    }

    /// <summary>A hash that stands for a file or a statement.</summary>
    internal static string Digest(string content) => Keccak256.Hash(content).ToString();

    /// <summary>The key of a party, as it is at home.</summary>
    internal Secp256k1Key KeyOf(string party) => Scene.Workspace.Keys.OpenAccount(party);

    /// <summary>Signs a party in, once; waits until the node has read that the party is a member.</summary>
    internal async Task<HttpClient> AsAsync(string party, CancellationToken cancellationToken)
    {
        if (!_clients.TryGetValue(party, out HttpClient? client))
        {
            using Secp256k1Key key = KeyOf(party);
            client = await UntilAsync(() => TrySignInAsync(key, cancellationToken), cancellationToken);
            _clients.Add(party, client);
        }

        return client;
    }

    internal async Task<JsonElement> GetAsync(string party, string path, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await (await AsAsync(party, cancellationToken)).GetAsync(path, cancellationToken);
        return await ServiceScene.ReadAsync(response, cancellationToken);
    }

    internal async Task<HttpResponseMessage> PostAsync(string party, string path, object body, CancellationToken cancellationToken) =>
        await (await AsAsync(party, cancellationToken)).PostAsJsonAsync(path, body, cancellationToken);

    /// <summary>Enters the sanction, or another one, as a person of the authority, and waits until it is anchored.</summary>
    internal async Task EnterSanctionAsync(string party, CancellationToken cancellationToken, string? other = null, int leafIndex = 0)
    {
        HttpClient client = await AsAsync(party, cancellationToken);

        // Before its logs are compared with the ledger the node takes no records.
        await UntilAsync(
            async () =>
            {
                using HttpResponseMessage ready = await Scene.Http.GetAsync("/healthz/ready", cancellationToken);
                return ready.StatusCode == HttpStatusCode.OK ? "ready" : null;
            },
            cancellationToken);
        using HttpResponseMessage posted = await ServiceScene.PostRecordAsync(client, other ?? ServiceScene.SanctionOf(Sanction), cancellationToken);
        await ServiceScene.ReadAsync(posted, cancellationToken);
        await UntilAsync(
            async () =>
            {
                using HttpResponseMessage evidence = await client.GetAsync($"/v1/records/{Authority}/{leafIndex}/evidence", cancellationToken);
                return evidence.StatusCode == HttpStatusCode.OK ? "anchored" : null;
            },
            cancellationToken);
    }

    /// <summary>Takes a step as callers do: has it made, signs it at home, sends it, and waits until the API knows of it.</summary>
    /// <remarks>The node anchors the logs of these members with the same accounts. Where it was faster, the step is made anew, as the answer says.</remarks>
    internal async Task<JsonElement> TakeAsync(string party, object step, CancellationToken cancellationToken)
    {
        while (true)
        {
            using HttpResponseMessage made = await PostAsync(party, "/v1/repair/transactions", step, cancellationToken);
            string raw = Sign(await ServiceScene.ReadAsync(made, cancellationToken), party);
            using HttpResponseMessage sent = await PostAsync(party, "/v1/repair/transactions/send", new { transaction = raw }, cancellationToken);
            if (sent.StatusCode == HttpStatusCode.Conflict)
            {
                Assert.AreEqual("transaction-refused", await ServiceScene.CodeOfAsync(sent, 409, cancellationToken));
                continue;
            }

            Assert.AreEqual(HttpStatusCode.Accepted, sent.StatusCode);
            string hash = (await ServiceScene.ReadAsync(sent, cancellationToken)).GetProperty("hash").GetString()!;
            Assert.AreEqual($"/v1/repair/transactions/{hash}", sent.Headers.Location!.OriginalString);
            JsonElement state = await UntilStateAsync(party, hash, cancellationToken);
            Assert.AreEqual("final", state.GetProperty("state").GetString());
            return state;
        }
    }

    /// <summary>Signs what the service has made, after comparing what it says with what is to be signed.</summary>
    internal string Sign(JsonElement made, string party)
    {
        Eip1559Transaction transaction = new()
        {
            ChainId = (ulong)Number(made, "chainId"),
            Nonce = (ulong)Number(made, "nonce"),
            MaxPriorityFeePerGasWei = Number(made, "maxPriorityFeePerGas"),
            MaxFeePerGasWei = Number(made, "maxFeePerGas"),
            GasLimit = (ulong)Number(made, "gas"),
            To = Address.TryParse(made.GetProperty("to").GetString(), out Address to) ? to : throw new AssertFailedException("No address."),
            ValueWei = Number(made, "value"),
            Data = Hex.TryDecode(made.GetProperty("data").GetString(), out byte[]? data) ? data : throw new AssertFailedException("No data."),
        };
        Assert.AreEqual("0x2", made.GetProperty("type").GetString());
        Assert.AreEqual(Hex.Encode(transaction.EncodeUnsigned()), made.GetProperty("payload").GetString());
        Assert.AreEqual(Keccak256.Hash(transaction.EncodeUnsigned()).ToString(), made.GetProperty("signingHash").GetString());
        using Secp256k1Key key = KeyOf(party);
        Assert.AreEqual(Address.FromPublicKey(key.PublicKey).ToString(), made.GetProperty("from").GetString());
        return Hex.Encode(transaction.Sign(key).Raw.Span);
    }

    /// <summary>Signs a call without the service's help.</summary>
    internal string SignCall(string party, byte[] callData, Func<Eip1559Transaction, Eip1559Transaction>? change = null)
    {
        Eip1559Transaction transaction = new()
        {
            ChainId = Testing.AnvilProcess.ChainId,
            Nonce = 99,
            MaxPriorityFeePerGasWei = 0,
            MaxFeePerGasWei = 0,
            GasLimit = 1_000_000,
            To = Desk,
            ValueWei = 0,
            Data = callData,
        };
        using Secp256k1Key key = KeyOf(party);
        return Hex.Encode((change?.Invoke(transaction) ?? transaction).Sign(key).Raw.Span);
    }

    /// <summary>Lets the ledger's clock go on, and waits until the node has read a block from then.</summary>
    internal async Task PassAsync(TimeSpan time, ulong caseId, CancellationToken cancellationToken)
    {
        await _ledger.AnvilAsync("evm_increaseTime", [new JsonNumber((long)time.TotalSeconds)], cancellationToken);
        await _ledger.MineAsync(cancellationToken);
        ulong block = await _ledger.Client.FetchBlockNumberAsync(cancellationToken);
        await UntilAsync(
            async () => (ulong)(await GetAsync(Authority, $"/v1/repair/cases/{caseId}", cancellationToken)).GetProperty("asOf").GetProperty("block").GetInt64() >= block ? "read" : null,
            cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (HttpClient client in _clients.Values)
        {
            client.Dispose();
        }

        await Scene.DisposeAsync();
        await _ledger.DisposeAsync();
    }

    private static UInt128 Number(JsonElement json, string name) =>
        UInt128.Parse(json.GetProperty(name).GetString()!.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    // The second account, the rule pack, and who acts for the subject: governance, by the keys of the workspace.
    private static async Task AppointAsync(TestWorkspace workspace, MemberRegistry members, CancellationToken cancellationToken)
    {
        using LedgerSession session = await workspace.ConnectAsync(cancellationToken);
        await members.RegisterAllAsync(session, workspace.Workspace.Config.FindMember(Authority)!, TimeProvider.System, cancellationToken);
        await new RulePackRegistry(session, workspace.Keys, TimeProvider.System).AddAsync(RulePackCatalog.Shipped.Find("cn-ndrc-36-2025")!, [], cancellationToken);
        Bytes32 tag = SanctionTerms.TagOf(workspace.SubjectKey, SampleRecords.Sanction(Authority, Sanction).Subject);
        using Secp256k1Key authority = workspace.Keys.OpenAccount(Authority);
        await new LedgerTransactions(session, TimeProvider.System).RunAsync(
            authority,
            session.Contracts.Consortium,
            ConsortiumContract.EncodeAppointRepresentative(tag, workspace.Workspace.Config.FindMember(Applicant)!.Account),
            cancellationToken);
    }

    private async Task<HttpClient?> TrySignInAsync(Secp256k1Key key, CancellationToken cancellationToken)
    {
        JsonElement challenge = await ServiceScene.PostAsync(Scene.Http, "/v1/sign-in/challenge", new { address = Address.FromPublicKey(key.PublicKey).ToString() }, cancellationToken);
        string message = challenge.GetProperty("message").GetString()!;
        using HttpResponseMessage response = await Scene.Http.PostAsJsonAsync("/v1/sign-in", new { message, signature = ServiceScene.SignPersonal(key, message) }, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            return null;
        }

        JsonElement token = await ServiceScene.ReadAsync(response, cancellationToken);
        return Scene.WithToken(token.GetProperty("token").GetString()!);
    }

    private async Task<JsonElement> UntilStateAsync(string party, string hash, CancellationToken cancellationToken) =>
        (await UntilAsync(
            async () =>
            {
                JsonElement state = await GetAsync(party, $"/v1/repair/transactions/{hash}", cancellationToken);
                return state.GetProperty("indexed").GetBoolean() ? new StateBox(state) : null;
            },
            cancellationToken)).State;

    // The node reads the ledger by itself; there is nothing else to wait for than its answers.
    private static async Task<T> UntilAsync<T>(Func<Task<T?>> find, CancellationToken cancellationToken)
        where T : class
    {
        while (true)
        {
            if (await find() is T found)
            {
                return found;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
        }
    }

    private sealed record StateBox(JsonElement State);
}
