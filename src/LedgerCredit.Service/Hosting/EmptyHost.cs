using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LedgerCredit.Service.Hosting;

/// <summary>A server with the service's settings and an empty handler: what HTTP costs without the service, for comparison.</summary>
public sealed class EmptyHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private EmptyHost(WebApplication app) => _app = app;

    /// <summary>The addresses that are listened on, with the ports that were taken.</summary>
    public IReadOnlyList<string> Addresses => [.. _app.Urls];

    /// <summary>Begins to listen.</summary>
    /// <param name="options">Where and how to answer.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static async Task<EmptyHost> StartAsync(ServiceOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = typeof(EmptyHost).Assembly.GetName().Name });
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureService(options);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        WebApplication app = builder.Build();
        app.Run(AnswerAsync);
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        return new EmptyHost(app);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static async Task AnswerAsync(HttpContext context)
    {
        await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status201Created;
    }

    // Whoever compares ends it; the signals of the process are theirs.
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
