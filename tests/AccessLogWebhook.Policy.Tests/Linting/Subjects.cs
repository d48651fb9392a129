using System.Text.Json;
using AccessLogWebhook.Policy.Linting;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Tests.Linting;

/// <summary>EnvoyFilters and Telemetries to lint.</summary>
internal static class Subjects
{
    public const string HttpConnectionManager =
        """{"applyTo":"NETWORK_FILTER","match":{"context":"SIDECAR_INBOUND","listener":{"filterChain":{"filter":{"name":"envoy.filters.network.http_connection_manager"}}}},"patch":{"operation":"MERGE","value":{"typed_config":{"@type":"type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager","access_log":[ENTRY]}}}}""";

    public const string Entry =
        """{"name":"envoy.access_loggers.file","typed_config":{"@type":"type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog","path":"/dev/stdout","log_format":{"json_format":{"status":"%RESPONSE_CODE%"}}}}""";

    public static LintSubject Read(string json, string @namespace = "") => LintSubject.Read(JsonElement.Parse(json), @namespace)!;

    /// <summary>One that logs requests of the selected Pods; <paramref name="entry"/> takes the access log's place, <paramref name="spec"/> comes before the patches.</summary>
    public static LintSubject Filter(string name = "own", string @namespace = "shop", string spec = "", string entry = Entry, string labels = "{}") => Read(
        """{"apiVersion":"networking.istio.io/v1alpha3","kind":"EnvoyFilter","metadata":{"name":"NAME","namespace":"SPACE","labels":LABELS},"spec":{SPEC"configPatches":[PATCH]}}"""
            .Replace("NAME", name, StringComparison.Ordinal).Replace("SPACE", @namespace, StringComparison.Ordinal).Replace("LABELS", labels, StringComparison.Ordinal)
            .Replace("SPEC", spec.Length > 0 ? $"{spec}," : "", StringComparison.Ordinal)
            .Replace("PATCH", HttpConnectionManager.Replace("ENTRY", entry, StringComparison.Ordinal), StringComparison.Ordinal));

    public static LintSubject Telemetry(string spec, string name = "own", string @namespace = "shop") => Read(
        """{"apiVersion":"telemetry.istio.io/v1","kind":"Telemetry","metadata":{"name":"NAME","namespace":"SPACE"},"spec":SPEC}"""
            .Replace("NAME", name, StringComparison.Ordinal).Replace("SPACE", @namespace, StringComparison.Ordinal).Replace("SPEC", spec, StringComparison.Ordinal));

    public static LintContext Alone { get; } = new(MeshSnapshot.Empty, "istio-system");

    public static LintContext Beside(params LintSubject[] others) => Alone with { Others = [.. others] };

    public static LintContext WithPods(params (string Namespace, string Name, LabelSet Labels)[] pods) => Alone with
    {
        Mesh = MeshSnapshot.Empty with { Pods = MeshSnapshot.Empty.Pods.AddRange(pods.Select(pod => KeyValuePair.Create(new ObjectKey(pod.Namespace, pod.Name), new PodFacts(pod.Labels, LabelSet.Empty)))) },
    };

    /// <summary>The ids of what is found, in order.</summary>
    public static string Ids(LintSubject subject, LintContext? context = null) =>
        string.Join(' ', Linter.Lint(subject, context ?? Alone).Select(finding => finding.Rule.Id));
}
