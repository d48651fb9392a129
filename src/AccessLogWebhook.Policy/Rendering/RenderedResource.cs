using System.Text.Json.Nodes;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Rendering;

/// <summary>An EnvoyFilter or a Telemetry, as it is applied to a cluster.</summary>
/// <param name="Spec">Belongs to this resource alone; <see cref="ToManifest"/> copies it.</param>
public sealed record RenderedResource(LoggingResourceKind Kind, ObjectKey Key, LabelSet Labels, LabelSet Annotations, JsonObject Spec)
{
    public string ApiVersion => ApiVersionOf(Kind);

    /// <summary>EnvoyFilter has no other version; Telemetry is served as v1 since Istio 1.22.</summary>
    public static string ApiVersionOf(LoggingResourceKind kind) =>
        kind == LoggingResourceKind.EnvoyFilter ? "networking.istio.io/v1alpha3" : "telemetry.istio.io/v1";

    /// <summary>The whole object, its members in the order in which kubectl shows them: the same bytes for the same resource.</summary>
    public JsonObject ToManifest()
    {
        var metadata = new JsonObject { ["name"] = Key.Name, ["namespace"] = Key.Namespace, ["labels"] = Map(Labels) };
        if (Annotations.Count > 0)
        {
            metadata["annotations"] = Map(Annotations);
        }

        return new JsonObject { ["apiVersion"] = ApiVersion, ["kind"] = Kind.ToString(), ["metadata"] = metadata, ["spec"] = Spec.DeepClone() };
    }

    internal static JsonObject Map(LabelSet entries)
    {
        var map = new JsonObject();
        foreach (var (key, value) in entries)
        {
            map[key] = value;
        }

        return map;
    }
}
