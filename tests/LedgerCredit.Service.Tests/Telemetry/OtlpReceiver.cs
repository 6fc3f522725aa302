using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace LedgerCredit.Service.Tests.Telemetry;

/// <summary>A collector that takes OTLP over HTTP in protobuf and keeps it.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(string Path, byte[] Body)> _received = [];

    private OtlpReceiver(WebApplication app) => _app = app;

    internal Uri Address => new(_app.Urls.First());

    /// <summary>All that came, as text to look for words in.</summary>
    internal string AllText => string.Join('\n', _received.Select(received => Encoding.Latin1.GetString(received.Body)));

    /// <summary>Each point of each metric.</summary>
    internal IEnumerable<OtlpPoint> Points =>
        from received in _received
        where received.Path == "/v1/metrics"
        from resource in new ProtoMessage(received.Body).Messages(1)
        from scope in resource.Messages(2)
        from metric in scope.Messages(2)
        from point in metric.Messages(5).Concat(metric.Messages(7)).Concat(metric.Messages(9)).SelectMany(data => data.Messages(1))
        let isHistogram = metric.Messages(9).Any()
        select new OtlpPoint(
            metric.Text(1),
            metric.Text(3),
            Attributes(point, isHistogram ? 9 : 7),
            unchecked((long)point.Number(isHistogram ? 4 : 6)),
            isHistogram ? point.Double(5) : point.Double(4));

    /// <summary>Each span.</summary>
    internal IEnumerable<OtlpSpan> Spans =>
        from received in _received
        where received.Path == "/v1/traces"
        from resource in new ProtoMessage(received.Body).Messages(1)
        from scope in resource.Messages(2)
        from span in scope.Messages(2)
        select new OtlpSpan(
            span.Text(5),
            Convert.ToHexStringLower(span.Bytes(1)),
            Convert.ToHexStringLower(span.Bytes(4)),
            Attributes(span, 9),
            [.. span.Messages(13).Select(link => Convert.ToHexStringLower(link.Bytes(1)))]);

    internal static async Task<OtlpReceiver> StartAsync(CancellationToken cancellationToken)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        OtlpReceiver receiver = new(builder.Build());
        receiver._app.Run(receiver.TakeAsync);
        await receiver._app.StartAsync(cancellationToken);
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using MemoryStream body = new();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        _received.Enqueue((context.Request.Path, body.ToArray()));
        context.Response.ContentType = "application/x-protobuf";
    }

    private static string Attributes(ProtoMessage of, int field) =>
        string.Join(' ', of.Messages(field).Select(attribute => $"{attribute.Text(1)}={attribute.Messages(2).Single().Text(1)}").Order(StringComparer.Ordinal));
}

/// <summary>A point of a metric.</summary>
/// <param name="Metric">The metric's name.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Attributes">Its attributes of text, in order: <c>name=value</c>.</param>
/// <param name="Count">How many measurements; of sums and gauges of whole numbers, the value.</param>
/// <param name="Sum">Their sum; of gauges of fractions, the value.</param>
internal sealed record OtlpPoint(string Metric, string Unit, string Attributes, long Count, double Sum);

/// <summary>A span.</summary>
/// <param name="Name">Its name.</param>
/// <param name="TraceId">Its trace, in hex.</param>
/// <param name="ParentId">Its parent, in hex; empty where it has none.</param>
/// <param name="Attributes">Its attributes of text.</param>
/// <param name="Links">The traces that it links to.</param>
internal sealed record OtlpSpan(string Name, string TraceId, string ParentId, string Attributes, IReadOnlyList<string> Links);
