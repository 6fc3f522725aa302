using System.Reflection;
using LedgerCredit.Node.Telemetry;
using LedgerCredit.Node.Workspaces;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace LedgerCredit.Service.Telemetry;

/// <summary>Sends what the node measures to a collector, by OTLP, where one is configured.</summary>
/// <remarks>
/// <para>
/// Who measures waits for nothing: what is to be sent is gathered and sent by threads of the exporter. A collector that is down costs what could
/// not be sent, of traces at most some thousand spans of memory, and the end of the process at most <see cref="StopTimeout"/>.
/// </para>
/// <para>
/// Of HTTP only what comes in is told of. What goes out is not: the address of a ledger can hold an access key.
/// </para>
/// </remarks>
public sealed class TelemetryExport : IDisposable
{
    /// <summary>How long the last sending may take when the node stops.</summary>
    public static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(3);

    private const string ServiceName = "ledgercredit";

    // The meters and the source of ASP.NET Core: durations by route, connections.
    private static readonly string[] ServerMeters = ["Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel"];
    private const string ServerSource = "Microsoft.AspNetCore";

    private readonly MeterProvider _meters;
    private readonly TracerProvider _traces;

    private TelemetryExport(MeterProvider meters, TracerProvider traces)
    {
        _meters = meters;
        _traces = traces;
    }

    /// <summary>Begins to send, where the variables of OpenTelemetry or the workspace name a collector.</summary>
    /// <remarks>
    /// Where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set, or that of metrics or traces, the variables say all of it and the workspace's
    /// configuration is not looked at. The others, such as <c>OTEL_EXPORTER_OTLP_HEADERS</c> and <c>OTEL_TRACES_SAMPLER</c>, count in either case.
    /// </remarks>
    /// <param name="workspace">The workspace.</param>
    /// <returns>Null where no collector is named. Disposing of it sends the last measurements.</returns>
    public static TelemetryExport? Start(Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        TelemetryConfig? config = IsInVariables() ? null : workspace.Config.Telemetry;
        if (config is null && !IsInVariables())
        {
            return null;
        }

        ResourceBuilder resource = ResourceBuilder.CreateEmpty()
            .AddService(ServiceName, serviceVersion: typeof(TelemetryExport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion)
            .AddAttributes([new KeyValuePair<string, object>("ledgercredit.network", workspace.Config.Network)])
            .AddTelemetrySdk()
            .AddEnvironmentVariableDetector();
        MeterProvider meters = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter(NodeMetrics.MeterName)
            .AddMeter(ServerMeters)
            .AddOtlpExporter(otlp => Configure(otlp, config, "v1/metrics"))
            .Build();
        TracerProvider traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .AddSource(NodeTraces.SourceName, ServerSource)
            .AddOtlpExporter(otlp => Configure(otlp, config, "v1/traces"))
            .Build();
        return new TelemetryExport(meters, traces);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Both at once. Disposing by itself would wait longer.
        Parallel.Invoke(
            () => _meters.Shutdown((int)StopTimeout.TotalMilliseconds),
            () => _traces.Shutdown((int)StopTimeout.TotalMilliseconds));
        _meters.Dispose();
        _traces.Dispose();
    }

    private static bool IsInVariables() =>
        ((string[])["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"])
            .Any(name => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name)));

    // The exporter has read the variables already. An address that is set in code is taken as it is.
    private static void Configure(OtlpExporterOptions otlp, TelemetryConfig? config, string path)
    {
        if (config is null)
        {
            return;
        }

        otlp.Protocol = config.Protocol == TelemetryProtocol.Grpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
        otlp.Endpoint = config.Protocol == TelemetryProtocol.Grpc
            ? config.Endpoint
            : new Uri(config.Endpoint.AbsoluteUri.TrimEnd('/') + "/" + path);
    }
}
