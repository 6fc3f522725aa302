using System.Data.Common;
using System.Security.Cryptography;
using LedgerCredit.Ethereum;
using LedgerCredit.Log;
using LedgerCredit.Node.Access;
using LedgerCredit.Node.Members;
using LedgerCredit.Node.Running;
using LedgerCredit.Node.Witnessing;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Service.Audits;
using LedgerCredit.Service.Health;
using LedgerCredit.Service.Records;
using LedgerCredit.Service.Repair;
using LedgerCredit.Service.Telemetry;
using LedgerCredit.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LedgerCredit.Service.Hosting;

/// <summary>The node as a service: HTTP, ingest, and the loops of <see cref="NodeService"/>, in one process.</summary>
/// <remarks>
/// Where the loops cannot go on because store and ledger disagree, the service stays: it says so at <c>/healthz/ready</c>, shows what
/// it has, and takes no more records, because nobody could anchor them.
/// </remarks>
public sealed class NodeHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly NodeContext _context;
    private readonly TelemetryExport? _telemetry;
    private readonly NodeService? _node;
    private readonly Readiness _readiness;
    private readonly Action<NodeNote> _report;

    private NodeHost(WebApplication app, NodeContext context, TelemetryExport? telemetry, NodeService? node, Readiness readiness, Action<NodeNote> report)
    {
        _app = app;
        _context = context;
        _telemetry = telemetry;
        _node = node;
        _readiness = readiness;
        _report = report;
    }

    // Told when the service runs: that it listens is the first that is said of it.
    private NodeNote? News { get; init; }

    /// <summary>The addresses that are listened on, with the ports that were taken; known once the service runs.</summary>
    public IReadOnlyList<string> Addresses =>
        [.. _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? []];

    /// <summary>Opens what the service needs, and begins to listen.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="keys">Its keys.</param>
    /// <param name="options">Where and how to answer.</param>
    /// <param name="openNode">Takes the workspace for the loops, with where they report to; null where there is no ledger yet.</param>
    /// <param name="report">Told of everything that was done, one at a time.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="random">Where tokens, keys and ids come from.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="WorkspaceException">Something of the workspace cannot be opened.</exception>
    /// <exception cref="IOException">An address is taken.</exception>
    public static async Task<NodeHost> StartAsync(
        Workspace workspace,
        KeyRing keys,
        ServiceOptions options,
        Func<Action<NodeNote>, NodeService>? openNode,
        Action<NodeNote> report,
        TimeProvider timeProvider,
        RandomNumberGenerator random,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(report);
        Lock reporting = new();
        Readiness readiness = new();
        void Report(NodeNote note)
        {
            readiness.Take(note);
            lock (reporting)
            {
                report(note);
            }
        }

        MemberConfig? known = workspace.Config.FindMember(AccessLog.Member);

        // First, so that it is told of everything.
        TelemetryExport? telemetry = TelemetryExport.Start(workspace);
        NodeService? node = null;
        NodeContext? context = null;
        WebApplication? app = null;
        bool isStarted = false;
        try
        {
            node = openNode?.Invoke(Report);
            TimeSpan anchorEvery = node?.AnchorEvery ?? new NodeOptions { RpcUrl = null }.AnchorEvery;
            context = NodeContext.Open(workspace, keys, anchorEvery, node?.Published ?? new PublishedCheckpoints(anchorEvery, timeProvider), timeProvider, random);
            if (node is null)
            {
                readiness.SetNoContracts("This workspace knows no contracts yet, so that nothing is anchored. Deploy them with 'ledgercredit contracts deploy' and start the node again.");
            }
            else
            {
                readiness.Watch(() => node.HasComparedLogs, () => node.IsLedgerSilent, () => node.HasReadLedger);
            }

            app = Build(options, context, node?.RpcUrl, readiness, Report, random);
            await app.StartAsync(cancellationToken);
            isStarted = true;
            return new NodeHost(app, context, telemetry, node, readiness, Report) { News = NoteOfAccessLog(known, workspace) };
        }
        finally
        {
            if (!isStarted)
            {
                if (app is not null)
                {
                    await app.DisposeAsync();
                }

                if (context is not null)
                {
                    await context.DisposeAsync();
                }

                node?.Dispose();
                telemetry?.Dispose();
            }
        }
    }

    /// <summary>Works until it is cancelled, which it takes for an orderly end: requests that are under way are answered first.</summary>
    /// <exception cref="LogIntegrityException">Store and ledger have different histories; told when the service ends.</exception>
    /// <exception cref="WorkspaceException">The ledger is another one, or the configuration is not valid any more; told when the service ends.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource stopping = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration = cancellationToken.Register(() => stopping.TrySetResult());
        if (News is not null)
        {
            _report(News);
        }

        Task loops = RunLoopsAsync(stopping, cancellationToken);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task uses = KeepKeyUsesAsync(stop.Token);
        await stopping.Task;

        // No new requests; those under way get their answers. Then the loops, which end where nothing is half done.
        await _app.StopAsync(CancellationToken.None);
        await stop.CancelAsync();
        await uses;
        await loops;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _context.DisposeAsync();

        // The gauges end with the node: what they say last is sent before.
        _telemetry?.Dispose();
        _node?.Dispose();
    }

    // Once a minute, so that no request writes when its key was used.
    private async Task KeepKeyUsesAsync(CancellationToken cancellationToken)
    {
        using PeriodicTimer minutes = new(TimeSpan.FromMinutes(1), _context.TimeProvider);
        try
        {
            while (await minutes.WaitForNextTickAsync(cancellationToken))
            {
                KeepKeyUses();
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The orderly end.
        }

        KeepKeyUses();
    }

    private void KeepKeyUses()
    {
        try
        {
            using Store store = _context.Workspace.OpenStore(StoreAccess.Write);
            _context.ApiKeys.KeepLastUses(store);
        }
        catch (DbException e) when (StoreFailure.Classify(e) is { Kind: not StoreFailureKind.Bug } failure)
        {
            // Nothing is lost: the next time writes them.
            _report(new NodeNote("store-busy", $"When keys were last used could not be kept now: {failure.Message}", []));
        }
    }

    private async Task RunLoopsAsync(TaskCompletionSource stopping, CancellationToken cancellationToken)
    {
        if (_node is null)
        {
            return;
        }

        try
        {
            await _node.RunAsync(cancellationToken);
        }
        catch (LogIntegrityException e)
        {
            _readiness.SetHistory();
            _report(new NodeNote("history-differs", $"{e.Message} The service shows what it has, and takes no more records.", []));
            throw;
        }
        catch (WorkspaceException e)
        {
            _readiness.SetStopped();
            _report(new NodeNote("node-stopped", $"{e.Message} The service goes on without anchoring until it is started again.", []));
            throw;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Nobody knows what it means: a service that only seems to work is worse than none. Whoever supervises the process starts it anew.
            _readiness.SetStopped();
            _report(new NodeNote("node-failed", $"{e.Message} The service ends.", []));
            stopping.TrySetResult();
            throw;
        }
    }

    // A log that was made just now is on no ledger yet. Without contracts there is none either: deploying them registers it.
    private static NodeNote? NoteOfAccessLog(MemberConfig? before, Workspace workspace) =>
        before is null && workspace.Config.Ledger.Contracts is not null && workspace.Config.FindMember(AccessLog.Member) is MemberConfig made
            ? new NodeNote("access-log-made", $"Made the log '{made.Slug}', in which is kept who reads what. {MemberRegistry.HowToRegister(made)}", [])
            : null;

    private static WebApplication Build(ServiceOptions options, NodeContext context, string? rpcUrl, Readiness readiness, Action<NodeNote> report, RandomNumberGenerator random)
    {
        // Empty: no settings from files, variables or arguments that could weaken what is set here.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = typeof(NodeHost).Assembly.GetName().Name });
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureService(options);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddSingleton<ILoggerProvider>(_ => new NoteLoggerProvider(report));
        builder.Services.AddSingleton<IHostLifetime, CommandLifetime>();
        builder.Services.AddSingleton(context.TimeProvider);
        builder.Services.AddSingleton(context);
        builder.Services.AddSingleton(readiness);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(report);
        builder.Services.AddSingleton(context.ApiKeys);
        builder.Services.AddSingleton(new RepairLedger(context, rpcUrl));
        builder.Services.AddSingleton(services => new StatusEvidence(context, services.GetRequiredService<RepairLedger>(), options));
        builder.Services.AddSingleton(_ => new AuditJobs(context, rpcUrl));
        builder.Services.AddSingleton(services => MakeSignIns(services, options, context, random));
        builder.Services.AddNodeApi();
        WebApplication app = builder.Build();
        app.UseNodeApi();
        return app;
    }

    // Made with the first request, when the port is known.
    private static SignInService MakeSignIns(IServiceProvider services, ServiceOptions options, NodeContext context, RandomNumberGenerator random)
    {
        Uri reached = options.PublicUrl ?? new Uri(services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First());
        return new SignInService(context.TimeProvider, random, new SignInOptions
        {
            Domain = reached.Authority,
            Uri = reached.GetLeftPart(UriPartial.Authority) + "/v1",
            ChainId = context.Workspace.Config.Ledger.ChainId,
            IsAdmitted = address => IsOfAnOrganisation(context, address),
        });
    }

    private static bool IsOfAnOrganisation(NodeContext context, Address address)
    {
        using Store store = context.Workspace.OpenStore(StoreAccess.Read);
        return new CallerResolver(store, context.Workspace).OfAccount(address).OrganisationId != Primitives.Bytes32.Zero;
    }

    // The command that runs the service takes the signals of the process.
    private sealed class CommandLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
