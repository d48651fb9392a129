using System.Text;
using System.Text.Json;
using AccessLogWebhook.Manifests;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Logging;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Cluster;

/// <summary>The mesh's configuration in a ConfigMap: YAML, in the key <c>mesh</c> (Istio, <c>pkg/config/mesh/kubemesh/watcher.go</c>).</summary>
internal static class MeshConfigurationText
{
    private const string Key = "mesh";

    /// <returns>Null where the ConfigMap is another's.</returns>
    public static MeshLogging? Read(JsonElement configMap, ObjectKey key) =>
        MeshConfigurations.IsName(key.Name) && configMap.Object("data")?.Text(Key) is { } text ? Read(text) : null;

    private static MeshLogging Read(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        var documents = YamlDocuments.Read(Key, utf8);
        var errors = new List<ManifestError>(documents.Errors);
        if (errors.Count == 0 && documents.Documents.IsEmpty)
        {
            return MeshLogging.Default;
        }

        var json = errors.Count == 0 ? new NodeJson(Key, utf8.Length, errors).Write(documents.Documents[0].Root) : null;
        return json is null
            ? MeshLogging.Unknown($"line {errors[0].Line}: {errors[0].Message}")
            : MeshLoggingReader.Read(JsonElement.Parse(json, Manifest.JsonOptions));
    }
}
