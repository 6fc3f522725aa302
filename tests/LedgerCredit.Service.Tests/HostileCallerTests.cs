using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using LedgerCredit.Node.Access;
using LedgerCredit.Node.Tests;
using LedgerCredit.Service.Hosting;

namespace LedgerCredit.Service.Tests;

/// <summary>Callers that write addresses and headers in odd ways, ask too often, or want to see who they talk to.</summary>
[TestClass]
public sealed class HostileCallerTests
{
    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    // Routing takes addresses in any case and with a slash at the end: whoever writes them so must not get past the question who calls.
    [TestMethod]
    [DataRow("/V1/audits")]
    [DataRow("/v1/Audits")]
    [DataRow("/v1/audits/")]
    [DataRow("/V1/API-KEYS")]
    [DataRow("/%761/audits")]
    public async Task Address_WrittenInAnotherWay_IsAsClosed(string path)
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(Token);

        using HttpResponseMessage response = await scene.Http.PostAsync(path, new StringContent("{}", Encoding.UTF8, "application/json"), Token);

        Assert.AreEqual("not-signed-in", await ServiceScene.CodeOfAsync(response, 401, Token));
    }

    [TestMethod]
    [DataRow("//v1/audits")]
    [DataRow("/v1/records/../audits/x")]
    [DataRow("/v1/audits%2f1")]
    [DataRow("/v1/./x")]
    public async Task Address_ThatIsNone_IsNotFoundOrClosed(string path)
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(Token);

        string answer = await SendRawAsync(scene, $"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");

        Assert.IsTrue(answer.StartsWith("HTTP/1.1 404", StringComparison.Ordinal) || answer.StartsWith("HTTP/1.1 401", StringComparison.Ordinal), answer);
    }

    [TestMethod]
    public async Task Authorization_TwiceOrOfAnotherScheme_IsNoSignIn()
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(Token);
        string key = scene.MakeKey(ServiceScene.Authority, AccessScopes.RecordsRead);
        foreach (string headers in (string[])
        [
            $"Authorization: Bearer {key}\r\nAuthorization: Bearer {key}\r\n",
            $"Authorization: Basic {key}\r\n",
            $"Authorization: {key}\r\n",
            "Authorization: \r\n",
            $"Authorization: Bearer {key}x\r\n",
            $"Authorization: Bearer {new string('a', 9_000)}\r\n",
        ])
        {
            string answer = await SendRawAsync(scene, $"GET /v1/me HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}Connection: close\r\n\r\n");
            Assert.StartsWith("HTTP/1.1 401", answer, headers);
        }

        string good = await SendRawAsync(scene, $"GET /v1/me HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: bearer {key}\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200", good);
    }

    [TestMethod]
    public async Task Requests_MoreThanAllowed_AreToldWhenToAskAgain()
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(ServiceScene.Make(), TimeProvider.System, Token, new ServiceOptions { PublicRequestsPerSecond = 1 });
        List<HttpStatusCode> statuses = [];
        HttpResponseMessage? refused = null;
        for (int i = 0; i < 50 && refused is null; i++)
        {
            HttpResponseMessage response = await scene.Http.GetAsync("/v1/ledger", Token);
            statuses.Add(response.StatusCode);
            refused = response.StatusCode == HttpStatusCode.OK ? null : response;
        }

        Assert.IsNotNull(refused);
        Assert.IsGreaterThanOrEqualTo(6, statuses.Count);
        Assert.IsNotNull(refused.Headers.RetryAfter);
        Assert.AreEqual("too-many-requests", await ServiceScene.CodeOfAsync(refused, 429, Token));

        // Others are not kept out by it, nor supervisors of the process.
        using HttpClient client = scene.WithKey(ServiceScene.Authority, AccessScopes.RecordsRead);
        using HttpResponseMessage other = await client.GetAsync("/v1/ledger", Token);
        using HttpResponseMessage live = await scene.Http.GetAsync("/healthz/live", Token);
        Assert.AreEqual(HttpStatusCode.OK, other.StatusCode);
        Assert.AreEqual(HttpStatusCode.OK, live.StatusCode);
    }

    [TestMethod]
    public async Task Tls_WithAnIntermediateCertificate_SendsTheWholeChain()
    {
        using TestFolder folder = new();
        (string certificate, string key, X509Certificate2 intermediate) = MakeCertificates(folder);
        using X509Certificate2 expected = intermediate;
        await using ServiceScene scene = await ServiceScene.StartAsync(
            ServiceScene.Make(),
            TimeProvider.System,
            Token,
            new ServiceOptions { Listen = [new Uri("https://127.0.0.1:0")], CertificatePath = certificate, CertificateKeyPath = key });
        Uri address = new(scene.Host.Addresses[0]);

        using TcpClient tcp = new();
        await tcp.ConnectAsync(address.Host, address.Port, Token);
        List<string> sent = [];
        await using SslStream tls = new(tcp.GetStream(), leaveInnerStreamOpen: false, (_, _, chain, _) =>
        {
            sent.AddRange(chain!.ChainPolicy.ExtraStore.Select(one => one.Thumbprint));
            return true;
        });
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost" }, Token);

        Assert.AreEqual("https", address.Scheme);
        Assert.Contains(expected.Thumbprint, sent);
    }

    private static (string Certificate, string Key, X509Certificate2 Intermediate) MakeCertificates(TestFolder folder)
    {
        DateTimeOffset from = TimeProvider.System.GetUtcNow().AddDays(-1);
        using ECDsa rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using ECDsa middleKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using ECDsa leafKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 root = AuthorityOf("CN=root", rootKey).CreateSelfSigned(from, from.AddDays(10));
        using X509Certificate2 signer = AuthorityOf("CN=intermediate", middleKey).Create(root, from, from.AddDays(9), [1]).CopyWithPrivateKey(middleKey);
        using X509Certificate2 leaf = new CertificateRequest("CN=localhost", leafKey, HashAlgorithmName.SHA256).Create(signer, from, from.AddDays(8), [2]);
        string certificate = folder.File("chain.pem");
        string key = folder.File("key.pem");
        File.WriteAllText(certificate, leaf.ExportCertificatePem() + "\n" + signer.ExportCertificatePem() + "\n");
        File.WriteAllText(key, leafKey.ExportPkcs8PrivateKeyPem());
        return (certificate, key, X509CertificateLoader.LoadCertificate(signer.RawData));
    }

    private static CertificateRequest AuthorityOf(string name, ECDsa key)
    {
        CertificateRequest request = new(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        return request;
    }

    private async Task<string> SendRawAsync(ServiceScene scene, string request)
    {
        Uri address = new(scene.Host.Addresses[0]);
        using TcpClient tcp = new();
        await tcp.ConnectAsync(address.Host, address.Port, Token);
        NetworkStream stream = tcp.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), Token);
        using StreamReader reader = new(stream);
        return await reader.ReadToEndAsync(Token);
    }
}
