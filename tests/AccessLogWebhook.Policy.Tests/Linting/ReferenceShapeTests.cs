using System.Text.Json;
using AccessLogWebhook.Policy.Formats;
using AccessLogWebhook.Policy.Linting;

namespace AccessLogWebhook.Policy.Tests.Linting;

/// <summary>What Istio's users are told to write: three patches, with the format that Istio has itself.</summary>
public sealed class ReferenceShapeTests
{
    private static readonly string Format = JsonSerializer.Serialize(new Dictionary<string, string>
    {
        ["start_time"] = "%START_TIME%", ["route_name"] = "%ROUTE_NAME%", ["method"] = "%REQ(:METHOD)%", ["path"] = "%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%",
        ["protocol"] = "%PROTOCOL%", ["response_code"] = "%RESPONSE_CODE%", ["response_flags"] = "%RESPONSE_FLAGS%",
        ["response_code_details"] = "%RESPONSE_CODE_DETAILS%", ["connection_termination_details"] = "%CONNECTION_TERMINATION_DETAILS%",
        ["bytes_received"] = "%BYTES_RECEIVED%", ["bytes_sent"] = "%BYTES_SENT%", ["duration"] = "%DURATION%",
        ["upstream_service_time"] = "%RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)%", ["x_forwarded_for"] = "%REQ(X-FORWARDED-FOR)%", ["user_agent"] = "%REQ(USER-AGENT)%",
        ["request_id"] = "%REQ(X-REQUEST-ID)%", ["authority"] = "%REQ(:AUTHORITY)%", ["upstream_host"] = "%UPSTREAM_HOST%", ["upstream_cluster"] = "%UPSTREAM_CLUSTER_RAW%",
        ["upstream_local_address"] = "%UPSTREAM_LOCAL_ADDRESS%", ["downstream_local_address"] = "%DOWNSTREAM_LOCAL_ADDRESS%",
        ["downstream_remote_address"] = "%DOWNSTREAM_REMOTE_ADDRESS%", ["requested_server_name"] = "%REQUESTED_SERVER_NAME%",
        ["upstream_transport_failure_reason"] = "%UPSTREAM_TRANSPORT_FAILURE_REASON%",
    });

    private static readonly string Sink =
        """{"@type":"type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog","path":"/dev/stdout","log_format":{"json_format":FORMAT,"json_format_options":{"sort_properties":false}}}""".Replace("FORMAT", Format, StringComparison.Ordinal);

    private static readonly string Reference =
        """
        {"apiVersion":"networking.istio.io/v1alpha3","kind":"EnvoyFilter","metadata":{"name":"accesslog-json","namespace":"istio-system"},
         "spec":{"priority":10,"workloadSelector":{"labels":{"accesslog.mesh/profile":"json"}},"configPatches":[
          {"applyTo":"NETWORK_FILTER","match":{"context":"ANY","listener":{"filterChain":{"filter":{"name":"envoy.filters.network.http_connection_manager"} } } },
           "patch":{"operation":"MERGE","value":{"typed_config":{"@type":"type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
            "access_log":[{"name":"envoy.access_loggers.file","typed_config":SINK}]} } } },
          {"applyTo":"NETWORK_FILTER","match":{"context":"ANY","listener":{"filterChain":{"filter":{"name":"envoy.filters.network.tcp_proxy"} } } },
           "patch":{"operation":"MERGE","value":{"typed_config":{"@type":"type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy",
            "access_log":[{"name":"envoy.access_loggers.file","typed_config":SINK}]} } } },
          {"applyTo":"LISTENER","match":{"context":"ANY"},
           "patch":{"operation":"MERGE","value":{"access_log":[{"name":"envoy.access_loggers.file","filter":{"response_flag_filter":{"flags":["NR"]} },"typed_config":SINK}]} } }
         ]} }
        """.Replace("SINK", Sink, StringComparison.Ordinal);

    [Fact]
    public void It_has_notes_and_nothing_else()
    {
        var findings = Linter.Lint(Subjects.Read(Reference), Subjects.Alone);

        Assert.NotEmpty(findings);
        Assert.All(findings, finding => Assert.Equal(LintSeverity.Note, finding.Rule.Severity));
    }

    [Fact]
    public void In_the_other_spelling_it_is_the_same()
    {
        var camel = Reference;
        foreach (var (snake, other) in new[] { ("typed_config", "typedConfig"), ("access_log\"", "accessLog\""), ("log_format", "logFormat"), ("json_format\"", "jsonFormat\""), ("json_format_options", "jsonFormatOptions"), ("sort_properties", "sortProperties"), ("response_flag_filter", "responseFlagFilter") })
        {
            camel = camel.Replace(snake, other, StringComparison.Ordinal);
        }

        Assert.NotEqual(Reference, camel);
        Assert.Equal(Subjects.Ids(Subjects.Read(Reference)), Subjects.Ids(Subjects.Read(camel)));
    }

    [Fact]
    public void The_format_is_the_preset_of_Istio() =>
        Assert.Equal(24, JsonElement.Parse(Format).EnumerateObject().Count(field => FormatParser.Parse(field.Value.GetString()!).Faults.IsEmpty));
}
