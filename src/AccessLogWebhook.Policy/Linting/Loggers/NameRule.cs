using System.Collections.Frozen;
using AccessLogWebhook.Policy.Linting.Protos;

namespace AccessLogWebhook.Policy.Linting.Loggers;

/// <summary>
/// AL018. The names are those under which Envoy registers its loggers (<c>source/extensions/access_loggers</c>), of today and of before 1.14; a name
/// of the author's own choice is as good as they are.
/// </summary>
internal static class NameRule
{
    private static readonly FrozenDictionary<string, string> TypeOf = new Dictionary<string, string>
    {
        ["envoy.access_loggers.file"] = ProtoTypes.FileAccessLog,
        ["envoy.file_access_log"] = ProtoTypes.FileAccessLog,
        ["envoy.access_loggers.stdout"] = ProtoTypes.StdoutAccessLog,
        ["envoy.access_loggers.stderr"] = ProtoTypes.StderrAccessLog,
        ["envoy.access_loggers.http_grpc"] = ProtoTypes.HttpGrpcAccessLog,
        ["envoy.http_grpc_access_log"] = ProtoTypes.HttpGrpcAccessLog,
        ["envoy.access_loggers.tcp_grpc"] = ProtoTypes.TcpGrpcAccessLog,
        ["envoy.tcp_grpc_access_log"] = ProtoTypes.TcpGrpcAccessLog,
        ["envoy.access_loggers.open_telemetry"] = ProtoTypes.OpenTelemetryAccessLog,
        ["envoy.open_telemetry_access_log"] = ProtoTypes.OpenTelemetryAccessLog,
        ["envoy.access_loggers.fluentd"] = ProtoTypes.FluentdAccessLog,
        ["envoy.access_loggers.wasm"] = ProtoTypes.WasmAccessLog,
        ["envoy.access_loggers.stats"] = ProtoTypes.StatsAccessLog,
        ["envoy.access_loggers.dynamic_modules"] = ProtoTypes.DynamicModuleAccessLog,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static void Check(LintPass pass)
    {
        foreach (var log in pass.Logs)
        {
            if (TypeOf.TryGetValue(log.Name, out var type) && type != log.Type && ProtoTypes.Loggers.Contains(log.Type))
            {
                pass.Add(
                    LintRules.NameOfAnotherType, log.Field["name"]!,
                    $"The name {log.Name} is that of {Short(type)}, but the @type is {Short(log.Type)}. Envoy goes by the @type.",
                    TypeOf.FirstOrDefault(each => each.Value == log.Type && each.Key.StartsWith("envoy.access_loggers.", StringComparison.Ordinal)).Key is { } name
                        ? $"Use the name {name}, or the @type type.googleapis.com/{type}."
                        : LintRules.NameOfAnotherType.Fix);
            }
        }
    }

    private static string Short(string type) => ProtoTypes.Find(type)!.ShortName;
}
