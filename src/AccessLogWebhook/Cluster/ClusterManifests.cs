using System.Collections.Immutable;
using System.Text.Json;
using AccessLogWebhook.Manifests;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;
using Excerpt = AccessLogWebhook.Manifests.Excerpt;

namespace AccessLogWebhook.Cluster;

/// <summary>Manifests as objects of a cluster. Kinds that the snapshot does not hold are passed over.</summary>
internal static class ClusterManifests
{
    /// <summary>Where kubectl puts a namespaced object that names no namespace, when its context names none either.</summary>
    public const string DefaultNamespace = "default";

    /// <summary>The snapshot with the manifests put over it; where two are of the same object, the last one counts.</summary>
    public static MeshSnapshot Apply(MeshSnapshot snapshot, IEnumerable<Manifest> manifests)
    {
        foreach (var (kind, ofKind) in ByKind(manifests))
        {
            snapshot = kind.Upsert(snapshot, ofKind.Select(manifest => Object(kind, manifest)));
        }

        return snapshot;
    }

    /// <summary>The snapshot of a cluster that consists of these manifests.</summary>
    public static MeshSnapshot SnapshotOf(IEnumerable<Manifest> manifests)
    {
        var snapshot = MeshSnapshot.Empty;
        foreach (var (kind, ofKind) in ByKind(manifests))
        {
            snapshot = kind.Replace(snapshot, ofKind.Select(manifest => Object(kind, manifest)));
        }

        return snapshot;
    }

    /// <summary>Why the manifests cannot all be of one cluster: an object given twice, or one without a name.</summary>
    public static ImmutableArray<ManifestError> Conflicts(IEnumerable<Manifest> manifests)
    {
        var errors = ImmutableArray.CreateBuilder<ManifestError>();
        foreach (var (kind, ofKind) in ByKind(manifests))
        {
            var seen = new Dictionary<ObjectKey, Manifest>();
            foreach (var manifest in ofKind)
            {
                var key = KeyOf(kind, manifest);
                if (key.Name.Length == 0)
                {
                    // With generateName it is the making of an object, which the cluster would name; there is none yet.
                    if (manifest.ToElement().Object("metadata")?.Text("generateName") is not { Length: > 0 })
                    {
                        errors.Add(new ManifestError(manifest.Source, manifest.Line, 1, $"{kind.Kind} has no metadata.name: give it one."));
                    }
                }
                else if (!seen.TryAdd(key, manifest))
                {
                    errors.Add(new ManifestError(
                        manifest.Source, manifest.Line, 1, $"{kind.Kind} {Excerpt.Of(key.ToString())} is at {seen[key].Source}:{seen[key].Line}, too: remove one of them."));
                }
            }
        }

        return errors.ToImmutable();
    }

    /// <summary>Whether objects of the kind live in namespaces.</summary>
    public static bool IsNamespaced(ClusterKind kind) => kind.Plural is not ("namespaces" or "accesslogprofiles" or "gatewayclasses");

    private static (ClusterKind Kind, List<Manifest> Manifests)[] ByKind(IEnumerable<Manifest> manifests)
    {
        var byKind = ClusterKinds.All.Select(kind => (Kind: kind, Manifests: new List<Manifest>())).ToArray();
        foreach (var manifest in manifests)
        {
            foreach (var (kind, ofKind) in byKind)
            {
                if (kind.Matches(manifest.ApiVersion, manifest.Kind) && kind.IsHeld(manifest.Name))
                {
                    ofKind.Add(manifest);
                }
            }
        }

        return byKind;
    }

    private static ObjectKey KeyOf(ClusterKind kind, Manifest manifest) => !IsNamespaced(kind)
        ? new ObjectKey("", manifest.Name)
        : new ObjectKey(manifest.Namespace.Length == 0 ? DefaultNamespace : manifest.Namespace, manifest.Name);

    private static JsonElement Object(ClusterKind kind, Manifest manifest)
    {
        var @object = manifest.ToElement();
        return IsNamespaced(kind) && manifest.Namespace.Length == 0 && manifest.Name.Length > 0 ? InDefaultNamespace(@object) : @object;
    }

    private static JsonElement InDefaultNamespace(JsonElement @object)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output))
        {
            writer.WriteStartObject();
            foreach (var property in @object.EnumerateObject())
            {
                if (!property.NameEquals("metadata"u8))
                {
                    property.WriteTo(writer);
                    continue;
                }

                writer.WriteStartObject("metadata"u8);
                writer.WriteString("namespace"u8, DefaultNamespace);
                foreach (var field in property.Value.EnumerateObject().Where(field => !field.NameEquals("namespace"u8)))
                {
                    field.WriteTo(writer);
                }

                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        return JsonElement.Parse(output.WrittenSpan, Manifest.JsonOptions);
    }
}
