using System.Text.Json.Nodes;

namespace AccessLogWebhook.Policy.Rendering;

/// <summary>
/// Messages of Envoy by their names in <c>google.protobuf.Any</c>, and extensions by theirs (Istio's <c>pkg/wellknown/wellknown.go</c>,
/// <c>pilot/pkg/model/telemetry_logging.go</c>).
/// </summary>
internal static class EnvoyTypes
{
    public const string HttpConnectionManagerFilter = "envoy.filters.network.http_connection_manager";
    public const string TcpProxyFilter = "envoy.filters.network.tcp_proxy";

    public const string HttpConnectionManager = "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";
    public const string TcpProxy = "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy";
    public const string FileAccessLog = "envoy.extensions.access_loggers.file.v3.FileAccessLog";
    public const string OpenTelemetryAccessLog = "envoy.extensions.access_loggers.open_telemetry.v3.OpenTelemetryAccessLogConfig";
    public const string HttpGrpcAccessLog = "envoy.extensions.access_loggers.grpc.v3.HttpGrpcAccessLogConfig";
    public const string TcpGrpcAccessLog = "envoy.extensions.access_loggers.grpc.v3.TcpGrpcAccessLogConfig";
    public const string CelFilter = "envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter";

    /// <summary>A message inside an Any.</summary>
    public static JsonObject Any(string message, params ReadOnlySpan<(string Field, JsonNode? Value)> fields) =>
        Message([("@type", $"type.googleapis.com/{message}"), .. fields]);

    /// <summary>A message; fields without a value are left out.</summary>
    public static JsonObject Message(params ReadOnlySpan<(string Field, JsonNode? Value)> fields)
    {
        var message = new JsonObject();
        foreach (var (field, value) in fields)
        {
            if (value is not null)
            {
                message[field] = value;
            }
        }

        return message;
    }
}
