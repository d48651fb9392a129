using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json.Nodes;
using AccessLogWebhook.Policy.Formats;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;

namespace AccessLogWebhook.Policy.Rendering;

/// <summary>
/// A profile's format and output as an <c>envoy.config.accesslog.v3.AccessLog</c>. Buffers and intervals are left to Envoy's defaults.
/// </summary>
internal sealed class AccessLoggers(ProfileLogging logging)
{
    /// <summary>Of requests.</summary>
    public JsonObject Http(JsonObject? filter) => logging.Output is LogOutput.Grpc grpc ? HttpGrpc(grpc, filter) : Formatted(filter);

    /// <summary>Of connections: those of the TCP proxy, and those that a listener logs itself.</summary>
    public JsonObject Tcp(JsonObject? filter) => logging.Output is LogOutput.Grpc grpc ? TcpGrpc(grpc, filter) : Formatted(filter);

    private JsonObject Formatted(JsonObject? filter) => logging.Output switch
    {
        LogOutput.File file => AccessLog("envoy.access_loggers.file", filter, EnvoyTypes.Any(EnvoyTypes.FileAccessLog, ("path", file.Path), ("log_format", LogFormat()))),
        LogOutput.OpenTelemetry collector => AccessLog("envoy.access_loggers.open_telemetry", filter, OpenTelemetry(collector)),
        _ => throw new UnreachableException(),
    };

    private JsonObject LogFormat() => logging.Format switch
    {
        LogFormat.Json json => EnvoyTypes.Message(
            ("json_format", FormatJson.Struct(json.Format.Value)),
            // As istiod has it; its default, and without effect since Envoy sorts always.
            ("json_format_options", new JsonObject { ["sort_properties"] = false }),
            ("formatters", Formatters())),
        LogFormat.Text text => EnvoyTypes.Message(
            ("text_format_source", new JsonObject { ["inline_string"] = FormatJson.LineWithBreak(text) }), ("formatters", Formatters())),
        _ => throw new UnreachableException(),
    };

    /// <summary>
    /// By <c>common_config</c>, as istiod has it: Envoy deprecates it for fields that proxies before 1.37 do not know.
    /// </summary>
    private JsonObject OpenTelemetry(LogOutput.OpenTelemetry collector) => EnvoyTypes.Any(
        EnvoyTypes.OpenTelemetryAccessLog,
        ("common_config", CommonConfig(collector.Service, collector.LogName, [])),
        ("disable_builtin_labels", collector.DisableBuiltinLabels is true ? true : null),
        ("resource_attributes", collector.ResourceAttributes.Count > 0 ? Attributes(collector.ResourceAttributes) : null),
        ("body", logging.Format is LogFormat.Text text ? new JsonObject { ["string_value"] = FormatJson.LineWithoutBreak(text) } : null),
        ("attributes", logging.Format is LogFormat.Json json ? FormatJson.KeyValueList(json.Format.Value) : null),
        ("formatters", Formatters()));

    private static JsonObject HttpGrpc(LogOutput.Grpc server, JsonObject? filter) => AccessLog(
        "envoy.access_loggers.http_grpc",
        filter,
        EnvoyTypes.Any(
            EnvoyTypes.HttpGrpcAccessLog,
            ("common_config", CommonConfig(server.Service, server.LogName, server.FilterStateObjects)),
            ("additional_request_headers_to_log", List(server.RequestHeaders)),
            ("additional_response_headers_to_log", List(server.ResponseHeaders)),
            ("additional_response_trailers_to_log", List(server.ResponseTrailers))));

    private static JsonObject TcpGrpc(LogOutput.Grpc server, JsonObject? filter) => AccessLog(
        "envoy.access_loggers.tcp_grpc",
        filter,
        EnvoyTypes.Any(EnvoyTypes.TcpGrpcAccessLog, ("common_config", CommonConfig(server.Service, server.LogName, server.FilterStateObjects))));

    private static JsonObject CommonConfig(ServicePort service, string logName, ImmutableArray<string> filterStateObjects) => EnvoyTypes.Message(
        ("log_name", logName),
        ("grpc_service", new JsonObject { ["envoy_grpc"] = new JsonObject { ["cluster_name"] = service.ClusterName, ["authority"] = service.Host } }),
        ("transport_api_version", "V3"),
        ("filter_state_objects_to_log", List(filterStateObjects)));

    private static JsonObject AccessLog(string name, JsonObject? filter, JsonObject configuration) =>
        EnvoyTypes.Message(("name", name), ("filter", filter), ("typed_config", configuration));

    private JsonArray? Formatters()
    {
        var needed = Needed();
        return needed.IsEmpty
            ? null
            : new JsonArray([.. needed.Select(formatter => new JsonObject { ["name"] = formatter.Name, ["typed_config"] = new JsonObject { ["@type"] = formatter.TypeUrl } })]);
    }

    private ImmutableArray<FormatterExtension> Needed() => logging.Format switch
    {
        LogFormat.Json json => RequiredFormatters.Of(json.Format.Value),
        LogFormat.Text text => RequiredFormatters.Of(text.Line),
        _ => [],
    };

    private static JsonObject Attributes(LabelSet attributes) => new()
    {
        ["values"] = new JsonArray([.. attributes.Select(one => new JsonObject { ["key"] = one.Key, ["value"] = new JsonObject { ["string_value"] = one.Value } })]),
    };

    private static JsonArray? List(ImmutableArray<string> items) => items.IsEmpty ? null : new JsonArray([.. items.Select(item => JsonValue.Create(item))]);
}
