using System.Collections.Frozen;

namespace AccessLogWebhook.Policy.Linting.Protos;

/// <summary>Types of Envoy's v2 API, which ended with Envoy 1.18. Source: <c>previous_message_type</c> in envoyproxy/data-plane-api.</summary>
internal static class OldTypes
{
    private static readonly FrozenDictionary<string, string> Successors = new Dictionary<string, string>
    {
        ["envoy.config.accesslog.v2.FileAccessLog"] = ProtoTypes.FileAccessLog,
        ["envoy.config.accesslog.v2.HttpGrpcAccessLogConfig"] = ProtoTypes.HttpGrpcAccessLog,
        ["envoy.config.accesslog.v2.TcpGrpcAccessLogConfig"] = ProtoTypes.TcpGrpcAccessLog,
        ["envoy.config.filter.network.http_connection_manager.v2.HttpConnectionManager"] = ProtoTypes.HttpConnectionManager,
        ["envoy.config.filter.network.tcp_proxy.v2.TcpProxy"] = ProtoTypes.TcpProxy,
        ["envoy.config.filter.http.router.v2.Router"] = ProtoTypes.Router,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static bool IsOld(string type) =>
        type.StartsWith("envoy.", StringComparison.Ordinal)
        && (type.Contains(".v2.", StringComparison.Ordinal) || type.Contains(".v2alpha.", StringComparison.Ordinal) || type.Contains(".v2alpha1.", StringComparison.Ordinal));

    /// <summary>The v3 type; null where it is not known.</summary>
    public static string? SuccessorOf(string type) => Successors.GetValueOrDefault(type);
}
