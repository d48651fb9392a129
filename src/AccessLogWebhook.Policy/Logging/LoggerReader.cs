using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Linting.EnvoyFilters;
using AccessLogWebhook.Policy.Linting.Protos;

namespace AccessLogWebhook.Policy.Logging;

/// <summary>An entry of an <c>access_log</c> list, reduced to what is told of it.</summary>
internal static class LoggerReader
{
    public static LoggerContent Read(AccessLogEntry entry) => new(
        SinkOf(entry),
        LoggerFormats.Of(entry),
        entry.Filter is { } filter ? LoggerFilters.Of(filter, entry.Point is LogPoint.Tcp or LogPoint.Listener) : null);

    private static LogSink SinkOf(AccessLogEntry entry) => entry.Type switch
    {
        ProtoTypes.FileAccessLog => LogSink.File(entry.Config?["path"]?.Text ?? ""),
        ProtoTypes.StdoutAccessLog => LogSink.Stdout,
        ProtoTypes.StderrAccessLog => LogSink.File("/dev/stderr"),
        ProtoTypes.OpenTelemetryAccessLog => LogSink.Of(LogSinkKind.OpenTelemetry, ClusterOf(entry)),
        ProtoTypes.HttpGrpcAccessLog or ProtoTypes.TcpGrpcAccessLog => LogSink.Of(LogSinkKind.Grpc, ClusterOf(entry)),
        _ => LogSink.Of(LogSinkKind.Other, entry.Type.Length > 0 ? entry.Type : Excerpt.Of(entry.Name)),
    };

    private static string ClusterOf(AccessLogEntry entry)
    {
        var service = entry.Config?.Proto("grpc_service") ?? entry.Config?.Proto("common_config")?.Proto("grpc_service");
        return service?.Proto("envoy_grpc")?.Proto("cluster_name")?.Text ?? service?.Proto("google_grpc")?.Proto("target_uri")?.Text ?? "";
    }
}
