using System.Data.Common;
using System.Globalization;
using LedgerCredit.Node.Materials;
using LedgerCredit.Node.Running;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Service.Hosting;
using LedgerCredit.Storage;
using Microsoft.Extensions.Hosting;

namespace LedgerCredit.Service.Repair;

/// <summary>Removes materials whose time is over, and what crashes left of them: when the service starts, and every hour.</summary>
/// <param name="node">The node.</param>
/// <param name="report">Told of what was removed.</param>
internal sealed class MaterialSweep(NodeContext node, Action<NodeNote> report) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromHours(1);

    private readonly MaterialRetention _retention = (node.Workspace.Config.Materials ?? new MaterialsConfig()).Retention;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer hours = new(Period, node.TimeProvider);
        try
        {
            do
            {
                // Not on the thread that starts the service.
                await Task.Run(() => Run(stoppingToken), stoppingToken);
            }
            while (await hours.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The orderly end.
        }
    }

    private void Run(CancellationToken cancellationToken)
    {
        try
        {
            IReadOnlyList<string> removed = node.Materials.Sweep(_retention, cancellationToken);
            if (removed.Count > 0)
            {
                report(new NodeNote(
                    "materials-removed",
                    string.Create(CultureInfo.InvariantCulture, $"Removed {removed.Count} materials of repairs whose time was over."),
                    [new("materials", new JsonArray([.. removed.Select(id => new JsonString(id))]))]));
            }
        }
        catch (DbException e) when (StoreFailure.Classify(e) is { Kind: not StoreFailureKind.Bug } failure)
        {
            // The next round does it.
            report(new NodeNote("store-busy", $"Materials whose time is over could not be removed now: {failure.Message}", []));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            report(new NodeNote("store-busy", $"Materials whose time is over could not be removed now: {e.Message}", []));
        }
    }
}
