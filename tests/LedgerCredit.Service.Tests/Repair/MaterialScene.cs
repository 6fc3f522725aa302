using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Service.Hosting;

namespace LedgerCredit.Service.Tests.Repair;

/// <summary>The parties of a repair, with a sanction that was entered and files to upload for it.</summary>
internal sealed class MaterialScene : IAsyncDisposable
{
    internal const string Path = "/v1/repair/materials";

    private MaterialScene(RepairParties parties, string sanction)
    {
        Parties = parties;
        Sanction = sanction;
    }

    internal RepairParties Parties { get; }

    /// <summary>The leaf hash of the sanction.</summary>
    internal string Sanction { get; }

    internal string Folder => Parties.Scene.Workspace.Workspace.MaterialsFolder;

    internal IReadOnlyList<string> Files =>
        Directory.Exists(Folder) ? [.. Directory.EnumerateFiles(Folder).Select(path => System.IO.Path.GetFileName(path)).Where(name => name != "lock")] : [];

    internal static async Task<MaterialScene> StartAsync(CancellationToken cancellationToken, ServiceOptions? options = null, MaterialsConfig? materials = null)
    {
        RepairParties parties = await RepairParties.StartAsync(cancellationToken, options, materials);
        await parties.EnterSanctionAsync(RepairParties.Authority, cancellationToken);
        JsonElement record = await parties.GetAsync(RepairParties.Authority, $"/v1/records/{RepairParties.Authority}/0", cancellationToken);
        return new MaterialScene(parties, record.GetProperty("leafHash").GetString()!);
    }

    /// <summary>The bytes of a PDF, different for each seed.</summary>
    internal static byte[] Pdf(int length, int seed = 0)
    {
        byte[] content = new byte[length];
        new Random(seed).NextBytes(content);
        "%PDF-"u8.CopyTo(content);
        return content;
    }

    internal static string HashOf(byte[] content) => "0x" + Convert.ToHexStringLower(SHA256.HashData(content));

    internal string UploadTo(string code) => $"{Path}?sanction={Sanction}&code={code}";

    internal string PathOf(JsonElement material) => System.IO.Path.Combine(Folder, material.GetProperty("id").GetString() + ".bin");

    internal Task<HttpClient> AsAsync(string party, CancellationToken cancellationToken) => Parties.AsAsync(party, cancellationToken);

    internal async Task<HttpResponseMessage> PostAsync(string party, string path, HttpContent content, CancellationToken cancellationToken, string? salt = null)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, path) { Content = content };
        if (salt is not null)
        {
            request.Headers.Add("LedgerCredit-Material-Salt", salt);
        }

        return await (await AsAsync(party, cancellationToken)).SendAsync(request, cancellationToken);
    }

    internal async Task<JsonElement> UploadAsync(string code, byte[] content, CancellationToken cancellationToken, string? salt = null)
    {
        using HttpResponseMessage response = await PostAsync(RepairParties.Applicant, UploadTo(code), OfPdf(content), cancellationToken, salt);
        return await ServiceScene.ReadAsync(response, cancellationToken);
    }

    internal static ByteArrayContent OfPdf(byte[] content) => new(content) { Headers = { ContentType = new MediaTypeHeaderValue("application/pdf") } };

    internal async Task<HttpResponseMessage> GetAsync(string party, JsonElement material, CancellationToken cancellationToken) =>
        await (await AsAsync(party, cancellationToken)).GetAsync($"{Path}/{material.GetProperty("id").GetString()}", HttpCompletionOption.ResponseHeadersRead, cancellationToken);

    internal async Task<HttpResponseMessage> DeleteAsync(string party, JsonElement material, CancellationToken cancellationToken) =>
        await (await AsAsync(party, cancellationToken)).DeleteAsync($"{Path}/{material.GetProperty("id").GetString()}", cancellationToken);

    /// <summary>Opens a case with what was uploaded.</summary>
    internal Task<JsonElement> OpenCaseAsync(IReadOnlyList<JsonElement> materials, CancellationToken cancellationToken) => Parties.TakeAsync(
        RepairParties.Applicant,
        new
        {
            step = "open",
            issuer = RepairParties.Authority,
            leafIndex = 0,
            materials = materials.Select(material => new { code = material.GetProperty("code").GetString(), digest = material.GetProperty("digest").GetString() }),
        },
        cancellationToken);

    public ValueTask DisposeAsync() => Parties.DisposeAsync();
}
