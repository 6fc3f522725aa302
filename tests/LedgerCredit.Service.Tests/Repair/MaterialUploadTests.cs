using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using LedgerCredit.Client;
using LedgerCredit.Client.Models;
using LedgerCredit.Node.Access;
using LedgerCredit.Node.Materials;
using LedgerCredit.Node.Tests.Materials;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Service.Hosting;

namespace LedgerCredit.Service.Tests.Repair;

/// <summary>Uploads of materials: what is not taken leaves nothing, what is large takes no memory.</summary>
[TestClass]
public sealed class MaterialUploadTests
{
    private const int Megabyte = 1 << 20;

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    [Timeout(900_000, CooperativeCancellation = true)]
    public async Task Upload_WrongInAnyWay_IsRefusedAndLeavesNothing()
    {
        ServiceOptions options = new()
        {
            UploadGrace = TimeSpan.FromSeconds(2),
        };
        MaterialsConfig materials = new() { Limits = new MaterialLimits { MaxFileBytes = Megabyte, MaxPerSanction = 2, MaxUploadsPerOrganisation = 1 } };
        await using MaterialScene scene = await MaterialScene.StartAsync(Token, options, materials);
        byte[] pdf = MaterialScene.Pdf(1000);
        string path = scene.UploadTo("D06");

        // What it is.
        foreach (string? type in (string?[])[null, "application/json", "application/octet-stream", "text/html", "image/svg+xml", "multipart/form-data; boundary=x", "application/pdf, text/html", "nonsense"])
        {
            await RefusedAsync(scene, path, With(pdf, type), 415, "wrong-content-type");
        }

        await RefusedAsync(scene, path, With([], "application/pdf"), 422, "invalid-material");
        await RefusedAsync(scene, path, With("<html>"u8.ToArray(), "application/pdf"), 422, "invalid-material");
        await RefusedAsync(scene, path, With(pdf, "image/png"), 422, "invalid-material");

        // What it is for.
        foreach (string query in (string[])["", $"sanction={scene.Sanction}", "code=D06", $"sanction={scene.Sanction}&code=D64", $"sanction={scene.Sanction}&code=D00", $"sanction={scene.Sanction[2..]}&code=D06"])
        {
            await RefusedAsync(scene, $"{MaterialScene.Path}?{query}", MaterialScene.OfPdf(pdf), 400, "malformed-request");
        }

        await RefusedAsync(scene, path, MaterialScene.OfPdf(pdf), 400, "malformed-request", salt: "0x12");
        await RefusedAsync(scene, $"{MaterialScene.Path}?sanction={RepairParties.Digest("none")}&code=D06", MaterialScene.OfPdf(pdf), 404, "not-found");
        foreach (string party in (string[])[RepairParties.Stranger, RepairParties.Authority, RepairParties.ReviewerA])
        {
            await RefusedAsync(scene, path, MaterialScene.OfPdf(pdf), 404, "not-found", party: party);
        }

        using HttpClient program = scene.Parties.Scene.WithKey(RepairParties.Applicant, AccessScopes.RecordsRead);
        using HttpResponseMessage byProgram = await program.PostAsync(path, MaterialScene.OfPdf(pdf), Token);
        Assert.AreEqual("not-allowed", await ServiceScene.CodeOfAsync(byProgram, 403, Token));

        // How large it is: stated, and found out.
        await RefusedAsync(scene, path, MaterialScene.OfPdf(MaterialScene.Pdf(Megabyte + 1)), 413, "too-large");
        await RefusedAsync(scene, path, Chunked(MaterialScene.Pdf(Megabyte + 1)), 413, "too-large");
        Assert.StartsWith("HTTP/1.1 413 ", await SendRawAsync(scene, path, "Content-Length: 99999999999\r\nExpect: 100-continue\r\n", []));

        // A body that breaks off, and one that never ends.
        await CutAsync(scene, path, "Content-Length: 500000\r\n", MaterialScene.Pdf(200_000));
        await CutAsync(scene, path, "Transfer-Encoding: chunked\r\n", [.. "30d40\r\n"u8, .. MaterialScene.Pdf(200_000), .. "\r\n"u8]);
        Assert.StartsWith("HTTP/1.1 408 ", await SendRawAsync(scene, path, "Content-Length: 500000\r\n", MaterialScene.Pdf(70_000)));
        Assert.IsEmpty(scene.Files);

        // How many there are, at once and in all.
        using TcpClient first = await ConnectAsync(scene, path, "Content-Length: 1000\r\n");
        await first.GetStream().WriteAsync(pdf.AsMemory(0, 500), Token);
        await UntilAsync(scene, () => scene.Files.Count == 1);
        using (HttpResponseMessage second = await scene.PostAsync(RepairParties.Applicant, path, MaterialScene.OfPdf(pdf), Token))
        {
            Assert.AreEqual("too-many-requests", await ServiceScene.CodeOfAsync(second, 429, Token));
            Assert.AreEqual("2", second.Headers.RetryAfter!.ToString());
        }

        await first.GetStream().WriteAsync(pdf.AsMemory(500), Token);
        Assert.StartsWith("HTTP/1.1 201 ", await ReadStartAsync(first));
        await scene.UploadAsync("D07", pdf, Token);
        await RefusedAsync(scene, path, MaterialScene.OfPdf(MaterialScene.Pdf(10, 5)), 409, "material-limit", files: 2);
    }

    // Its sender is still sending when it is refused: the connection must not end under it, or the answer would be lost.
    [TestMethod]
    [DataRow(MaterialScene.Path, "text/html", 1_000_000, 415)]
    [DataRow(MaterialScene.Path, "application/pdf", 3_000_000, 413)]
    [DataRow("/v1/records", "application/json", 1_000_000, 413)]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Refused_BeforeItsBodyHasCome_IsReadToItsEnd(string path, string type, int length, int status)
    {
        await using MaterialScene scene = await MaterialScene.StartAsync(Token, materials: new MaterialsConfig { Limits = new MaterialLimits { MaxFileBytes = 2 * Megabyte } });
        (string target, string party) = path == MaterialScene.Path ? (scene.UploadTo("D06"), RepairParties.Applicant) : (path, RepairParties.Authority);
        using TcpClient client = await ConnectAsync(scene, target, string.Create(CultureInfo.InvariantCulture, $"Content-Length: {length}\r\n"), type, party);

        Assert.StartsWith(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} "), await ReadStartAsync(client));
        await client.GetStream().WriteAsync(new byte[length], Token);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("GET /healthz/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"), Token);
        using StreamReader rest = new(client.GetStream(), Encoding.ASCII);

        Assert.Contains("HTTP/1.1 200 ", await rest.ReadToEndAsync(Token));
    }

    [TestMethod]
    [DoNotParallelize]
    [Timeout(900_000, CooperativeCancellation = true)]
    public async Task UploadAndDownload_OfTheLargestFile_TakeNextToNoMemory()
    {
        const int Length = 64 * Megabyte;
        await using MaterialScene scene = await MaterialScene.StartAsync(Token);
        LedgerCreditClient client = await ClientAsync(scene);
        await client.UploadMaterialAsync(scene.Sanction, "D06", "application/pdf", new MemoryStream(MaterialScene.Pdf(100)), cancellationToken: Token);
        long before = GC.GetTotalAllocatedBytes(precise: true);

        using EndlessStream content = new(Length);
        MaterialView view = await client.UploadMaterialAsync(scene.Sanction, "D07", "application/pdf", content, cancellationToken: Token);
        using CountingStream read = new();
        string hash = await client.DownloadMaterialAsync(view.Id, read, Token);

        long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        Assert.AreEqual((Length, Length, view.Sha256), (view.Bytes, read.Count, hash));
        Assert.IsLessThan(24 * Megabyte, allocated, "The service, the client and a node at work beside them.");
        await Assert.ThrowsAsync<LedgerCreditException>(() => client.UploadMaterialAsync(scene.Sanction, "D08", "application/pdf", new EndlessStream(Length + 1), cancellationToken: Token));
        Assert.HasCount(2, scene.Files);
    }

    [TestMethod]
    [Timeout(900_000, CooperativeCancellation = true)]
    public async Task Client_OfTheApplicant_UploadsListsDownloadsAndDeletes()
    {
        await using MaterialScene scene = await MaterialScene.StartAsync(Token);
        LedgerCreditClient client = await ClientAsync(scene);
        byte[] content = MaterialScene.Pdf(100_000);
        string salt = RepairParties.Digest("salt");

        MaterialView uploaded = await client.UploadMaterialAsync(scene.Sanction, "D06", "application/pdf", new MemoryStream(content), salt, Token);
        MaterialView again = await client.UploadMaterialAsync(scene.Sanction, "D06", "application/pdf", new MemoryStream(content), salt, Token);
        MaterialPage page = await client.ListMaterialsOfSanctionAsync(scene.Sanction, cancellationToken: Token);
        MaterialPage ofCase = await client.ListMaterialsOfCaseAsync(1, cancellationToken: Token);
        using MemoryStream read = new();
        string hash = await client.DownloadMaterialAsync(uploaded.Id, read, Token);

        Assert.AreEqual((salt, "D06", "application/pdf", content.Length), (uploaded.Salt, uploaded.Code, uploaded.MediaType, uploaded.Bytes));
        Assert.AreEqual(uploaded.Id, again.Id);
        Assert.AreEqual(uploaded.Id, page.Materials.Single().Id);
        Assert.IsNull(page.Next);
        Assert.IsEmpty(ofCase.Materials);
        Assert.AreSequenceEqual(content, read.ToArray());
        Assert.AreEqual("0x" + Convert.ToHexStringLower(SHA256.HashData(content)), hash);
        await client.DeleteMaterialAsync(uploaded.Id, Token);
        LedgerCreditException gone = await Assert.ThrowsExactlyAsync<LedgerCreditException>(() => client.DownloadMaterialAsync(uploaded.Id, Stream.Null, Token));
        Assert.AreEqual((404, "not-found"), (gone.Status, gone.Code));
    }

    private async Task<LedgerCreditClient> ClientAsync(MaterialScene scene)
    {
        HttpClient signedIn = await scene.AsAsync(RepairParties.Applicant, Token);
        return new LedgerCreditClient(
            scene.Parties.Scene.Http,
            new LedgerCreditClientOptions { Token = signedIn.DefaultRequestHeaders.Authorization!.Parameter, Purpose = Purposes.OwnRecords });
    }

    private async Task RefusedAsync(
        MaterialScene scene, string path, HttpContent content, int status, string code, string? salt = null, string party = RepairParties.Applicant, int files = 0)
    {
        using (content)
        {
            using HttpResponseMessage response = await scene.PostAsync(party, path, content, Token, salt);
            Assert.AreEqual(code, await ServiceScene.CodeOfAsync(response, status, Token), path);
        }

        Assert.HasCount(files, scene.Files, path);
    }

    // The beginning of a request, then the end of the connection; the service finds that out by itself.
    private async Task CutAsync(MaterialScene scene, string path, string headers, byte[] body)
    {
        using (TcpClient client = await ConnectAsync(scene, path, headers))
        {
            await client.GetStream().WriteAsync(body, Token);
            await UntilAsync(scene, () => scene.Files.Count == 1);
        }

        await UntilAsync(scene, () => scene.Files.Count == 0);

        // Its place is given back a moment after its file is gone.
        HttpStatusCode status;
        do
        {
            using HttpResponseMessage next = await scene.PostAsync(RepairParties.Applicant, path, With([], "application/pdf"), Token);
            status = next.StatusCode;
        }
        while (status == HttpStatusCode.TooManyRequests);
        Assert.AreEqual(HttpStatusCode.UnprocessableEntity, status);
    }

    private async Task<string> SendRawAsync(MaterialScene scene, string path, string headers, byte[] body)
    {
        using TcpClient client = await ConnectAsync(scene, path, headers);
        await client.GetStream().WriteAsync(body, Token);
        return await ReadStartAsync(client);
    }

    private async Task<string> ReadStartAsync(TcpClient client)
    {
        byte[] answer = new byte[64];
        int read = await client.GetStream().ReadAtLeastAsync(answer, 13, throwOnEndOfStream: false, Token);
        return Encoding.ASCII.GetString(answer, 0, read);
    }

    private async Task<TcpClient> ConnectAsync(MaterialScene scene, string path, string headers, string type = "application/pdf", string party = RepairParties.Applicant)
    {
        Uri address = new(scene.Parties.Scene.Host.Addresses[0]);
        string token = (await scene.AsAsync(party, Token)).DefaultRequestHeaders.Authorization!.ToString();
        TcpClient client = new();
        await client.ConnectAsync(address.Host, address.Port, Token);
        string head = string.Create(CultureInfo.InvariantCulture, $"POST {path} HTTP/1.1\r\nHost: {address.Authority}\r\nAuthorization: {token}\r\nContent-Type: {type}\r\n{headers}\r\n");
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head), Token);
        return client;
    }

    // Each look at the folder is behind an answer of the service, so that it gets the time that it needs.
    private async Task UntilAsync(MaterialScene scene, Func<bool> isSo)
    {
        while (!isSo())
        {
            using HttpResponseMessage response = await scene.Parties.Scene.Http.GetAsync("/healthz/live", Token);
        }
    }

    private static ByteArrayContent With(byte[] content, string? type)
    {
        ByteArrayContent made = new(content);
        if (type is not null)
        {
            made.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        return made;
    }

    private static StreamContent Chunked(byte[] content)
    {
        GatedStream stream = new(content);
        stream.Open();
        return new StreamContent(stream) { Headers = { ContentType = new MediaTypeHeaderValue("application/pdf") } };
    }

    /// <summary>Counts what is written, and keeps none of it.</summary>
    private sealed class CountingStream : MemoryStream
    {
        internal long Count { get; private set; }

        public override void Write(byte[] buffer, int offset, int count) => Count += count;

        public override void Write(ReadOnlySpan<byte> buffer) => Count += buffer.Length;

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        {
            Count += count;
            return Task.CompletedTask;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Count += buffer.Length;
            return ValueTask.CompletedTask;
        }
    }
}
