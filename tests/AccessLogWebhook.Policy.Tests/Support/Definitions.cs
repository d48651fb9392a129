using System.Text.Json;
using AccessLogWebhook.Policy.Decisions;

namespace AccessLogWebhook.Policy.Tests.Support;

/// <summary>Profiles, EnvoyFilters and Telemetries under review, as JSON.</summary>
internal static class Definitions
{
    private const string HttpFilter = "envoy.filters.network.http_connection_manager";
    private const string FileLog = "type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog";

    public static Decision Decide(this Scene scene, DefinitionKind kind, Operation operation, string? @object, string? old = null, string @namespace = "istio-system", string username = "ada") =>
        DefinitionPolicy.Decide(new DefinitionInput(kind, operation, username, @namespace, Element(@object), Element(old), scene.Mesh, scene.Settings));

    public static string Profile(string spec, string metadata = "\"name\":\"team\"") =>
        $$"""{"apiVersion":"accesslog.mesh/v1alpha1","kind":"AccessLogProfile","metadata":{{{metadata}}},"spec":{{spec}}}""";

    /// <summary>An EnvoyFilter that logs what a selector picks.</summary>
    public static string Filter(string name = "team", string selector = """{"app":"api"}""", string metadata = "", string logger = "\"path\":\"/dev/stdout\"", string operation = "MERGE") =>
        $$$"""
        {"apiVersion":"networking.istio.io/v1alpha3","kind":"EnvoyFilter","metadata":{"name":"{{{name}}}","namespace":"istio-system"{{{metadata}}}},"spec":{
          "workloadSelector":{"labels":{{{selector}}}},
          "configPatches":[{
            "applyTo":"NETWORK_FILTER",
            "match":{"context":"SIDECAR_INBOUND","listener":{"filterChain":{"filter":{"name":"{{{HttpFilter}}}" } } } },
            "patch":{"operation":"{{{operation}}}","value":{"typed_config":{
              "@type":"type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
              "access_log":[{"name":"envoy.access_loggers.file","typed_config":{"@type":"{{{FileLog}}}",{{{logger}}} } } ] } } } } ] } }
        """;

    public const string UnrelatedFilter = """
        {"apiVersion":"networking.istio.io/v1alpha3","kind":"EnvoyFilter","metadata":{"name":"lua","namespace":"istio-system"},"spec":{
          "configPatches":[{"applyTo":"CLUSTER","match":{"context":"ANY"},"patch":{"operation":"MERGE","value":{"connect_timeout":"bad %X"}}}]}}
        """;

    private static JsonElement? Element(string? json) => json is null ? null : JsonElement.Parse(json);
}
