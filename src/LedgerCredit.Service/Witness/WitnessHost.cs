using LedgerCredit.Log;
using LedgerCredit.Node.Running;
using LedgerCredit.Node.Witnessing;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Service.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LedgerCredit.Service.Witness;

/// <summary>A witness on HTTP: C2SP tlog-witness, <c>POST /add-checkpoint</c> and nothing else.</summary>
/// <remarks>What is answered is for <see cref="WitnessService"/> to say. Nobody signs in: a request counts by the log's signature in it.</remarks>
public sealed class WitnessHost : IAsyncDisposable
{
    private const string Path = "/add-checkpoint";

    // Each holds a thread while it waits for the disk or for another request of its log.
    private const int MaxAtOnce = 16;

    private readonly WebApplication _app;

    private WitnessHost(WebApplication app)
    {
        _app = app;
    }

    /// <summary>The addresses that are listened on, with the ports that were taken.</summary>
    public IReadOnlyList<string> Addresses =>
        [.. _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? []];

    /// <summary>Begins to listen.</summary>
    /// <param name="witness">The witness; the caller's.</param>
    /// <param name="options">Where to listen, and with which certificate.</param>
    /// <param name="report">Told of what goes wrong, one at a time.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="WorkspaceException">An address or the certificate cannot be used.</exception>
    /// <exception cref="IOException">An address is taken.</exception>
    public static async Task<WitnessHost> StartAsync(WitnessService witness, ServiceOptions options, Action<NodeNote> report, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(witness);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(report);
        Lock reporting = new();
        void Report(NodeNote note)
        {
            lock (reporting)
            {
                report(note);
            }
        }

        // Empty: no settings from files, variables or arguments that could weaken what is set here.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = typeof(WitnessHost).Assembly.GetName().Name });
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureService(options);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = AddCheckpointRequest.MaxBytes);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddSingleton<ILoggerProvider>(_ => new NoteLoggerProvider(Report));
        builder.Services.AddSingleton<IHostLifetime, CommandLifetime>();
        builder.Services.AddSingleton(_ => new SemaphoreSlim(MaxAtOnce));
        WebApplication app = builder.Build();
        SemaphoreSlim atOnce = app.Services.GetRequiredService<SemaphoreSlim>();
        app.Run(context => AnswerAsync(context, witness, atOnce, Report));
        bool isStarted = false;
        try
        {
            await app.StartAsync(cancellationToken);
            isStarted = true;
            return new WitnessHost(app);
        }
        finally
        {
            if (!isStarted)
            {
                await app.DisposeAsync();
            }
        }
    }

    /// <summary>Answers no new requests; those under way get their answers.</summary>
    public Task StopAsync() => _app.StopAsync(CancellationToken.None);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static async Task AnswerAsync(HttpContext context, WitnessService witness, SemaphoreSlim atOnce, Action<NodeNote> report)
    {
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.CacheControl = "no-store";
        if (context.Request.Path != Path)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        if (!HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            context.Response.Headers.Allow = HttpMethods.Post;
            return;
        }

        using MemoryStream body = new();
        try
        {
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        }
        catch (BadHttpRequestException e)
        {
            // Too large, too slow or cut off, with the status that the server has for it. Anybody can send such: nobody is told.
            context.Response.StatusCode = e.StatusCode;
            return;
        }

        await atOnce.WaitAsync(context.RequestAborted);
        WitnessAnswer answer;
        try
        {
            answer = await Task.Run(() => witness.AddCheckpoint(body.ToArray()), CancellationToken.None);
        }
        catch (Exception e) when (e is LogIntegrityException or WorkspaceException or IOException or UnauthorizedAccessException)
        {
            // Nothing was cosigned, or nobody got it. What is wrong is for the operator to know, not for whoever asks.
            report(new NodeNote("witness-trouble", $"A checkpoint could not be cosigned: {e.Message}", [new JsonMember("problem", new JsonString(e.Message))]));
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            return;
        }
        finally
        {
            atOnce.Release();
        }

        // A crash or a lost connection from here on leaves a cosignature that nobody got; the log asks again and gets one.
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = answer.ContentType;
        context.Response.ContentLength = answer.Body.Length;
        await context.Response.Body.WriteAsync(answer.Body, context.RequestAborted);
    }

    // The command that runs the witness takes the signals of the process.
    private sealed class CommandLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
