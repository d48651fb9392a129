using System.Text;
using System.Text.Json;
using AccessLogWebhook.Policy.Linting;
using AccessLogWebhook.Policy.Mesh;
using CsCheck;

namespace AccessLogWebhook.Policy.Tests.Linting;

/// <summary>Whatever the object is, there is an answer, and soon.</summary>
public sealed class TotalityProperties
{
    private static readonly string[] Words =
    [
        "spec", "configPatches", "applyTo", "match", "context", "listener", "filterChain", "filter", "name", "subFilter", "patch", "operation", "value", "typed_config", "typedConfig", "@type",
        "access_log", "accessLog", "upstream_log", "path", "log_format", "json_format", "text_format", "text_format_source", "inline_string", "formatters", "and_filter", "or_filter", "filters",
        "runtime_filter", "percent_sampled", "numerator", "status_code_filter", "comparison", "op", "default_value", "header_filter", "extension_filter", "expression", "response_flag_filter", "flags",
        "common_config", "grpc_service", "envoy_grpc", "cluster_name", "workloadSelector", "labels", "targetRefs", "targetRef", "group", "kind", "selector", "matchLabels", "accessLogging", "providers",
        "disabled", "mode", "proxy", "proxyVersion", "metadata", "annotations", "", "access_logs", "\\ud800",
    ];

    private static readonly string[] Texts =
    [
        "NETWORK_FILTER", "HTTP_FILTER", "LISTENER", "FILTER_CHAIN", "MERGE", "ADD", "REPLACE", "REMOVE", "MERGE_AND_REPLACE_LIST", "ANY", "GATEWAY", "WAYPOINT", "GE",
        "envoy.filters.network.http_connection_manager", "envoy.tcp_proxy", "envoy.filters.network.tcp_proxy", "/dev/stdout", "", "%REQ(AUTHORIZATION)%", "%START_TIME", "%REQ_WITHOUT_QUERY(:PATH)%\\n",
        "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager", "type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy",
        "type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog", "type.googleapis.com/envoy.extensions.access_loggers.open_telemetry.v3.OpenTelemetryAccessLogConfig",
        "type.googleapis.com/envoy.extensions.access_loggers.grpc.v3.HttpGrpcAccessLogConfig", "type.googleapis.com/envoy.config.accesslog.v2.FileAccessLog", "/", "Gateway", "GatewayClass",
        "gateway.networking.k8s.io", "istio-waypoint", "outbound|9000||a.b", "SERVER", "envoy", "\\udc00", "\\u0000",
    ];

    private static readonly Gen<string> Scalar = Gen.OneOf(
        Gen.OneOf(Texts).Select(text => $"\"{text}\""), Gen.OneOf("null", "true", "false", "0", "-1.5", "1e999", "400", "[]", "{}"));

    private static readonly Gen<string> Json = Gen.Recursive<string>((depth, self) => depth > 7 ? Scalar : Gen.Frequency(
        (3, Scalar),
        (2, self.List[0, 3].Select(items => $"[{string.Join(',', items)}]")),
        (6, Gen.Select(Gen.OneOf(Words), self).List[0, 5].Select(members => $"{{{string.Join(',', members.Select(member => $"\"{member.Item1}\":{member.Item2}"))}}}"))));

    [Fact]
    public void Any_spec_is_linted() => Gen.Select(Json, Gen.Bool).Sample(
        (spec, isFilter) =>
        {
            var kind = isFilter ? "\"networking.istio.io/v1alpha3\",\"kind\":\"EnvoyFilter\"" : "\"telemetry.istio.io/v1\",\"kind\":\"Telemetry\"";
            Lint($"{{\"apiVersion\":{kind},\"metadata\":{{\"name\":\"x\"}},\"spec\":{spec}}}");
        },
        iter: 5_000);

    [Fact]
    public void Any_value_of_a_patch_is_linted() => Gen.Select(Json, Json, Json).Sample(
        (value, entry, match) => Lint(
            """{"apiVersion":"networking.istio.io/v1alpha3","kind":"EnvoyFilter","spec":{"configPatches":[{"applyTo":"NETWORK_FILTER","match":MATCH,"patch":{"operation":"MERGE","value":VALUE}},PATCH]}}"""
                .Replace("MATCH", match, StringComparison.Ordinal).Replace("VALUE", value, StringComparison.Ordinal)
                .Replace("PATCH", Subjects.HttpConnectionManager.Replace("ENTRY", entry, StringComparison.Ordinal), StringComparison.Ordinal)),
        iter: 5_000);

    [Fact]
    public void Any_object_is_linted_or_is_no_subject() => Json.Sample(
        json =>
        {
            if (LintSubject.Read(JsonElement.Parse(json)) is { } subject)
            {
                Linter.Lint(subject, Subjects.Alone);
            }

            Linter.Lint(LintSubject.Read(LoggingResourceKind.Telemetry, JsonElement.Parse(json)), Subjects.Alone);
            Linter.Lint(LintSubject.Read(LoggingResourceKind.EnvoyFilter, JsonElement.Parse(json)), Subjects.Alone);
        },
        iter: 5_000);

    [Theory]
    [InlineData("{\"x\":")]
    [InlineData("[")]
    [InlineData("{\"typed_config\":{\"access_log\":[")]
    public void Nesting_as_deep_as_an_API_server_takes_it_is_linted(string level)
    {
        const int levels = 9_000;
        var closing = new string([.. level.Where(character => character is '{' or '[').Reverse().Select(character => character == '{' ? '}' : ']')]);
        var json = Subjects.HttpConnectionManager.Replace("ENTRY", string.Concat(Enumerable.Repeat(level, levels)) + "1" + string.Concat(Enumerable.Repeat(closing, levels)), StringComparison.Ordinal);
        var text = """{"apiVersion":"networking.istio.io/v1alpha3","kind":"EnvoyFilter","spec":{"configPatches":[PATCH]}}""".Replace("PATCH", json, StringComparison.Ordinal);

        Linter.Lint(LintSubject.Read(JsonElement.Parse(text, new JsonDocumentOptions { MaxDepth = 50_000 }))!, Subjects.Alone);
    }

    public static TheoryData<string, string> Megabytes() => new()
    {
        { "unknown fields", $"{{{Repeated(60_000, index => $"\"fieldd{index}\":1")}}}" },
        { "unknown types", Repeated(20_000, index => $"{{\"typed_config\":{{\"@type\":\"type.googleapis.com/envoy.extensions.access_loggers.fil{index}.v3.FileAccessLo\"}}}}") },
        { "bad formats", """{"typed_config":{"@type":"type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog","path":"x","log_format":{"json_format":{FORMAT}}}}""".Replace("FORMAT", Repeated(60_000, index => $"\"a{index}\":\"%RESPONS_CODE{index}%\""), StringComparison.Ordinal) },
        { "loggers", Repeated(5_000, _ => Subjects.Entry) },
        { "long keys", $"{{\"{new string('k', 500_000)}\":{{\"{new string('k', 500_000)}\":[{Repeated(60_000, _ => "{}")}]}}}}" },
        { "empty filters", $"{{\"filter\":{{\"and_filter\":{{\"filters\":[{Repeated(60_000, _ => "{}")}]}}}}}}" },
    };

    [Theory]
    [MemberData(nameof(Megabytes))]
    public void A_megabyte_of_faults_costs_no_more_than_its_length(string what, string entry)
    {
        var subject = Subjects.Filter(entry: entry);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var findings = Linter.Lint(subject, Subjects.Alone);

        // Memory, since time is another on every machine: a text for each fault, or a path for each value, would be its length squared.
        var allocated = (GC.GetAllocatedBytesForCurrentThread() - before) / entry.Length;
        Assert.True(allocated < 3_000, $"{what}: {allocated} bytes for each of the object's");
        Assert.InRange(findings.Length, 1, 200);
    }

    private static string Repeated(int count, Func<int, string> item) => new StringBuilder().AppendJoin(',', Enumerable.Range(0, count).Select(item)).ToString();

    private static void Lint(string json)
    {
        var subject = LintSubject.Read(JsonElement.Parse(json), "istio-system")!;
        var findings = Linter.Lint(subject, Subjects.WithPods(("shop", "a", LabelSet.Of(("a", "b")))) with { Others = [Subjects.Filter(), Subjects.Telemetry("""{"accessLogging":[{}]}"""), subject] });
        if (!Linter.TouchesAccessLogs(subject))
        {
            Assert.Empty(findings);
        }

        Assert.All(findings, finding => Assert.NotEqual("", finding.Path));
    }
}
