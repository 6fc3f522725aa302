using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using LedgerCredit.Node.Access;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Storage;

namespace LedgerCredit.Bench;

/// <summary>Posts records to the service and to the empty handler beside it, over connections that stay open.</summary>
internal sealed class PostClient : IAsyncDisposable
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly IPostServers _servers;
    private readonly AuthenticationHeaderValue _authority;
    private readonly AuthenticationHeaderValue _agency;
    private readonly Uri _records;

    // Without the deadlines and cookies of HttpClient: as little as can be beside what is measured.
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler { UseCookies = false, UseProxy = false, AllowAutoRedirect = false });

    private PostClient(IPostServers servers, string authority, string agency)
    {
        _servers = servers;
        _authority = new AuthenticationHeaderValue("Bearer", authority);
        _agency = new AuthenticationHeaderValue("Bearer", agency);
        _records = new Uri(servers.Service, "v1/records");
    }

    /// <summary>Makes keys of both members, and starts the servers.</summary>
    internal static async Task<PostClient> StartAsync(
        BenchWorkspace workspace, Func<Workspace, KeyRing, CancellationToken, Task<IPostServers>> serveAsync, CancellationToken cancellationToken)
    {
        string authority;
        string agency;
        using (Store store = workspace.Workspace.OpenStore(StoreAccess.Write))
        using (RandomNumberGenerator random = RandomNumberGenerator.Create())
        {
            ApiKeys keys = new(TimeProvider.System, random);
            HashSet<string> scopes = [AccessScopes.RecordsWrite];
            authority = keys.Create(store, SyntheticRecords.Authority, "bench", scopes, expiresAt: null);
            agency = keys.Create(store, SyntheticRecords.Agency, "bench", scopes, expiresAt: null);
        }

        return new PostClient(await serveAsync(workspace.Workspace, workspace.Keys, cancellationToken), authority, agency);
    }

    /// <summary>Writes a record, and waits for its receipt.</summary>
    internal Task PostAsync(byte[] line, CancellationToken cancellationToken) => SendAsync(_records, line, cancellationToken);

    /// <summary>Sends the same to the empty handler.</summary>
    internal Task PostToEmptyAsync(byte[] line, CancellationToken cancellationToken) => SendAsync(_servers.Empty, line, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _servers.DisposeAsync();
    }

    private async Task SendAsync(Uri address, byte[] line, CancellationToken cancellationToken)
    {
        using ByteArrayContent content = new(line);
        content.Headers.ContentType = Json;
        using HttpRequestMessage request = new(HttpMethod.Post, address) { Content = content };
        request.Headers.Authorization = SyntheticRecords.IsOfAgency(line) ? _agency : _authority;
        using HttpResponseMessage response = await _http.SendAsync(request, cancellationToken);
        byte[] answer = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        if (response.StatusCode != HttpStatusCode.Created)
        {
            throw new InvalidOperationException($"A record of the bench was answered with {(int)response.StatusCode}: {System.Text.Encoding.UTF8.GetString(answer)}");
        }
    }
}
