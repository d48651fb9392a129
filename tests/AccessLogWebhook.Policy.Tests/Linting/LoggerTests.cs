using AccessLogWebhook.Policy.Linting;

namespace AccessLogWebhook.Policy.Tests.Linting;

/// <summary>What an access log's own fields lead to, beside the examples of <c>tests/LintFixtures</c>.</summary>
public sealed class LoggerTests
{
    private const string File = "\"@type\":\"type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog\",\"path\":\"/dev/stdout\"";
    private const string Tcp = "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy";
    private const string Never = """{"runtime_filter":{"runtime_key":"k","percent_sampled":{"numerator":"0"}}}""";
    private const string Sometimes = """{"duration_filter":{"comparison":{"op":"GE","value":{"default_value":"500"}}}}""";

    [Theory]
    [InlineData("""{"and_filter":{"filters":[NEVER,SOMETIMES]}}""", "AL030")]
    [InlineData("""{"or_filter":{"filters":[NEVER,SOMETIMES]}}""", "")]
    [InlineData("""{"orFilter":{"filters":[NEVER,NEVER]}}""", "AL030")]
    [InlineData("""{"runtimeFilter":{"runtimeKey":"k","percentSampled":{"numerator":1}}}""", "")]
    [InlineData("""{"and_filter":{"filters":[{},SOMETIMES]}}""", "AL025")]
    [InlineData("""{"status_code_filtr":{}}""", "AL025 AL019")]
    [InlineData("""{"quantum_filter":{}}""", "AL019")]
    [InlineData("""{"status_code_filter":null}""", "AL025")]
    [InlineData("""{"duration_filter":{},"traceable_filter":{}}""", "AL022 AL021")]
    public void Filters(string filter, string ids) => Assert.Equal(
        ids,
        Subjects.Ids(Subjects.Filter(entry: $$"""{"filter":{{filter.Replace("NEVER", Never, StringComparison.Ordinal).Replace("SOMETIMES", Sometimes, StringComparison.Ordinal)}},"typed_config":{{{File}}} }""")));

    [Theory]
    [InlineData("""{"header_filter":{"header":{"name":"x"}}}""", true)]
    [InlineData("""{"header_filter":{"header":{"name":"x","invert_match":true}}}""", false)]
    [InlineData("""{"status_code_filter":{"comparison":{"op":"LE","value":{"default_value":400}}}}""", false)]
    [InlineData("""{"status_code_filter":{"comparison":{"op":"GE","value":{"default_value":0}}}}""", false)]
    [InlineData("""{"status_code_filter":{"comparison":{"value":{"default_value":503}}}}""", true)]
    [InlineData("""{"extension_filter":{"name":"x","typed_config":{"@type":"type.googleapis.com/envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter","expression":"response.code >= 400"}}}""", true)]
    [InlineData("""{"extension_filter":{"name":"x","typed_config":{"@type":"type.googleapis.com/envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter","expression":"connection.mtls || response.code >= 400"}}}""", false)]
    [InlineData("""{"extension_filter":{"name":"x","typed_config":{"@type":"type.googleapis.com/envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter","expression":"response.flags > 0"}}}""", false)]
    public void A_filter_on_requests_lets_no_connection_pass(string filter, bool blocks)
    {
        var entry = $$"""{"filter":{{filter}},"typed_config":{{{File}}} }""";

        Assert.Equal(blocks ? "AL029" : "", Subjects.Ids(OfConnections(entry)));
        Assert.Equal("", Subjects.Ids(Subjects.Filter(entry: entry)));
    }

    [Fact]
    public void Formats_are_found_wherever_a_logger_has_them()
    {
        const string otel = "\"@type\":\"type.googleapis.com/envoy.extensions.access_loggers.open_telemetry.v3.OpenTelemetryAccessLogConfig\",\"grpc_service\":{\"envoy_grpc\":{\"cluster_name\":\"c\"}}";

        Assert.Equal("AL035 AL035", Ids($$"""{{{otel}},"body":{"string_value":"%A%"},"attributes":{"values":[{"key":"%KEY","value":{"string_value":"%B%"} }]} }"""));
        Assert.Equal("AL036", Ids($$"""{{{otel}},"body":{"stringValue":"%REQ_WITHOUT_QUERY(:PATH)%"} }"""));
        Assert.Equal("", Ids($$"""{{{otel}},"body":{"stringValue":"%REQ_WITHOUT_QUERY(:PATH)%"},"formatters":[{"name":"x","typedConfig":{"@type":"type.googleapis.com/envoy.extensions.formatter.req_without_query.v3.ReqWithoutQuery"} }] }"""));
        Assert.Equal("AL035", Ids("""{"@type":"type.googleapis.com/envoy.extensions.access_loggers.fluentd.v3.FluentdAccessLogConfig","cluster":"c","tag":"t","stat_prefix":"s","record":{"a":{"b":["%"]}}}"""));
        Assert.Equal("AL035", Ids("""{"@type":"type.googleapis.com/envoy.extensions.access_loggers.stream.v3.StderrAccessLog","logFormat":{"jsonFormat":{"a":"%A%"}}}"""));
        Assert.Equal("AL026 AL035", Ids($$"""{{{File}},"typed_json_format":{"a":"%A%"} }"""));
        Assert.Equal("", Ids($$"""{{{File}},"log_format":{"text_format_source":{"filename":"/etc/format"} } }"""));
    }

    [Fact]
    public void An_operator_that_an_unknown_formatter_may_bring_is_let_be()
    {
        const string own = ",\"formatters\":[{\"name\":\"x\",\"typed_config\":{\"@type\":\"type.googleapis.com/example.Formatter\"}}]";

        Assert.Equal("AL035", Ids($$"""{{{File}},"log_format":{"json_format":{"a":"%OWN_THING%"} } }"""));
        Assert.Equal("", Ids($$"""{{{File}},"log_format":{"json_format":{"a":"%OWN_THING%"}{{own}}} }"""));
        Assert.Equal("AL035", Ids($$"""{{{File}},"log_format":{"json_format":{"a":"%OWN_THING"}{{own}}} }"""));
    }

    [Fact]
    public void What_prints_nothing_gives_nothing_away()
    {
        var entry = $$"""{"typed_config":{{{File}},"log_format":{"json_format":{"a":"%REQ(AUTHORIZATION)%"} } } }""";

        Assert.Equal("AL038", Subjects.Ids(Subjects.Filter(entry: entry)));
        Assert.Equal("AL037", Subjects.Ids(OfConnections(entry)));
    }

    [Theory]
    [InlineData("""{"name":"x","typed_config":{"@type":"type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog","path":"/dev/stdout","logFormat":null,"log_format":{"json_format":{}}}}""", "")]
    [InlineData("""{"name":"x","typed_config":{"@type":"type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog","path":"/dev/stdout","logFormat":{"json_format":{}},"log_format":{"json_format":{}}}}""", "AL021")]
    [InlineData("""{"name":7,"typed_config":[]}""", "AL020 AL020")]
    [InlineData("""{"name":"x","typed_config":{}}""", "AL017")]
    [InlineData("""{"name":"x","typed_config":{"@type":"type.googleapis.com/envoy.config.accesslog.v3.AccessLog"}}""", "AL017")]
    [InlineData("""{"name":"x","config":{"path":"/dev/stdout"}}""", "AL017 AL019")]
    [InlineData("""{"name":"x","typed_config":{"@type":"envoy.extensions.access_loggers.stream.v3.StdoutAccessLog"}}""", "")]
    public void Messages(string entry, string ids) => Assert.Equal(ids, Subjects.Ids(Subjects.Filter(entry: entry)));

    [Fact]
    public void The_way_to_a_misplaced_field_is_told()
    {
        Assert.Equal("Put it into typed_config.", Fix(Subjects.HttpConnectionManager.Replace("\"typed_config\"", "\"access_log\":[],\"typed_config\"", StringComparison.Ordinal).Replace("ENTRY", Subjects.Entry, StringComparison.Ordinal)));
        Assert.Equal("Write accessLog.", Fix(Subjects.HttpConnectionManager.Replace("\"access_log\"", "\"accessLogs\"", StringComparison.Ordinal).Replace("ENTRY", Subjects.Entry, StringComparison.Ordinal)));
        Assert.Equal("Use typed_config, with an @type.", Fix(Subjects.HttpConnectionManager.Replace("ENTRY", """{"typed_config":{"@type":"x"},"config":{}}""", StringComparison.Ordinal)));
    }

    private static string Fix(string patch) => Linter.Lint(
        Subjects.Read("""{"apiVersion":"networking.istio.io/v1alpha3","kind":"EnvoyFilter","spec":{"configPatches":[PATCH]}}""".Replace("PATCH", patch, StringComparison.Ordinal)), Subjects.Alone)
        .Single(finding => finding.Rule == LintRules.UnknownField).Fix;

    private static string Ids(string config) => Subjects.Ids(Subjects.Filter(entry: $$"""{"typed_config":{{config}} }"""));

    private static LintSubject OfConnections(string entry) => Subjects.Read(
        """{"apiVersion":"networking.istio.io/v1alpha3","kind":"EnvoyFilter","metadata":{"name":"own","namespace":"shop"},"spec":{"configPatches":[PATCH]}}"""
            .Replace("PATCH", Subjects.HttpConnectionManager, StringComparison.Ordinal)
            .Replace("envoy.filters.network.http_connection_manager", "envoy.filters.network.tcp_proxy", StringComparison.Ordinal)
            .Replace("envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager", Tcp, StringComparison.Ordinal)
            .Replace("ENTRY", entry, StringComparison.Ordinal));
}
