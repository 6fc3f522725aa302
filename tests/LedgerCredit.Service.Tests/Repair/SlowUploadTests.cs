using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LedgerCredit.Node.Tests;
using LedgerCredit.Service.Hosting;

namespace LedgerCredit.Service.Tests.Repair;

/// <summary>Uploads over HTTP/2 whose sender stops sending: the server's own bound is one for the connection, far below what an upload has to keep to.</summary>
[TestClass]
public sealed class SlowUploadTests
{
    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Upload_OverHttp2ThatStops_IsAnsweredAndTheConnectionGoesOn()
    {
        using TestFolder folder = new();
        (string certificate, string key) = MakeCertificate(folder);
        ServiceOptions options = new()
        {
            Listen = [new Uri("https://127.0.0.1:0")],
            CertificatePath = certificate,
            CertificateKeyPath = key,
            UploadGrace = TimeSpan.FromSeconds(1),
        };
        await using MaterialScene scene = await MaterialScene.StartAsync(Token, options);
        HttpClient applicant = await scene.AsAsync(RepairParties.Applicant, Token);
        using StoppingContent stopping = new(MaterialScene.Pdf(1000));

        // An answer, and not the end of the connection, which is what the server's own bound comes to.
        using (HttpResponseMessage refused = await applicant.SendAsync(Request(scene, stopping), HttpCompletionOption.ResponseHeadersRead, Token))
        {
            Assert.AreEqual(HttpVersion.Version20, refused.Version);
            Assert.AreEqual("too-slow", await ServiceScene.CodeOfAsync(refused, 408, Token));
        }

        stopping.End();
        Assert.IsEmpty(scene.Files);

        // One that does not stop is taken.
        using HttpResponseMessage taken = await applicant.SendAsync(Request(scene, MaterialScene.OfPdf(MaterialScene.Pdf(1 << 20, seed: 1))), Token);
        Assert.AreEqual(HttpVersion.Version20, taken.Version);
        Assert.AreEqual(HttpStatusCode.Created, taken.StatusCode);
    }

    // Bytes that come at less than the least rate, and at more: by a clock that moves with each read.
    [TestMethod]
    [DataRow(9, 900)]
    [DataRow(11, null)]
    public async Task Body_ReadAtARate_IsCutOffBelowTheLeastOne(int bytesPerRead, int? cutOffAt)
    {
        SteppedTimeProvider clock = new(TimeSpan.FromMilliseconds(500));
        using DrippingStream dripping = new(bytesPerRead);
        await using PacedBody body = new(dripping, leastBytesPerSecond: 20, grace: TimeSpan.FromSeconds(50), clock);
        byte[] buffer = new byte[100];
        int read = 0;
        int? status = null;
        try
        {
            while (read < 4000)
            {
                read += await body.ReadAsync(buffer, Token);
            }
        }
        catch (Microsoft.AspNetCore.Http.BadHttpRequestException e)
        {
            status = e.StatusCode;
        }

        Assert.AreEqual(cutOffAt is null ? null : 408, status);
        Assert.AreEqual(cutOffAt ?? 4004, read);
    }

    private static HttpRequestMessage Request(MaterialScene scene, HttpContent content) =>
        new(HttpMethod.Post, scene.UploadTo("D06")) { Content = content, Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };

    private static (string Certificate, string Key) MakeCertificate(TestFolder folder)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        DateTimeOffset from = TimeProvider.System.GetUtcNow().AddDays(-1);
        using X509Certificate2 certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(from, from.AddDays(2));
        File.WriteAllText(folder.File("certificate.pem"), certificate.ExportCertificatePem() + "\n");
        File.WriteAllText(folder.File("key.pem"), key.ExportPkcs8PrivateKeyPem());
        return (folder.File("certificate.pem"), folder.File("key.pem"));
    }

    /// <summary>Sends what it has, and then nothing until the test is done with it.</summary>
    private sealed class StoppingContent : HttpContent
    {
        private readonly byte[] _begin;
        private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal StoppingContent(byte[] begin)
        {
            _begin = begin;
            Headers.ContentType = new System.Net.Http.Headers.MediaTypeHeaderValue("application/pdf");
        }

        internal void End() => _end.TrySetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(_begin);
            await stream.FlushAsync();
            await _end.Task;
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }

    /// <summary>Gives so many bytes with each read, at once.</summary>
    private sealed class DrippingStream(int bytes) : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(bytes);
    }
}
