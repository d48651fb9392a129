using AccessLogWebhook.Policy.Linting.EnvoyFilters;
using AccessLogWebhook.Policy.Linting.Protos;

namespace AccessLogWebhook.Policy.Linting.Loggers;

/// <summary>
/// AL017 of an access log that names no sink at all, and AL033. Sources: Envoy's <c>source/common/access_log/access_log_impl.cc</c>
/// (<c>AccessLogFactory::fromProto</c>: without a type no implementation is found);
/// <c>envoy/extensions/access_loggers/grpc/v3/als.proto</c>.
/// </summary>
internal static class SinkRule
{
    public static void Check(LintPass pass)
    {
        foreach (var log in pass.Logs)
        {
            if (log.Config is null)
            {
                pass.Add(
                    LintRules.UnusableType, log.Field, "The access log has no typed_config: Envoy goes by its @type alone, and rejects the listener.",
                    $"Add typed_config with \"@type\": type.googleapis.com/{ProtoTypes.FileAccessLog}.");
            }
            else if (log.Point == LogPoint.Http && log.Type == ProtoTypes.TcpGrpcAccessLog)
            {
                pass.Add(
                    LintRules.OtherProtocol, log.Config["@type"]!, "TcpGrpcAccessLogConfig sends what is known of the connection, and nothing of the request.",
                    $"Use type.googleapis.com/{ProtoTypes.HttpGrpcAccessLog}.");
            }
            else if (log.Point is LogPoint.Tcp or LogPoint.Listener && log.Type == ProtoTypes.HttpGrpcAccessLog)
            {
                pass.Add(
                    LintRules.OtherProtocol, log.Config["@type"]!, "HttpGrpcAccessLogConfig sends requests, and a connection has none.",
                    $"Use type.googleapis.com/{ProtoTypes.TcpGrpcAccessLog}.");
            }
        }
    }
}
