using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using LedgerCredit.Contracts;
using LedgerCredit.Ethereum;
using LedgerCredit.Log;
using LedgerCredit.Node.Access;
using LedgerCredit.Node.Members;
using LedgerCredit.Node.Running;
using LedgerCredit.Node.Tests;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Cryptography;
using LedgerCredit.Service.Hosting;
using LedgerCredit.Storage;

namespace LedgerCredit.Service.Tests;

/// <summary>The real service on a free port over a real workspace, with a ledger or without one.</summary>
internal sealed class ServiceScene : IAsyncDisposable
{
    internal const string Authority = TestWorkspace.Authority;
    internal const string Agency = TestWorkspace.Agency;

    private CancellationTokenSource _stop = new();
    private readonly RandomNumberGenerator _random = RandomNumberGenerator.Create();
    private Task _running = Task.CompletedTask;

    private ServiceScene(TestWorkspace workspace, TimeProvider timeProvider)
    {
        Workspace = workspace;
        TimeProvider = timeProvider;
    }

    internal TestWorkspace Workspace { get; }

    internal TimeProvider TimeProvider { get; }

    internal ServiceOptions Options { get; private init; } = new();

    internal string? RpcUrl { get; private init; }

    internal TimeSpan AnchorEvery { get; private init; } = TimeSpan.FromSeconds(1);

    internal NodeHost Host { get; private set; } = null!;

    internal HttpClient Http { get; private set; } = null!;

    internal List<NodeNote> Notes { get; } = [];

    /// <summary>Starts the service over a workspace with an authority and an agency, and no ledger.</summary>
    internal static Task<ServiceScene> StartAsync(CancellationToken cancellationToken, TimeProvider? timeProvider = null) =>
        StartAsync(Make(), timeProvider ?? TimeProvider.System, cancellationToken);

    /// <summary>Starts the service over a workspace with its contracts on a ledger.</summary>
    internal static async Task<ServiceScene> StartAsync(TestLedger ledger, CancellationToken cancellationToken)
    {
        TestWorkspace workspace = Make();
        AccessLog.Ensure(workspace.Workspace, workspace.Keys);
        return await StartAsync(await workspace.OnAsync(ledger, cancellationToken), TimeProvider.System, cancellationToken);
    }

    /// <summary>Starts the service over a workspace that is there.</summary>
    internal static async Task<ServiceScene> StartAsync(
        TestWorkspace workspace, TimeProvider timeProvider, CancellationToken cancellationToken, ServiceOptions? options = null, TimeSpan? anchorEvery = null, string? rpcUrl = null)
    {
        ServiceScene scene = new(workspace, timeProvider) { Options = options ?? new ServiceOptions(), AnchorEvery = anchorEvery ?? TimeSpan.FromSeconds(1), RpcUrl = rpcUrl ?? workspace.Ledger?.Url };
        await scene.StartHostAsync(cancellationToken);
        return scene;
    }

    /// <summary>Stops the service in an orderly way, copies the workspace, and starts it anew over the one that it had.</summary>
    internal async Task<TestWorkspace> CopyAsync(CancellationToken cancellationToken)
    {
        await StopHostAsync();
        TestWorkspace copy = Workspace.Copy();
        _stop.Dispose();
        _stop = new CancellationTokenSource();
        await StartHostAsync(cancellationToken);
        return copy;
    }

    /// <summary>Makes a key of a member, and a client that sends it.</summary>
    internal HttpClient WithKey(string member, params string[] scopes) => WithToken(MakeKey(member, scopes));

    /// <summary>Makes a key of a member.</summary>
    internal string MakeKey(string member, params string[] scopes)
    {
        using Store store = Workspace.Workspace.OpenStore(StoreAccess.Write);
        return new ApiKeys(TimeProvider, _random).Create(store, member, "test", new HashSet<string>(scopes), expiresAt: null);
    }

    /// <summary>A client that sends a token, states what it reads for, and keeps no cookies.</summary>
    internal HttpClient WithToken(string token, string purpose = Purposes.Supervision)
    {
        HttpClient client = NewClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        client.DefaultRequestHeaders.Add("LedgerCredit-Purpose", purpose);
        return client;
    }

    /// <summary>Signs in with an account's key.</summary>
    internal async Task<HttpClient> SignInAsync(Secp256k1Key key, string purpose, CancellationToken cancellationToken)
    {
        JsonElement challenge = await PostAsync(Http, "/v1/sign-in/challenge", new { address = Address.FromPublicKey(key.PublicKey).ToString() }, cancellationToken);
        string message = challenge.GetProperty("message").GetString()!;
        JsonElement token = await PostAsync(Http, "/v1/sign-in", new { message, signature = SignPersonal(key, message) }, cancellationToken);
        return WithToken(token.GetProperty("token").GetString()!, purpose);
    }

    /// <summary>EIP-191 personal_sign, written here by itself; the length is in bytes.</summary>
    internal static string SignPersonal(Secp256k1Key key, string message)
    {
        byte[] text = Encoding.UTF8.GetBytes(message);
        byte[] prefixed = [0x19, .. Encoding.UTF8.GetBytes($"Ethereum Signed Message:\n{text.Length}"), .. text];
        RecoverableSignature signature = key.Sign(Keccak256.Hash(prefixed));
        return Hex.Encode([.. signature.R.AsSpan(), .. signature.S.AsSpan(), (byte)(27 + signature.YParity)]);
    }

    /// <summary>Posts a record as its text.</summary>
    internal static Task<HttpResponseMessage> PostRecordAsync(HttpClient client, string record, CancellationToken cancellationToken) =>
        client.PostAsync("/v1/records", new StringContent(record, Encoding.UTF8, "application/json"), cancellationToken);

    /// <summary>The text of a sanction.</summary>
    internal static string SanctionOf(int number, string issuer = Authority) => Encoding.UTF8.GetString(SampleRecords.Sanction(issuer, number).ToCanonicalBytes());

    /// <summary>Posts JSON, and reads the answer, which must be a success.</summary>
    internal static async Task<JsonElement> PostAsync(HttpClient client, string path, object body, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await client.PostAsJsonAsync(path, body, cancellationToken);
        return await ReadAsync(response, cancellationToken);
    }

    /// <summary>Reads an answer, which must be a success.</summary>
    internal static async Task<JsonElement> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        string text = await response.Content.ReadAsStringAsync(cancellationToken);
        Assert.IsTrue(response.IsSuccessStatusCode, $"{(int)response.StatusCode} {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>Reads the code of a problem, which must have the status.</summary>
    internal static async Task<string> CodeOfAsync(HttpResponseMessage response, int status, CancellationToken cancellationToken)
    {
        string text = await response.Content.ReadAsStringAsync(cancellationToken);
        Assert.AreEqual(status, (int)response.StatusCode, text);
        Assert.AreEqual("application/problem+json", response.Content.Headers.ContentType?.MediaType, text);
        JsonElement problem = JsonDocument.Parse(text).RootElement;
        Assert.AreEqual(status, problem.GetProperty("status").GetInt32());
        string code = problem.GetProperty("code").GetString()!;
        Assert.AreEqual($"urn:ledgercredit:problem:{code}", problem.GetProperty("type").GetString());
        return code;
    }

    internal HttpClient NewClient()
    {
        SocketsHttpHandler handler = new() { UseCookies = false, UseProxy = false, AllowAutoRedirect = false };
        if (Options.CertificatePath is string certificate)
        {
            // Nobody has signed it but a test.
            byte[] expected = X509CertificateLoader.LoadCertificateFromFile(certificate).RawData;
            handler.SslOptions.RemoteCertificateValidationCallback = (_, sent, _, _) => sent is not null && sent.GetRawCertData().AsSpan().SequenceEqual(expected);
        }

        return new HttpClient(handler) { BaseAddress = new Uri(Host.Addresses[0]), Timeout = TimeSpan.FromMinutes(5) };
    }

    public async ValueTask DisposeAsync()
    {
        await StopHostAsync();
        _stop.Dispose();
        _random.Dispose();
        Workspace.Dispose();
    }

    /// <summary>A workspace with an authority and an agency, and no ledger.</summary>
    internal static TestWorkspace Make()
    {
        TestWorkspace workspace = TestWorkspace.Create(Authority);
        new MemberRegistry(workspace.Workspace, workspace.Keys).AddLocal(Agency, [ConsortiumRole.Agency]);
        return workspace;
    }

    private async Task StartHostAsync(CancellationToken cancellationToken)
    {
        using TestWorkspace opened = Workspace.Reopen();
        Workspace workspace = opened.Workspace;
        NodeOptions options = new() { RpcUrl = RpcUrl, AnchorEvery = AnchorEvery };
        Host = await NodeHost.StartAsync(
            workspace,
            opened.Keys,
            Options.CertificatePath is null ? Options with { Listen = [new Uri("http://127.0.0.1:0")] } : Options,
            workspace.Config.Ledger.Contracts is null ? null : report => NodeService.Open(workspace, opened.Keys, options, report, TimeProvider.System, _random),
            Notes.Add,
            TimeProvider,
            _random,
            cancellationToken);
        Http = NewClient();
        _running = Host.RunAsync(_stop.Token);
    }

    private async Task StopHostAsync()
    {
        await _stop.CancelAsync();
        try
        {
            await _running;
        }
        catch (Exception e) when (e is LogIntegrityException or WorkspaceException)
        {
            // Told at the end where store and ledger disagree, or it is another ledger; the tests of that see it at /healthz/ready.
        }

        Http.Dispose();
        await Host.DisposeAsync();
    }
}
