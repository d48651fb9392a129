using System.Text.Json;
using System.Text.Json.Nodes;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Rendering;

/// <summary>
/// Tells whether what a cluster holds is what was rendered: equal fingerprints mean the same content, in whatever order and spelling it comes back.
/// </summary>
public static class SpecFingerprint
{
    /// <returns>64 lower-case hexadecimal digits.</returns>
    public static string Of(JsonElement spec) => CanonicalJson.Hash(spec);

    /// <returns>64 lower-case hexadecimal digits.</returns>
    public static string Of(JsonNode spec)
    {
        using var document = JsonDocument.Parse(spec.ToJsonString());
        return CanonicalJson.Hash(document.RootElement);
    }

    /// <summary>Of a spec together with those of an object's annotations that are rendered: one announces the service that the log goes to.</summary>
    /// <returns>The fingerprint of the spec, with what tells the annotations behind it.</returns>
    public static string Of(JsonElement spec, LabelSet annotations) => With(Of(spec), annotations);

    /// <summary>As what the cluster holds of it has, for as long as nobody changes that.</summary>
    public static string Of(RenderedResource resource) => With(Of(resource.Spec), resource.Annotations);

    private static string With(string spec, LabelSet annotations) =>
        $"{spec} {LabelSet.From(annotations.Where(annotation => ResourceMetadata.IsRendered(annotation.Key)))}";
}
