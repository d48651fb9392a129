using System.Collections.Immutable;
using static AccessLogWebhook.Policy.Linting.Protos.ProtoBuilding;

namespace AccessLogWebhook.Policy.Linting.Protos;

/// <summary>
/// Access logs, their filters and sinks, with what Envoy requires of them (<c>validate.rules</c>). Sources, in envoyproxy/data-plane-api:
/// <c>envoy/config/accesslog/v3/accesslog.proto</c>, <c>envoy/extensions/access_loggers</c>,
/// <c>envoy/config/core/v3/substitution_format_string.proto</c>, <c>base.proto</c>, <c>grpc_service.proto</c>.
/// </summary>
internal static class AccessLogMessages
{
    public const string AccessLogFilter = "envoy.config.accesslog.v3.AccessLogFilter";
    public const string SubstitutionFormat = "envoy.config.core.v3.SubstitutionFormatString";
    private const string ComparisonFilter = "envoy.config.accesslog.v3.ComparisonFilter";
    private const string StatusCodeFilter = "envoy.config.accesslog.v3.StatusCodeFilter";
    private const string DurationFilter = "envoy.config.accesslog.v3.DurationFilter";
    private const string NotHealthCheckFilter = "envoy.config.accesslog.v3.NotHealthCheckFilter";
    private const string TraceableFilter = "envoy.config.accesslog.v3.TraceableFilter";
    private const string RuntimeFilter = "envoy.config.accesslog.v3.RuntimeFilter";
    private const string AndFilter = "envoy.config.accesslog.v3.AndFilter";
    private const string OrFilter = "envoy.config.accesslog.v3.OrFilter";
    private const string HeaderFilter = "envoy.config.accesslog.v3.HeaderFilter";
    private const string ResponseFlagFilter = "envoy.config.accesslog.v3.ResponseFlagFilter";
    private const string GrpcStatusFilter = "envoy.config.accesslog.v3.GrpcStatusFilter";
    private const string ExtensionFilter = "envoy.config.accesslog.v3.ExtensionFilter";
    private const string MetadataFilter = "envoy.config.accesslog.v3.MetadataFilter";
    private const string LogTypeFilter = "envoy.config.accesslog.v3.LogTypeFilter";
    private const string ExpressionFilter = "envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter";
    private const string CommonGrpc = "envoy.extensions.access_loggers.grpc.v3.CommonGrpcAccessLogConfig";
    private const string GrpcService = "envoy.config.core.v3.GrpcService";
    private const string EnvoyGrpc = "envoy.config.core.v3.GrpcService.EnvoyGrpc";
    private const string RuntimeNumber = "envoy.config.core.v3.RuntimeUInt32";
    private const string FractionalPercent = "envoy.type.v3.FractionalPercent";
    private const string ExtensionConfig = "envoy.config.core.v3.TypedExtensionConfig";
    private const string JsonOptions = "envoy.config.core.v3.JsonFormatOptions";
    private const string DataSource = "envoy.config.core.v3.DataSource";

    private static readonly string[] ResponseFlags =
    [
        "LH", "UH", "UT", "LR", "UR", "UF", "UC", "UO", "NR", "DI", "FI", "RL", "UAEX", "RLSE", "DC", "URX", "SI", "IH", "DPE", "UMSDR", "RFCF", "NFCF", "DT",
        "UPE", "NC", "OM", "DF", "DO", "DR", "UDO",
    ];

    public static ImmutableArray<ProtoMessage> All { get; } =
    [
        new(ProtoTypes.AccessLog, [Text("name"), Message("filter", AccessLogFilter), Any("typed_config")]),
        .. Filters(),
        .. Sinks(),
        new(SubstitutionFormat,
        [
            Text("text_format").In("format"), Unchecked("json_format").In("format"), Message("text_format_source", DataSource).In("format"),
            Flag("omit_empty_values"), Text("content_type"), Message("formatters", ExtensionConfig).List(), Message("json_format_options", JsonOptions),
        ])
        { OneRequired = [["text_format", "json_format", "text_format_source"]] },
        new(JsonOptions, [Flag("sort_properties")]),
        new(DataSource,
        [
            Text("filename").In("specifier"), Text("inline_bytes").In("specifier"), Text("inline_string").In("specifier"), Text("environment_variable").In("specifier"),
            Unchecked("watched_directory"),
        ])
        { OneRequired = [["filename", "inline_bytes", "inline_string", "environment_variable"]] },
        new(ExtensionConfig, [Text("name").Required(), Any("typed_config").Required()]),
        new(RuntimeNumber, [Number("default_value"), Text("runtime_key")]),
        new(FractionalPercent, [Number("numerator"), Choice("denominator", "HUNDRED", "TEN_THOUSAND", "MILLION")]),
        new(GrpcService,
        [
            Message("envoy_grpc", EnvoyGrpc).In("target_specifier"), Unchecked("google_grpc").In("target_specifier"), Text("timeout"), Unchecked("initial_metadata"),
            Unchecked("retry_policy"),
        ])
        { OneRequired = [["envoy_grpc", "google_grpc"]] },
        new(EnvoyGrpc,
            [Text("cluster_name").Required(), Text("authority"), Unchecked("retry_policy"), Unchecked("max_receive_message_length"), Flag("skip_envoy_headers")]),
    ];

    private static ImmutableArray<ProtoMessage> Filters() =>
    [
        // A filter without a specifier is a rule of its own.
        new(AccessLogFilter,
        [
            .. new[]
            {
                Message("status_code_filter", StatusCodeFilter), Message("duration_filter", DurationFilter), Message("not_health_check_filter", NotHealthCheckFilter),
                Message("traceable_filter", TraceableFilter), Message("runtime_filter", RuntimeFilter), Message("and_filter", AndFilter), Message("or_filter", OrFilter),
                Message("header_filter", HeaderFilter), Message("response_flag_filter", ResponseFlagFilter), Message("grpc_status_filter", GrpcStatusFilter),
                Message("extension_filter", ExtensionFilter), Message("metadata_filter", MetadataFilter), Message("log_type_filter", LogTypeFilter),
            }.Select(field => field.In("filter_specifier")),
        ]),
        new(ComparisonFilter, [Choice("op", "EQ", "GE", "LE", "NE"), Message("value", RuntimeNumber).Required()]),
        new(StatusCodeFilter, [Message("comparison", ComparisonFilter).Required()]),
        new(DurationFilter, [Message("comparison", ComparisonFilter).Required()]),
        new(NotHealthCheckFilter, []),
        new(TraceableFilter, []),
        new(RuntimeFilter, [Text("runtime_key").Required(), Message("percent_sampled", FractionalPercent), Flag("use_independent_randomness")]),
        new(AndFilter, [Message("filters", AccessLogFilter).List(atLeast: 2)]),
        new(OrFilter, [Message("filters", AccessLogFilter).List(atLeast: 2)]),
        new(HeaderFilter, [Unchecked("header").Required()]),
        new(ResponseFlagFilter, [Choice("flags", ResponseFlags).List()]),
        new(GrpcStatusFilter,
        [
            Choice("statuses", "OK", "CANCELED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED").List(),
            Flag("exclude"),
        ]),
        new(ExtensionFilter, [Text("name"), Any("typed_config")]),
        new(MetadataFilter, [Unchecked("matcher"), Flag("match_if_key_not_found")]),
        new(LogTypeFilter,
        [
            Choice("types", "NotSet", "TcpUpstreamConnected", "TcpPeriodic", "TcpConnectionStart", "TcpConnectionEnd", "DownstreamStart", "DownstreamPeriodic", "DownstreamEnd", "UpstreamPoolReady", "UpstreamPeriodic", "UpstreamEnd", "DownstreamTunnelSuccessfullyEstablished", "UdpTunnelUpstreamConnected", "UdpPeriodic", "UdpSessionEnd").List(),
            Flag("exclude"),
        ]),
        new(ExpressionFilter, [Text("expression"), Unchecked("cel_config")]),
    ];

    private static ImmutableArray<ProtoMessage> Sinks() =>
    [
        // The path is a rule of its own.
        new(ProtoTypes.FileAccessLog,
        [
            Text("path"), Text("format").In("access_log_format"), Unchecked("json_format").In("access_log_format"),
            Unchecked("typed_json_format").In("access_log_format"), Message("log_format", SubstitutionFormat).In("access_log_format"),
        ]),
        new(ProtoTypes.StdoutAccessLog, [Message("log_format", SubstitutionFormat)]),
        new(ProtoTypes.StderrAccessLog, [Message("log_format", SubstitutionFormat)]),
        new(ProtoTypes.HttpGrpcAccessLog,
        [
            Message("common_config", CommonGrpc).Required(), Text("additional_request_headers_to_log").List(), Text("additional_response_headers_to_log").List(),
            Text("additional_response_trailers_to_log").List(),
        ]),
        new(ProtoTypes.TcpGrpcAccessLog, [Message("common_config", CommonGrpc).Required()]),
        new(CommonGrpc,
        [
            Text("log_name").Required(), Message("grpc_service", GrpcService).Required(), Choice("transport_api_version", "AUTO", "V2", "V3"),
            Text("buffer_flush_interval"), Number("buffer_size_bytes"), Text("filter_state_objects_to_log").List(), Unchecked("grpc_stream_retry_policy"),
            Unchecked("custom_tags"),
        ]),
        new(ProtoTypes.OpenTelemetryAccessLog,
        [
            Message("common_config", CommonGrpc), Unchecked("http_service"), Message("grpc_service", GrpcService), Flag("disable_builtin_labels"),
            Unchecked("resource_attributes"), Unchecked("body"), Unchecked("attributes"), Text("stat_prefix"), Message("formatters", ExtensionConfig).List(),
            Text("log_name"), Text("buffer_flush_interval"), Number("buffer_size_bytes"), Text("filter_state_objects_to_log").List(), Unchecked("custom_tags"),
        ])
        { OneRequired = [["grpc_service", "http_service", "common_config"]] },
        new(ProtoTypes.FluentdAccessLog,
        [
            Text("cluster").Required(), Text("tag").Required(), Text("stat_prefix").Required(), Text("buffer_flush_interval"), Number("buffer_size_bytes"),
            Unchecked("record").Required(), Unchecked("retry_options"), Message("formatters", ExtensionConfig).List(),
        ]),
        new(ProtoTypes.WasmAccessLog, [Unchecked("config")]),
        new(ProtoTypes.StatsAccessLog, [Text("stat_prefix").Required(), Unchecked("histograms"), Unchecked("counters")]),
        new(ProtoTypes.DynamicModuleAccessLog, [Unchecked("dynamic_module_config").Required(), Text("logger_name"), Any("logger_config")]),
    ];
}
