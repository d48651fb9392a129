using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessLogWebhook.Manifests;
using AccessLogWebhook.Policy.Rendering;

namespace AccessLogWebhook.Rendering;

/// <summary>Writes what was rendered, for kubectl and for a repository: the same bytes for the same profiles.</summary>
internal static class RenderedManifests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Documents of YAML, or one List in JSON, which kubectl takes as well.</summary>
    public static string Write(IEnumerable<RenderedResource> resources, bool json)
    {
        ImmutableArray<JsonObject> manifests = [.. resources.Select(resource => resource.ToManifest())];
        return json
            ? Json(new JsonObject { ["apiVersion"] = "v1", ["kind"] = "List", ["items"] = new JsonArray([.. manifests]) })
            : YamlWriter.WriteAll(manifests.Select(Utf8));
    }

    /// <summary>A part of the mesh configuration, <c>meshConfig</c> in Istio's chart.</summary>
    public static string WriteMeshConfiguration(IEnumerable<MeshProvider> providers, bool json)
    {
        var configuration = new JsonObject { ["extensionProviders"] = new JsonArray([.. providers.Select(provider => provider.Entry)]) };
        return json ? Json(configuration) : YamlWriter.Write(Utf8(configuration));
    }

    private static string Json(JsonObject json) => $"{json.ToJsonString(Indented)}\n";

    private static ReadOnlyMemory<byte> Utf8(JsonObject json) => Encoding.UTF8.GetBytes(json.ToJsonString());
}
