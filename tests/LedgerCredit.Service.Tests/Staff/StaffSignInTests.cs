using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LedgerCredit.Contracts;
using LedgerCredit.Node.Access;
using LedgerCredit.Node.Tests;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Service.Callers;
using LedgerCredit.Testing;

namespace LedgerCredit.Service.Tests.Staff;

/// <summary>The staff of the organisation that runs the node sign in with tokens of their own issuer.</summary>
[TestClass]
public sealed class StaffSignInTests
{
    private const string Clerks = "credit-clerks";
    private const string KeyId = "k1";

    private static readonly DateTimeOffset Start = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    private readonly ManualTimeProvider _clock = new(Start);
    private readonly RSA _key = RSA.Create(2048);
    private OidcIssuer _issuer = null!;
    private ServiceScene _scene = null!;

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [TestInitialize]
    public async Task StartAsync()
    {
        _issuer = await OidcIssuer.StartAsync(Token);
        _issuer.Show(_key, KeyId);
        TestWorkspace workspace = ServiceScene.Make();
        Configure(workspace, ServiceScene.Authority);
        _scene = await ServiceScene.StartAsync(workspace, _clock, Token);
    }

    [TestCleanup]
    public async Task StopAsync()
    {
        await _scene.DisposeAsync();
        await _issuer.DisposeAsync();
        _key.Dispose();
    }

    [TestMethod]
    public async Task Token_OfAClerk_GivesMemberRolesAndScopesAndANameInTheLogs()
    {
        string token = OidcIssuer.SignRs256(_key, KeyId, _issuer.Claims("ann.lee@example", Start, "others", Clerks));
        using HttpClient ann = _scene.WithToken(token);

        JsonElement me = await ServiceScene.ReadAsync(await ann.GetAsync("/v1/me", Token), Token);
        using HttpResponseMessage posted = await ServiceScene.PostRecordAsync(ann, ServiceScene.SanctionOf(1), Token);
        using HttpResponseMessage audit = await ann.PostAsync("/v1/audits", content: null, Token);
        JsonElement read = await ServiceScene.ReadAsync(await ann.GetAsync(posted.Headers.Location!.OriginalString, Token), Token);

        Assert.AreEqual("staff", me.GetProperty("kind").GetString());
        Assert.AreEqual($"staff:ann.lee@example@{ServiceScene.Authority}", me.GetProperty("name").GetString());
        Assert.AreEqual("[\"authority\"]", me.GetProperty("roles").GetRawText());
        Assert.AreEqual("[\"records:write\",\"records:read\"]", me.GetProperty("scopes").GetRawText());
        Assert.AreEqual(HttpStatusCode.Created, posted.StatusCode);
        Assert.AreEqual("not-allowed", await ServiceScene.CodeOfAsync(audit, 403, Token));
        Assert.AreEqual(JsonValueKind.Object, read.ValueKind);
        using Storage.Store store = _scene.Workspace.Workspace.OpenStore(Storage.StoreAccess.Read);
        Assert.AreEqual($"staff:ann.lee@example@{ServiceScene.Authority}", store.EnteredBy.Find(new Storage.LogPosition(1, 0)));
    }

    // The service cannot end it: only the issuer can.
    [TestMethod]
    public async Task SignOut_OfAClerk_IsRefusedBecauseTheTokenGoesOn()
    {
        using HttpClient ann = _scene.WithToken(OidcIssuer.SignRs256(_key, KeyId, _issuer.Claims("ann", Start, Clerks)));

        using HttpResponseMessage refused = await ann.PostAsync("/v1/sign-out", content: null, Token);
        using HttpResponseMessage after = await ann.GetAsync("/v1/me", Token);

        Assert.AreEqual("not-allowed", await ServiceScene.CodeOfAsync(refused, 403, Token));
        Assert.AreEqual(HttpStatusCode.OK, after.StatusCode);
    }

    [TestMethod]
    public async Task Token_WithAnEllipticKeyAndAListOfAudiences_IsAccepted()
    {
        using ECDsa curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _issuer.Show(curve, "k2");
        JsonObject claims = Claims();
        claims["aud"] = new JsonArray("others", "ledgercredit");

        Assert.AreEqual("staff", await KindAsync(OidcIssuer.SignEs256(curve, "k2", claims)));
    }

    [TestMethod]
    [DataRow(-1, true)]
    [DataRow(359, true)]
    [DataRow(360, false)]
    [DataRow(-61, false)]
    public async Task Token_BeforeAndAfterItsTime_CountsWithAMinuteOfGrace(int seconds, bool isAccepted)
    {
        string token = OidcIssuer.SignRs256(_key, KeyId, Claims());

        _clock.Advance(TimeSpan.FromSeconds(seconds));

        await AssertAsync(token, isAccepted);
    }

    // Each is refused as any other token that is none: nobody learns which of it was wrong.
    [TestMethod]
    [DataRow("iss", "\"https://other.example\"")]
    [DataRow("iss", null)]
    [DataRow("aud", "\"others\"")]
    [DataRow("aud", "[]")]
    [DataRow("aud", null)]
    [DataRow("exp", null)]
    [DataRow("exp", "\"soon\"")]
    [DataRow("sub", null)]
    [DataRow("sub", "17")]
    [DataRow("sub", "\"\"")]
    [DataRow("sub", "[\"ann\"]")]
    public async Task Token_WithAnotherClaim_IsRefused(string claim, string? json)
    {
        JsonObject claims = Claims();
        claims.Remove(claim);
        if (json is not null)
        {
            claims[claim] = JsonNode.Parse(json);
        }

        await AssertAsync(OidcIssuer.SignRs256(_key, KeyId, claims), isAccepted: false);
    }

    [TestMethod]
    public async Task Token_NotSignedByTheIssuersKey_IsRefused()
    {
        using RSA other = RSA.Create(2048);
        string good = OidcIssuer.SignRs256(_key, KeyId, Claims());
        string[] parts = good.Split('.');
        byte[] publicKey = Encoding.ASCII.GetBytes(_key.ExportSubjectPublicKeyInfoPem());
        JsonObject altered = Claims();
        altered["sub"] = "somebody-else";
        string alteredClaims = OidcIssuer.SignRs256(other, KeyId, altered).Split('.')[1];
        foreach (string token in (string[])
        [
            OidcIssuer.SignRs256(other, KeyId, Claims()),
            OidcIssuer.Sign(new JsonObject { ["alg"] = "none", ["kid"] = KeyId }, Claims(), _ => []),
            OidcIssuer.Sign(new JsonObject { ["alg"] = "None", ["kid"] = KeyId }, Claims(), _ => []),
            OidcIssuer.Sign(new JsonObject { ["kid"] = KeyId }, Claims(), _ => []),

            // The public key is known to all: it must never be taken for a secret that is shared.
            OidcIssuer.Sign(new JsonObject { ["alg"] = "HS256", ["kid"] = KeyId }, Claims(), bytes => HMACSHA256.HashData(publicKey, bytes)),
            OidcIssuer.Sign(new JsonObject { ["alg"] = "HS256", ["kid"] = KeyId }, Claims(), bytes => HMACSHA256.HashData(_key.ExportParameters(false).Modulus!, bytes)),
            OidcIssuer.Sign(new JsonObject { ["alg"] = "RS256", ["kid"] = KeyId }, Claims(), _ => []),
            OidcIssuer.Sign(new JsonObject { ["alg"] = "ES256", ["kid"] = KeyId }, Claims(), bytes => _key.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)),
            Signed(new JsonObject { ["alg"] = "RS256", ["kid"] = KeyId, ["crit"] = new JsonArray("exp") }),
            Signed(new JsonObject { ["alg"] = "RS256", ["kid"] = KeyId, ["typ"] = "logout+jwt" }),
            Signed(new JsonObject { ["alg"] = "RS256", ["kid"] = 1 }),
            $"{parts[0]}.{alteredClaims}.{parts[2]}",
            $"{parts[0]}.{parts[1]}.",
            $".{parts[1]}.{parts[2]}",
            "..",
            $"{parts[0]}.{parts[1]}.{parts[2]}.x",
            $"{parts[0]}.{parts[1]}.{parts[2]}A",
        ])
        {
            await AssertAsync(token, isAccepted: false);
        }

        await AssertAsync(good, isAccepted: true);
    }

    [TestMethod]
    public async Task Token_OfAKeyThatIsRotatedIn_IsAcceptedAndOfOneThatIsGoneNot()
    {
        using RSA next = RSA.Create(2048);
        string old = OidcIssuer.SignRs256(_key, KeyId, Claims());
        await AssertAsync(old, isAccepted: true);
        _issuer.Keys.Clear();
        _issuer.Show(next, "k2");

        // Asked for no more often than this, whoever makes up ids of keys.
        string later = OidcIssuer.SignRs256(next, "k2", Claims());
        await AssertAsync(later, isAccepted: false);
        Assert.AreEqual(1, _issuer.Questions);
        _clock.Advance(StaffKeys.Pause);
        await AssertAsync(later, isAccepted: true);
        await AssertAsync(old, isAccepted: false);
        Assert.AreEqual(2, _issuer.Questions);
    }

    [TestMethod]
    public async Task Token_OfAnUnknownKey_IsRefusedAndAsksTheIssuerOnce()
    {
        await AssertAsync(OidcIssuer.SignRs256(_key, KeyId, Claims()), isAccepted: true);

        for (int i = 0; i < 20; i++)
        {
            await AssertAsync(OidcIssuer.SignRs256(_key, $"made-up-{i}", Claims()), isAccepted: false);
        }

        Assert.AreEqual(1, _issuer.Questions);
    }

    [TestMethod]
    public async Task Token_WithoutAKeyId_CountsWhereTheIssuerHasOneKey()
    {
        await AssertAsync(OidcIssuer.SignRs256(_key, keyId: null, Claims()), isAccepted: true);
        using RSA second = RSA.Create(2048);
        _issuer.Show(second, "k2");
        _clock.Advance(StaffKeys.MaxAge);
        JsonObject claims = _issuer.Claims("ann", _clock.GetUtcNow(), Clerks);

        await AssertAsync(OidcIssuer.SignRs256(_key, keyId: null, claims), isAccepted: false);
    }

    [TestMethod]
    public async Task Token_OfAKeyThatIsTooShortOrForEncryption_IsRefused()
    {
        using RSA weak = RSA.Create(1024);
        using RSA encryption = RSA.Create(2048);
        _issuer.Show(weak, "weak");
        _issuer.Show(encryption, "enc");
        _issuer.Keys[^1]["use"] = "enc";

        await AssertAsync(OidcIssuer.SignRs256(weak, "weak", Claims()), isAccepted: false);
        await AssertAsync(OidcIssuer.SignRs256(encryption, "enc", Claims()), isAccepted: false);
    }

    [TestMethod]
    public async Task Token_WhileTheIssuerIsDown_IsNeitherAcceptedNorCalledInvalid()
    {
        _issuer.IsDown = true;
        string token = OidcIssuer.SignRs256(_key, KeyId, Claims());

        using HttpClient ann = _scene.WithToken(token);
        using HttpResponseMessage unavailable = await ann.GetAsync("/v1/me", Token);
        Assert.AreEqual("sign-in-unavailable", await ServiceScene.CodeOfAsync(unavailable, 503, Token));
        Assert.AreEqual(StaffKeys.Pause, unavailable.Headers.RetryAfter!.Delta);

        // Others go on, and the token is good when the issuer is back.
        using HttpClient program = _scene.WithKey(ServiceScene.Authority, AccessScopes.RecordsRead);
        Assert.AreEqual(HttpStatusCode.OK, (await program.GetAsync("/v1/me", Token)).StatusCode);
        _issuer.IsDown = false;
        _clock.Advance(StaffKeys.Pause);
        await AssertAsync(token, isAccepted: true);

        // Known keys are believed without it, and not for longer than that.
        _issuer.IsDown = true;
        _clock.Advance(StaffKeys.MaxAge - TimeSpan.FromSeconds(1));
        await AssertAsync(OidcIssuer.SignRs256(_key, KeyId, _issuer.Claims("ann", _clock.GetUtcNow(), Clerks)), isAccepted: true);
        _clock.Advance(TimeSpan.FromSeconds(1));
        using HttpResponseMessage tooOld = await ann.GetAsync("/v1/me", Token);
        Assert.AreEqual("sign-in-unavailable", await ServiceScene.CodeOfAsync(tooOld, 503, Token));
    }

    [TestMethod]
    public async Task Token_WithMetadataOfAnotherIssuerOrKeysElsewhere_IsNotChecked()
    {
        string token = OidcIssuer.SignRs256(_key, KeyId, Claims());
        foreach ((string? issuer, string? keys) in ((string?, string?)[])[("https://other.example", null), (null, "http://192.0.2.1/keys"), (null, "file:///keys")])
        {
            _issuer.OtherIssuer = issuer;
            _issuer.OtherKeysAddress = keys;
            using HttpClient ann = _scene.WithToken(token);
            using HttpResponseMessage unavailable = await ann.GetAsync("/v1/me", Token);
            Assert.AreEqual("sign-in-unavailable", await ServiceScene.CodeOfAsync(unavailable, 503, Token));
            _clock.Advance(StaffKeys.Pause);
        }
    }

    [TestMethod]
    public async Task Token_OfSomebodyWhoIsNotMapped_IsNotAllowed()
    {
        foreach (JsonNode? groups in (JsonNode?[])[new JsonArray("others"), new JsonArray(), null, JsonValue.Create(1), new JsonObject { [Clerks] = Clerks }, JsonValue.Create("Credit-Clerks")])
        {
            JsonObject claims = Claims();
            claims["groups"] = groups;
            using HttpClient client = _scene.WithToken(OidcIssuer.SignRs256(_key, KeyId, claims));
            using HttpResponseMessage response = await client.GetAsync("/v1/me", Token);
            Assert.AreEqual("not-allowed", await ServiceScene.CodeOfAsync(response, 403, Token));
        }
    }

    // It is kept in a log for ever and shown on terminals.
    [TestMethod]
    [DataRow("a-name-of-64-characters-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", true)]
    [DataRow("a-name-of-65-characters-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", false)]
    [DataRow("line\nfeed", false)]
    [DataRow("\u001b[31mred", false)]
    [DataRow("name with spaces", false)]
    [DataRow("李雷", false)]
    [DataRow("\u202Egnp.exe", false)]
    [DataRow("sha256-0", false)]
    public async Task Name_LongOrOfOtherCharacters_StandsAsItsHash(string name, bool isKept)
    {
        using HttpClient client = _scene.WithToken(OidcIssuer.SignRs256(_key, KeyId, _issuer.Claims(name, Start, Clerks)));

        JsonElement me = await ServiceScene.ReadAsync(await client.GetAsync("/v1/me", Token), Token);

        string kept = isKept ? name : "sha256-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
        Assert.AreEqual($"staff:{kept}@{ServiceScene.Authority}", me.GetProperty("name").GetString());
    }

    [TestMethod]
    public async Task Token_TooLongOrTwice_IsNoSignIn()
    {
        JsonObject claims = Claims();
        claims["padding"] = new string('x', 8000);
        await AssertAsync(OidcIssuer.SignRs256(_key, KeyId, claims), isAccepted: false);
    }

    [TestMethod]
    public async Task Start_WithAMappingToSomebodyElse_SaysWhatToDo()
    {
        using TestWorkspace workspace = ServiceScene.Make();
        Configure(workspace, "nobody-here");

        WorkspaceException exception = await Assert.ThrowsExactlyAsync<WorkspaceException>(() => ServiceScene.StartAsync(workspace, _clock, Token));

        Assert.Contains("'nobody-here'", exception.Message);
    }

    [TestMethod]
    public async Task Token_WhereNoIssuerIsConfigured_IsNoSignIn()
    {
        await using ServiceScene plain = await ServiceScene.StartAsync(Token);
        using HttpClient client = plain.WithToken(OidcIssuer.SignRs256(_key, KeyId, Claims()));

        using HttpResponseMessage response = await client.GetAsync("/v1/me", Token);

        Assert.AreEqual("not-signed-in", await ServiceScene.CodeOfAsync(response, 401, Token));
    }

    private JsonObject Claims() => _issuer.Claims("ann", Start, Clerks);

    private string Signed(JsonObject header) =>
        OidcIssuer.Sign(header, Claims(), bytes => _key.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    private void Configure(TestWorkspace workspace, string member)
    {
        HashSet<ConsortiumRole> roles = [ConsortiumRole.Authority, ConsortiumRole.Auditor];
        HashSet<string> scopes = [AccessScopes.RecordsRead];
        workspace.Workspace.EditConfig(config => config with
        {
            Staff = new StaffConfig(
                _issuer.Issuer,
                "ledgercredit",
                StaffConfig.DefaultNameClaim,
                [
                    new StaffMapping("groups", Clerks, member, roles, scopes),
                    new StaffMapping("groups", Clerks, member, new HashSet<ConsortiumRole>(), new HashSet<string> { AccessScopes.RecordsWrite }),
                    new StaffMapping("groups", Clerks, ServiceScene.Agency, roles, new HashSet<string> { AccessScopes.Admin }),
                ]),
        });
    }

    private async Task AssertAsync(string token, bool isAccepted)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "/v1/me");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using HttpResponseMessage response = await _scene.Http.SendAsync(request, Token);
        if (isAccepted)
        {
            Assert.AreEqual("staff", (await ServiceScene.ReadAsync(response, Token)).GetProperty("kind").GetString());
        }
        else
        {
            Assert.AreEqual("not-signed-in", await ServiceScene.CodeOfAsync(response, 401, Token), token);
        }
    }

    private async Task<string?> KindAsync(string token)
    {
        using HttpClient client = _scene.WithToken(token);
        return (await ServiceScene.ReadAsync(await client.GetAsync("/v1/me", Token), Token)).GetProperty("kind").GetString();
    }
}
