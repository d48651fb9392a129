using AccessLogWebhook.Policy.Linting.Protos;

namespace AccessLogWebhook.Policy.Linting.EnvoyFilters;

/// <summary>A network filter in which Istio puts access logs: its name, its name before Envoy 1.14, its type.</summary>
internal sealed record LoggingFilter(string Name, string OldName, string Type, string Title);

/// <summary>Sources: Istio's <c>pilot/pkg/networking/core/accesslog.go</c>, <c>pkg/wellknown/wellknown.go</c> and <c>pkg/config/xds/deprecated.go</c>.</summary>
internal static class LoggingFilters
{
    private static readonly LoggingFilter[] All =
    [
        new("envoy.filters.network.http_connection_manager", "envoy.http_connection_manager", ProtoTypes.HttpConnectionManager, "HTTP connection manager"),
        new("envoy.filters.network.tcp_proxy", "envoy.tcp_proxy", ProtoTypes.TcpProxy, "TCP proxy"),
    ];

    /// <summary>The filter of that name, new or old.</summary>
    public static LoggingFilter? Find(string name) => Array.Find(All, filter => filter.Name == name || filter.OldName == name);

    public static LoggingFilter? OfType(string type) => Array.Find(All, filter => filter.Type == type);
}
