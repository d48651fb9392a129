using AccessLogWebhook.Policy.Linting;

namespace AccessLogWebhook.Policy.Tests.Linting;

/// <summary>What has nothing to do with access logs is nobody's to judge here.</summary>
public sealed class TouchesAccessLogsTests
{
    private const string Head = """{"apiVersion":"networking.istio.io/v1alpha3","kind":"EnvoyFilter","metadata":{"name":"x","namespace":"shop"},"spec":{"workloadSelector":{"labels":{}},"configPatches":[""";

    [Theory]
    [InlineData("""{"applyTo":"HTTP_FILTER","match":{"context":"WAYPOINT"},"patch":{"operation":"INSERT_BEFORE","value":{"name":"envoy.lua","typed_config":{"@type":"type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua","inlineCode":"access_log"}}}}""")]
    [InlineData("""{"applyTo":"NETWORK_FILTER","match":{"listener":{}},"patch":{"operation":"MERGE","value":{"typed_config":{"@type":"type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager","server_name":"x","access_log_options":{"flush_access_log_on_new_request":true}}}}}""")]
    [InlineData("""{"applyTo":"NETWORK_FILTER","match":{"listener":{"filterChain":{"filter":{"name":"envoy.filters.network.redis_proxy"}}}},"patch":{"operation":"REMOVE"}}""")]
    [InlineData("""{"applyTo":"CLUSTER","patch":{"operation":"NONSENSE"}}""")]
    [InlineData("null")]
    public void Other_patches_are_not_judged(string patch)
    {
        var subject = Subjects.Read($"{Head}{patch}]}}}}");

        Assert.False(Linter.TouchesAccessLogs(subject));
        Assert.Empty(Linter.Lint(subject, Subjects.Alone));
    }

    [Theory]
    [InlineData("""{"applyTo":"LISTENER","patch":{"operation":"MERGE","value":{"access_log":[]}}}""")]
    [InlineData("""{"applyTo":"NETWORK_FILTER","patch":{"operation":"MERGE","value":{"typedConfig":{"accessLogs":[{}]}}}}""")]
    [InlineData("""{"applyTo":"LISTENER","patch":{"operation":"ADD","value":{"filterChains":[{"filters":[{"typedConfig":{"accessLog":[{"name":"x"}]}}]}]}}}""")]
    [InlineData("""{"applyTo":"HTTP_FILTER","patch":{"operation":"MERGE","value":{"typed_config":{"@type":"type.googleapis.com/envoy.extensions.filters.http.router.v3.Router","upstream_log":[{"name":"x"}]}}}}""")]
    [InlineData("""{"applyTo":"NETWORK_FILTER","match":{"listener":{"filterChain":{"filter":{"name":"envoy.filters.network.tcp_proxy"}}}},"patch":{"operation":"REMOVE"}}""")]
    [InlineData("""{"applyTo":"EXTENSION_CONFIG","patch":{"operation":"ADD","value":{"name":"x","typed_config":{"@type":"type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog"}}}}""")]
    public void A_patch_that_adds_a_logger_or_removes_one_is(string patch) =>
        Assert.True(Linter.TouchesAccessLogs(Subjects.Read($"{Head}{patch}]}}}}")));

    [Fact]
    public void A_patch_beside_one_that_logs_is_judged_only_where_it_takes_the_log_away()
    {
        var subject = Subjects.Read(
            $$"""
            {{Head}}
            {"applyTo":"CLUSTER","patch":{"operation":"NONSENSE"} },
            {"applyTo":"HTTP_FILTER","match":{"listener":{"filterChain":{"filter":{"name":"envoy.filters.network.http_connection_manager"} } } },"patch":{"operation":"MERGE","value":{"typed_config":{"@type":"type.googleapis.com/x.Y"} } } },
            {{Subjects.HttpConnectionManager.Replace("ENTRY", Subjects.Entry, StringComparison.Ordinal)}}]} }
            """);

        Assert.Equal(["AL041", "AL004"], Linter.Lint(subject, Subjects.Alone).Select(finding => finding.Rule.Id));
    }

    [Fact]
    public void A_Telemetry_is_judged_where_it_says_something_of_access_logs()
    {
        Assert.False(Linter.TouchesAccessLogs(Subjects.Telemetry("""{"selector":{},"metrics":[{}]}""")));
        Assert.True(Linter.TouchesAccessLogs(Subjects.Telemetry("""{"accessLogging":[]}""")));
        Assert.True(Linter.TouchesAccessLogs(Subjects.Telemetry("""{"access_logging":[{}]}""")));
    }

    [Theory]
    [InlineData("""{"apiVersion":"v1","kind":"EnvoyFilter"}""")]
    [InlineData("""{"apiVersion":"networking.istio.io/v1","kind":"Gateway"}""")]
    [InlineData("""{"kind":"Telemetry"}""")]
    [InlineData("[]")]
    [InlineData("null")]
    public void Other_objects_are_no_subjects(string json) => Assert.Null(LintSubject.Read(System.Text.Json.JsonElement.Parse(json)));
}
