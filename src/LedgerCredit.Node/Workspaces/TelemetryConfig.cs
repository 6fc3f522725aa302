using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Node.Workspaces;

/// <summary>How a collector of OpenTelemetry is spoken to.</summary>
public enum TelemetryProtocol
{
    /// <summary>OTLP over HTTP, in protobuf.</summary>
    HttpProtobuf,

    /// <summary>OTLP over gRPC.</summary>
    Grpc,
}

/// <summary>Where what the node measures is sent. What is secret, such as a collector's key, is not here but in variables.</summary>
/// <param name="Endpoint">The collector's address, http or https; with <see cref="TelemetryProtocol.HttpProtobuf"/> <c>/v1/metrics</c> and <c>/v1/traces</c> come behind it.</param>
/// <param name="Protocol">How it is spoken to.</param>
public sealed record TelemetryConfig(Uri Endpoint, TelemetryProtocol Protocol)
{
    private const string Grpc = "grpc";
    private const string HttpProtobuf = "http/protobuf";

    internal static TelemetryConfig? Read(JsonCursor telemetry)
    {
        telemetry.ObjectWith(["endpoint", "protocol"]);
        string protocol = telemetry.Member("protocol").Text();
        if (protocol is not (Grpc or HttpProtobuf))
        {
            telemetry.Member("protocol").Refuse("wrong-protocol", $"Expected '{HttpProtobuf}' or '{Grpc}'.");
        }

        if (!Uri.TryCreate(telemetry.Member("endpoint").Text(), UriKind.Absolute, out Uri? endpoint)
            || (endpoint.Scheme != Uri.UriSchemeHttp && endpoint.Scheme != Uri.UriSchemeHttps)
            || endpoint.UserInfo.Length > 0 || endpoint.Query.Length > 0 || endpoint.Fragment.Length > 0)
        {
            telemetry.Member("endpoint").Refuse("bad-address", "Expected the address of a collector, such as http://127.0.0.1:4318, without a user, a query or a fragment.");
            return null;
        }

        return new TelemetryConfig(endpoint, protocol == Grpc ? TelemetryProtocol.Grpc : TelemetryProtocol.HttpProtobuf);
    }

    internal JsonObject Write() => new(
        new JsonMember("endpoint", new JsonString(Endpoint.AbsoluteUri)),
        new JsonMember("protocol", new JsonString(Protocol == TelemetryProtocol.Grpc ? Grpc : HttpProtobuf)));
}
