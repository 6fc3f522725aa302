using System.Security.Cryptography;
using LedgerCredit.Bench;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Service.Hosting;

namespace LedgerCredit.Cli.Commands.Bench;

/// <summary>The real service, as <c>node run</c> serves it, and an empty handler beside it, both in this process and on free ports.</summary>
/// <remarks>
/// In one process with the writers, which therefore take their share of the processors; they take it of the empty handler too. Here and not in
/// the bench, because this project alone may use the service.
/// </remarks>
internal sealed class PostServers : IPostServers
{
    // A bench is one caller, and is to wait for the disk alone.
    private static readonly ServiceOptions Options = new() { Listen = [new Uri("http://127.0.0.1:0")], CallerRequestsPerSecond = 10_000_000 };

    private readonly NodeHost _service;
    private readonly EmptyHost _empty;
    private readonly RandomNumberGenerator _random;

    private PostServers(NodeHost service, EmptyHost empty, RandomNumberGenerator random)
    {
        _service = service;
        _empty = empty;
        _random = random;
        Service = new Uri(service.Addresses[0]);
        Empty = new Uri(empty.Addresses[0]);
    }

    /// <inheritdoc/>
    public Uri Service { get; }

    /// <inheritdoc/>
    public Uri Empty { get; }

    /// <summary>Starts both.</summary>
    public static async Task<IPostServers> StartAsync(Workspace workspace, KeyRing keys, CancellationToken cancellationToken)
    {
        RandomNumberGenerator random = RandomNumberGenerator.Create();
        NodeHost? service = null;
        try
        {
            service = await NodeHost.StartAsync(workspace, keys, Options, openNode: null, _ => { }, TimeProvider.System, random, cancellationToken);
            return new PostServers(service, await EmptyHost.StartAsync(Options, cancellationToken), random);
        }
        catch
        {
            if (service is not null)
            {
                await service.DisposeAsync();
            }

            random.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _empty.DisposeAsync();
        await _service.DisposeAsync();
        _random.Dispose();
    }
}
