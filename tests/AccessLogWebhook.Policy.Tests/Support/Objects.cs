using System.Text.Json;

namespace AccessLogWebhook.Policy.Tests.Support;

/// <summary>Objects as JSON, with as much of them as a test is about. A null map is absent.</summary>
internal static class Objects
{
    public static string Pod((string, string)[]? labels = null, (string, string)[]? annotations = null, string spec = "\"containers\":[{\"name\":\"app\"}]", string metadata = "\"name\":\"api\"") =>
        $$"""{"apiVersion":"v1","kind":"Pod","metadata":{{Metadata(metadata, labels, annotations)}},"spec":{{Braced(spec)}}}""";

    /// <summary>A Pod that has its proxy already.</summary>
    public static string PodWithProxy((string, string)[]? labels = null, (string, string)[]? annotations = null, string also = "") =>
        Pod(labels, annotations, $"\"containers\":[{{\"name\":\"app\"}}],\"initContainers\":[{{\"name\":\"istio-proxy\",\"restartPolicy\":\"Always\"}}]{also}");

    public static string IstioGateway((string, string)[]? annotations = null, (string, string)[]? labels = null, string spec = "\"selector\":{\"istio\":\"ingress\"}") =>
        $$"""{"apiVersion":"networking.istio.io/v1","kind":"Gateway","metadata":{{Metadata("\"name\":\"web\"", labels, annotations)}},"spec":{{Braced(spec)}}}""";

    public static string KubernetesGateway(
        (string, string)[]? labels = null, (string, string)[]? annotations = null, string infrastructure = "", string @class = "istio", string also = "", string metadata = "\"name\":\"edge\"") =>
        $$"""{"apiVersion":"gateway.networking.k8s.io/v1","kind":"Gateway","metadata":{{Metadata(metadata, labels, annotations)}},"spec":{{Braced($"\"gatewayClassName\":\"{@class}\"{(infrastructure.Length == 0 ? "" : $",\"infrastructure\":{infrastructure}")}{also}")}}}""";

    public static string Namespace(params (string, string)[] labels) =>
        $$"""{"apiVersion":"v1","kind":"Namespace","metadata":{{Metadata("\"name\":\"shop\"", labels, null)}}}""";

    public static string Map(params (string Key, string Value)[] entries) =>
        $"{{{string.Join(',', entries.Select(entry => $"{JsonSerializer.Serialize(entry.Key)}:{JsonSerializer.Serialize(entry.Value)}"))}}}";

    private static string Braced(string members) => $"{{{members}}}";

    private static string Metadata(string rest, (string, string)[]? labels, (string, string)[]? annotations) =>
        $"{{{rest}{(labels is null ? "" : $",\"labels\":{Map(labels)}")}{(annotations is null ? "" : $",\"annotations\":{Map(annotations)}")}}}";
}
