using System.Collections.Frozen;
using System.Collections.Immutable;

namespace AccessLogWebhook.Policy.Linting.Protos;

/// <summary>The messages that are known, and how their names stand in an <c>@type</c>.</summary>
internal static class ProtoTypes
{
    public const string AccessLog = "envoy.config.accesslog.v3.AccessLog";
    public const string FileAccessLog = "envoy.extensions.access_loggers.file.v3.FileAccessLog";
    public const string StdoutAccessLog = "envoy.extensions.access_loggers.stream.v3.StdoutAccessLog";
    public const string StderrAccessLog = "envoy.extensions.access_loggers.stream.v3.StderrAccessLog";
    public const string HttpGrpcAccessLog = "envoy.extensions.access_loggers.grpc.v3.HttpGrpcAccessLogConfig";
    public const string TcpGrpcAccessLog = "envoy.extensions.access_loggers.grpc.v3.TcpGrpcAccessLogConfig";
    public const string OpenTelemetryAccessLog = "envoy.extensions.access_loggers.open_telemetry.v3.OpenTelemetryAccessLogConfig";
    public const string FluentdAccessLog = "envoy.extensions.access_loggers.fluentd.v3.FluentdAccessLogConfig";
    public const string WasmAccessLog = "envoy.extensions.access_loggers.wasm.v3.WasmAccessLog";
    public const string StatsAccessLog = "envoy.extensions.access_loggers.stats.v3.Config";
    public const string DynamicModuleAccessLog = "envoy.extensions.access_loggers.dynamic_modules.v3.DynamicModuleAccessLog";
    public const string HttpConnectionManager = "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";
    public const string TcpProxy = "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy";
    public const string Router = "envoy.extensions.filters.http.router.v3.Router";
    public const string Listener = "envoy.config.listener.v3.Listener";
    public const string Filter = "envoy.config.listener.v3.Filter";
    public const string HttpFilter = "envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter";
    public const string ListenerFilter = "envoy.config.listener.v3.ListenerFilter";
    public const string FilterChain = "envoy.config.listener.v3.FilterChain";
    public const string Bootstrap = "envoy.config.bootstrap.v3.Bootstrap";
    public const string EnvoyFilterSpec = "EnvoyFilter.spec";
    public const string ConfigPatch = "EnvoyFilter.spec.configPatches";
    public const string TelemetrySpec = "Telemetry.spec";

    private static readonly FrozenDictionary<string, ProtoMessage> All =
        AccessLogMessages.All.Concat(ListenerMessages.All).Concat(IstioMessages.All).ToFrozenDictionary(message => message.Name, StringComparer.Ordinal);

    /// <summary>The types that <c>typed_config</c> of an access log may have; Envoys with extensions of their own have more.</summary>
    public static ImmutableArray<string> Loggers { get; } =
    [
        FileAccessLog, StdoutAccessLog, StderrAccessLog, HttpGrpcAccessLog, TcpGrpcAccessLog, OpenTelemetryAccessLog, FluentdAccessLog, WasmAccessLog, StatsAccessLog,
        DynamicModuleAccessLog,
    ];

    /// <summary>The names of all types that an <c>@type</c> may name.</summary>
    public static IEnumerable<string> Names => All.Keys.Where(name => name.StartsWith("envoy.", StringComparison.Ordinal));

    /// <summary>Null for a message whose fields are not known.</summary>
    public static ProtoMessage? Find(string name) => All.GetValueOrDefault(name);

    /// <summary>The name of the message that an <c>@type</c> names: what comes after the last slash, as parsers take it.</summary>
    public static string NameIn(string typeUrl) => typeUrl[(typeUrl.LastIndexOf('/') + 1)..];

    /// <summary>What a patch's value is, by the applyTo; null where it is nothing that access logs are in. Source: Istio's <c>pkg/config/xds/xds.go</c>.</summary>
    public static string? RootOf(string applyTo) => applyTo switch
    {
        "LISTENER" => Listener,
        "FILTER_CHAIN" => FilterChain,
        "NETWORK_FILTER" => Filter,
        "HTTP_FILTER" => HttpFilter,
        "LISTENER_FILTER" => ListenerFilter,
        "BOOTSTRAP" => Bootstrap,
        _ => null,
    };
}
