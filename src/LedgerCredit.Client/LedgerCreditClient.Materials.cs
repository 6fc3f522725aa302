using System.Net.Http.Headers;
using System.Security.Cryptography;
using LedgerCredit.Client.Models;

namespace LedgerCredit.Client;

/// <content>Materials of repairs that the node keeps (docs/spec/materials.md).</content>
public sealed partial class LedgerCreditClient
{
    private const string MaterialsPath = "v1/repair/materials";
    private const string SaltHeader = "LedgerCredit-Material-Salt";
    private const int CopyBytes = 64 * 1024;

    /// <summary>Gives the node a material to keep, encrypted. Sending the same file again is safe: it is there once.</summary>
    /// <param name="sanction">Leaf hash of the sanction, 0x and 64 hex digits.</param>
    /// <param name="code">The kind of the material, <c>D01</c> to <c>D63</c>.</param>
    /// <param name="mediaType"><c>application/pdf</c>, <c>image/jpeg</c> or <c>image/png</c>.</param>
    /// <param name="content">The file, at most 64 MiB; read as the node takes it, and disposed of.</param>
    /// <param name="salt">The salt of its digest, 0x and 64 hex digits; null to have the node draw one.</param>
    /// <param name="cancellationToken">Ends waiting; the material may be kept all the same.</param>
    /// <returns>The material: its file survives power loss. Compare <see cref="MaterialView.Sha256"/> with the file.</returns>
    public async Task<MaterialView> UploadMaterialAsync(
        string sanction, string code, string mediaType, Stream content, string? salt = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        using StreamContent body = new(content, CopyBytes);
        body.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        string path = $"{MaterialsPath}?sanction={Uri.EscapeDataString(sanction)}&code={Uri.EscapeDataString(code)}";
        using HttpRequestMessage request = NewRequest(HttpMethod.Post, path, body);

        // Nothing of the file is sent where the node would not take it.
        request.Headers.ExpectContinue = true;
        if (salt is not null)
        {
            request.Headers.Add(SaltHeader, salt);
        }

        using HttpResponseMessage response = await SendAsync(request, cancellationToken).ConfigureAwait(false);
        return await ReadAsync(response, ClientJson.Default.MaterialView, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A page of the materials of a sanction that the caller may read, the oldest first.</summary>
    /// <param name="sanction">Leaf hash of the sanction.</param>
    /// <param name="cursor">The <c>Next</c> of the page before; null for the first one.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    public Task<MaterialPage> ListMaterialsOfSanctionAsync(string sanction, string? cursor = null, CancellationToken cancellationToken = default) =>
        ListMaterialsAsync($"sanction={Uri.EscapeDataString(sanction)}", cursor, cancellationToken);

    /// <summary>A page of the materials of a case that the caller may read, the oldest first.</summary>
    /// <param name="caseId">The number of the case.</param>
    /// <param name="cursor">The <c>Next</c> of the page before; null for the first one.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    public Task<MaterialPage> ListMaterialsOfCaseAsync(long caseId, string? cursor = null, CancellationToken cancellationToken = default) =>
        ListMaterialsAsync(FormattableString.Invariant($"case={caseId}"), cursor, cancellationToken);

    /// <summary>Downloads the file of a material.</summary>
    /// <param name="id">The id of the material.</param>
    /// <param name="destination">Gets the file. What is in it when this throws is not the file.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>SHA-256 of the file, as it was computed here: the digest on the ledger is <c>SHA-256(salt ‖ SHA-256(file))</c>.</returns>
    /// <exception cref="LedgerCreditException">The node does not give it, or gave something else than it says.</exception>
    public async Task<string> DownloadMaterialAsync(string id, Stream destination, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        using HttpResponseMessage response = await SendAsync(HttpMethod.Get, PathOfMaterial(id), content: null, cancellationToken).ConfigureAwait(false);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Stream body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        byte[] buffer = new byte[CopyBytes];
        int read;
        while ((read = await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            hash.AppendData(buffer, 0, read);
            await destination.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
        }

        string computed = "0x" + Convert.ToHexStringLower(hash.GetHashAndReset());
        return response.Headers.ETag?.Tag == $"\"{computed}\"" ? computed : throw NoAnswer(response.StatusCode);
    }

    /// <summary>Deletes a material for good.</summary>
    public Task DeleteMaterialAsync(string id, CancellationToken cancellationToken = default) => DeleteAsync(PathOfMaterial(id), cancellationToken);

    private static string PathOfMaterial(string id) => $"{MaterialsPath}/{Uri.EscapeDataString(id)}";

    private Task<MaterialPage> ListMaterialsAsync(string query, string? cursor, CancellationToken cancellationToken) =>
        GetAsync($"{MaterialsPath}?{query}{(cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}", ClientJson.Default.MaterialPage, cancellationToken);
}
