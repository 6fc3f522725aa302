using System.Globalization;
using System.Text;
using System.Text.Json;
using LedgerCredit.Contracts;
using LedgerCredit.Ethereum;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Evidence;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Members;
using LedgerCredit.Node.RepairScreens;
using LedgerCredit.Node.RepairSteps;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Storage;
using LedgerCredit.Verification;

namespace LedgerCredit.Cli.Tests;

/// <summary>
/// A workspace with every party of repair cases and anchored sanctions under the demonstration rules, on a devnet whose blocks
/// come when something is sent and whose time the tests set. Time only goes forward; each test opens cases of its own.
/// </summary>
internal sealed class RepairWorkspace : IDisposable
{
    public const string Authority = "city-regulator";
    public const string SecondKey = "city-regulator.second";
    public const string OtherAuthority = "other-regulator";
    public const string ReviewerOne = "reviewer-one";
    public const string ReviewerTwo = "reviewer-two";
    public const string Arbiter = "arbiter-one";
    public const string Enterprise = "acme-works";
    public const string Auditor = "auditor-one";

    /// <summary>What the demonstration rules wait for on the ledger, in seconds: intake, supplement, review and arbitration alike.</summary>
    public const ulong Period = 172_800;

    /// <summary>The objection window of the demonstration rules, in seconds.</summary>
    public const ulong Window = 600;

    private const int Sanctions = 120;
    private static readonly Lazy<Task<RepairWorkspace>> Instance = new(CreateAsync);

    // D01, D05 and D10: what the demonstration rules always need.
    private static readonly RepairMaterial[] Complete =
    [
        new(1, Sha256.Hash("licence"u8)),
        new(5, Sha256.Hash("decision"u8)),
        new(10, Sha256.Hash("commitment"u8)),
    ];

    private readonly TestFolder _folder = new();
    private readonly HttpClient _httpClient = JsonRpcClient.CreateHttpClient();
    private int _used;

    /// <summary>Everyone who has an account here, by the names for <c>--as</c>.</summary>
    public static IReadOnlyList<string> Everyone { get; } =
        [Authority, SecondKey, OtherAuthority, ReviewerOne, ReviewerTwo, Arbiter, Enterprise, Auditor];

    /// <summary>The workspace.</summary>
    public string Data => _folder.At("workspace");

    /// <summary>The workspace; the test is inconclusive where there is no anvil.</summary>
    public static Task<RepairWorkspace> GetAsync() => Instance.Value;

    /// <summary>Stops the devnet and removes the workspace, if it was made.</summary>
    public static async Task StopAsync()
    {
        if (Instance.IsValueCreated && Instance.Value.IsCompletedSuccessfully)
        {
            using RepairWorkspace workspace = await Instance.Value;
            (await workspace.RunAsync("devnet", "down")).Expect(ExitCode.Done);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _httpClient.Dispose();
        _folder.Dispose();
    }

    /// <summary>Runs a command on the workspace.</summary>
    public Task<CommandRun> RunAsync(params string[] arguments) => CommandRun.RunAsync([.. arguments, "--data", Data]);

    /// <summary>Takes a step of <c>repair</c>, which must pass.</summary>
    public async Task<CommandRun> StepAsync(string actor, params string[] arguments) =>
        (await RunAsync(["repair", .. arguments, "--as", actor])).Expect(ExitCode.Done);

    /// <summary>Takes a step of <c>repair</c> in a block of a moment.</summary>
    public async Task<CommandRun> StepAtAsync(ulong moment, string actor, params string[] arguments)
    {
        await SetNextAsync(moment);
        return await RunAsync(["repair", .. arguments, "--as", actor]);
    }

    /// <summary>Approves a case for the materials that it has now.</summary>
    public async Task<CommandRun> ApproveAsync(string reviewer, string caseId) =>
        await StepAsync(reviewer, "approve", caseId, "--materials-hash", (await ReadAsync(caseId)).MaterialsHash.ToString());

    /// <summary>What <c>repair show</c> says of a case.</summary>
    public async Task<JsonElement> ShowAsync(string caseId) => (await RunAsync("repair", "show", caseId, "--json")).Expect(ExitCode.Done).Json;

    /// <summary>Opens a case that the authority has accepted and confirmed and one reviewer has approved.</summary>
    public async Task<string> OpenReviewedAsync()
    {
        string caseId = await OpenAsync();
        await StepAsync(Authority, "accept", caseId);
        await StepAsync(Authority, "confirm", caseId, "--statement", "paid and rectified");
        await ApproveAsync(ReviewerOne, caseId);
        return caseId;
    }

    /// <summary>Opens a case to which only the end of the objection window is missing.</summary>
    public async Task<string> OpenApprovedAsync()
    {
        string caseId = await OpenReviewedAsync();
        await ApproveAsync(ReviewerTwo, caseId);
        return caseId;
    }

    /// <summary>Opens a case and lets it come to its repair.</summary>
    public async Task<string> OpenRepairedAsync()
    {
        string caseId = await OpenApprovedAsync();
        (await StepAtAsync((await ReadAsync(caseId)).ObjectionsUntil, Auditor, "trigger", caseId)).Expect(ExitCode.Done);
        return caseId;
    }

    /// <summary>Opens a case for a sanction that has none yet, with the materials that the rules always need.</summary>
    public Task<string> OpenAsync() => OpenAsync(NextSanction());

    /// <summary>Opens a case for a sanction, with the materials that the rules always need.</summary>
    public Task<string> OpenAsync(int sanction) => OpenAsync(sanction, Complete);

    /// <summary>Opens a case for a sanction.</summary>
    /// <param name="sanction">From <see cref="NextSanction"/>.</param>
    /// <param name="materials">The first materials.</param>
    /// <returns>The case's number.</returns>
    public async Task<string> OpenAsync(int sanction, IReadOnlyList<RepairMaterial> materials)
    {
        (await RunAsync("member", "appoint", Enterprise, "--subject", SubjectOf(sanction), "--as", Authority)).Expect(ExitCode.Done);
        Assert.IsTrue(EvidenceFile.TryParse(File.ReadAllBytes(EvidenceOf(sanction)), out EvidenceFile? file, out _));
        Assert.IsTrue(PresentedSanction.TryOf(file, out PresentedSanction? presented, out ParseProblem? problem), problem?.ToString());
        RepairStepResult step = await TakeAsync(Enterprise, RepairDeskContract.EncodeOpen(presented.Sanction, presented.Entry, materials));
        return step.Events.OfType<CaseOpenedEvent>().Single().CaseId.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Submits a further material.</summary>
    public Task SupplementAsync(string caseId, byte kind) => TakeAsync(
        Enterprise, RepairDeskContract.EncodeSupplement(NumberOf(caseId), [new RepairMaterial(kind, Sha256.Hash("supplement"u8))]));

    /// <summary>A sanction that no test has used.</summary>
    public int NextSanction() => Interlocked.Increment(ref _used) - 1;

    /// <summary>The evidence file of a sanction.</summary>
    public string EvidenceOf(int sanction) => Path.Combine(_folder.At("evidence"), $"{Authority}-sanction-{sanction}.evidence.json");

    /// <summary>The id of a sanction.</summary>
    public static string IdOf(int sanction) => $"S-{sanction}";

    /// <summary>A case as the index has it.</summary>
    public async Task<IndexedCase> ReadAsync(string caseId)
    {
        using LedgerSession session = await ConnectAsync();
        Workspace workspace = Workspace.Open(Data);
        using Store store = workspace.OpenStore(StoreAccess.Write);
        await new LedgerIndexer(session.Client, session.Contracts, store, LedgerFinality.Of(workspace.Config, TimeProvider.System)).CatchUpAsync(CancellationToken.None);
        return new LedgerIndexReader(store).FindCase(NumberOf(caseId))!;
    }

    /// <summary>The cases of which the index says something else about the conditions than the contract does.</summary>
    public async Task<IReadOnlyList<string>> FindDifferentConditionsAsync()
    {
        using LedgerSession session = await ConnectAsync();
        Workspace workspace = Workspace.Open(Data);
        using Store store = workspace.OpenStore(StoreAccess.Write);
        IndexPosition now = await new LedgerIndexer(session.Client, session.Contracts, store, LedgerFinality.Of(workspace.Config, TimeProvider.System)).CatchUpAsync(CancellationToken.None);
        LedgerIndexReader index = new(store);
        RepairDeskContract desk = new(session.Client, session.Contracts.RepairDesk);
        List<string> different = [];
        foreach (IndexedCase indexed in index.ReadCases(CaseFilter.All))
        {
            RulePack pack = RulePackCatalog.Shipped.FindByHash(indexed.Terms.RulePack)!;
            RepairConditions expected = await desk.FetchConditionsAsync(indexed.CaseId);
            RepairConditions actual = IndexConditions.Of(indexed, pack, CaseStanding.Of(indexed, index).Counting, now.BlockTime, index.BarredUntil(indexed.Terms.SubjectTag), index.PausedAt);
            if (expected != actual)
            {
                different.Add($"{indexed.CaseId} {indexed.Stage}: expected {expected}, found {actual}");
            }
        }

        return different;
    }

    /// <summary>Calls the consortium's contract as its admin, or as somebody else.</summary>
    public async Task GovernAsync(byte[] callData, string? actor = null)
    {
        using LedgerSession session = await ConnectAsync();
        Address from = actor is null
            ? await new ConsortiumContract(session.Client, session.Contracts.Consortium).FetchAdminAsync()
            : AddressOf(actor);
        await SendAsync("anvil_impersonateAccount", new JsonString(from.ToString()));
        JsonValue sent = await SendAsync("eth_sendTransaction", new JsonObject(
            new JsonMember("from", new JsonString(from.ToString())),
            new JsonMember("to", new JsonString(session.Contracts.Consortium.ToString())),
            new JsonMember("gasPrice", new JsonString("0x0")),
            new JsonMember("data", new JsonString(Hex.Encode(callData)))));
        await SendAsync("anvil_stopImpersonatingAccount", new JsonString(from.ToString()));

        // The engine answers before it has made the block.
        Assert.IsTrue(Bytes32.TryParseHex(((JsonString)sent).Value, out Bytes32 hash));
        TransactionReceipt? receipt;
        do
        {
            receipt = await session.Client.FindReceiptAsync(hash);
        }
        while (receipt is null);

        Assert.IsTrue(receipt.IsSuccess);
    }

    /// <summary>The address of an account here.</summary>
    public Address AddressOf(string actor) => ActingAccount.Find(Workspace.Open(Data).Config, actor, role: null).Address;

    /// <summary>The time of the newest block.</summary>
    public async Task<ulong> NowAsync()
    {
        using LedgerSession session = await ConnectAsync();
        return (await session.Client.FetchLatestBlockAsync(CancellationToken.None)).Header.Timestamp;
    }

    /// <summary>Makes a block at a moment, so that this is now.</summary>
    public async Task MoveToAsync(ulong moment)
    {
        await SetNextAsync(moment);
        await SendAsync("evm_mine");
    }

    /// <summary>Lets the next block be at a moment: what is sent next is tried, and mined, as of it.</summary>
    public Task SetNextAsync(ulong moment) => SendAsync("evm_setNextBlockTimestamp", new JsonNumber(checked((long)moment)));

    private static ulong NumberOf(string caseId) => ulong.Parse(caseId, CultureInfo.InvariantCulture);

    private static string SubjectOf(int sanction) => $"x-example:subject-{sanction}";

    private async Task<RepairStepResult> TakeAsync(string actor, byte[] callData)
    {
        Workspace workspace = Workspace.Open(Data);
        using LedgerSession session = await ConnectAsync();
        KeyRing keys = new(workspace, new PasswordSource(null, TextWriter.Null));
        RepairStepSender sender = new(session, keys, LedgerFinality.Of(workspace.Config, TimeProvider.System), TimeProvider.System);
        return await sender.TakeAsync(ActingAccount.Find(workspace.Config, actor, role: null), callData, CancellationToken.None);
    }

    private Task<LedgerSession> ConnectAsync() =>
        LedgerSession.ConnectAsync(Workspace.Open(Data), rpcUrl: null, TimeProvider.System, CancellationToken.None);

    private async Task<JsonValue> SendAsync(string method, params JsonValue[] parameters)
    {
        string rpc = (await RunAsync("devnet", "status", "--json")).Expect(ExitCode.Done).Json.GetProperty("rpcUrl").GetString()!;
        return await new JsonRpcClient(_httpClient, new Uri(rpc), new JsonRpcOptions(), TimeProvider.System).SendAsync(method, parameters, CancellationToken.None);
    }

    /// <summary>Makes one for a test that needs a ledger of its own; such a test stops the devnet itself.</summary>
    public static async Task<RepairWorkspace> CreateAsync()
    {
        SharedWorkspace.RequireAnvil();
        RepairWorkspace workspace = new();
        bool isMade = false;
        try
        {
            await workspace.MakeAsync();
            isMade = true;
        }
        finally
        {
            if (!isMade)
            {
                await workspace.RunAsync("devnet", "down");
            }
        }

        return workspace;
    }

    private async Task MakeAsync()
    {
        (await RunAsync("workspace", "init")).Expect(ExitCode.Done);
        (await RunAsync("devnet", "up")).Expect(ExitCode.Done);
        await SendAsync("evm_setIntervalMining", new JsonNumber(0));
        await SendAsync("evm_setAutomine", new JsonBoolean(true));
        (await RunAsync("contracts", "deploy")).Expect(ExitCode.Done);
        (await RunAsync("member", "add", Authority, OtherAuthority)).Expect(ExitCode.Done);
        (await RunAsync("member", "add", ReviewerOne, ReviewerTwo, "--role", "reviewer")).Expect(ExitCode.Done);
        (await RunAsync("member", "add", Arbiter, "--role", "arbiter")).Expect(ExitCode.Done);
        (await RunAsync("member", "add", Enterprise, "--role", "enterprise")).Expect(ExitCode.Done);
        (await RunAsync("member", "add", Auditor, "--role", "auditor")).Expect(ExitCode.Done);
        (await RunAsync("member", "account", Authority, "second")).Expect(ExitCode.Done);

        StringBuilder records = new();
        for (int i = 0; i < Sanctions; i++)
        {
            records.AppendLine(CultureInfo.InvariantCulture, $$$"""{"kind":"sanction","id":"{{{IdOf(i)}}}","issuer":"{{{Authority}}}","subject":"{{{SubjectOf(i)}}}","issuedAt":"2026-09-01T00:00:00+08:00","claims":{"authorityName":"City Regulator","grade":"minor","decisionNo":"{{{IdOf(i)}}}","violation":"late report","basis":"Example Act","penalties":["warning"],"decidedOn":"2026-09-01","rulePack":"demo"}}""");
        }

        (await RunAsync("record", "import", _folder.Write("sanctions.ndjson", records.ToString()))).Expect(ExitCode.Done);
        (await RunAsync("log", "anchor", "--wait")).Expect(ExitCode.Done);
        (await RunAsync("evidence", "create", "--all", "-o", _folder.At("evidence"))).Expect(ExitCode.Done);
    }
}
