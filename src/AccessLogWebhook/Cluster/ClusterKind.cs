using System.Collections.Immutable;
using System.Text.Json;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Cluster;

/// <summary>One kind of object that the snapshot holds: where the API server serves it, and how it enters and leaves a snapshot.</summary>
internal abstract class ClusterKind(
    string group, string version, string plural, string kind, bool metadataOnly, ImmutableArray<string> olderVersions)
{
    private ImmutableArray<string> paths;

    /// <summary>The API group; empty for the core group.</summary>
    public string Group { get; } = group;

    public string Version { get; } = version;

    /// <summary>The resource name in the URL, <c>envoyfilters</c>.</summary>
    public string Plural { get; } = plural;

    /// <summary>What metrics, logs and messages call it: the resource name, with the group where another kind has the same.</summary>
    public string Title { get; } = plural == "gateways" ? $"{plural}.{group}" : plural;

    /// <summary>The kind in a manifest, <c>EnvoyFilter</c>.</summary>
    public string Kind { get; } = kind;

    /// <summary>Whether the metadata is enough, so that a live cluster can be asked for PartialObjectMetadata and send a fraction of the bytes.</summary>
    public bool MetadataOnly { get; } = metadataOnly;

    /// <summary>Whether the snapshot is sound without it: a cluster that does not let it be read keeps nobody from being ready.</summary>
    public bool IsOptional { get; init; }

    /// <summary>The one namespace that it is followed in; empty for all.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>Which names are held; all others are passed over, in manifests before anything is asked of them.</summary>
    public Func<string, bool> IsHeld { get; init; } = _ => true;

    /// <summary>
    /// The paths of the collection, without a leading slash, the preferred version first: <c>api/v1/pods</c>,
    /// <c>apis/GROUP/VERSION/PLURAL</c>. A cluster with older CRDs serves only one of the later ones, with the same fields.
    /// </summary>
    public ImmutableArray<string> CollectionPaths => paths.IsDefault ? paths = MakePaths() : paths;

    /// <summary>Whether a manifest of this apiVersion and kind is of this kind; any version of the group counts.</summary>
    public bool Matches(string apiVersion, string kind)
    {
        var slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        return kind == Kind && (slash < 0 ? Group.Length == 0 : apiVersion.AsSpan(0, slash).SequenceEqual(Group));
    }

    public abstract int CountIn(MeshSnapshot snapshot);

    /// <summary>The snapshot with the objects added or replaced. Objects without a name are passed over, and so are those that are nothing to the snapshot.</summary>
    public abstract MeshSnapshot Upsert(MeshSnapshot snapshot, IEnumerable<JsonElement> objects);

    public abstract MeshSnapshot Remove(MeshSnapshot snapshot, ObjectKey key);

    /// <summary>The snapshot with exactly these objects of this kind, and no others.</summary>
    public abstract MeshSnapshot Replace(MeshSnapshot snapshot, IEnumerable<JsonElement> objects);

    /// <summary>The snapshot with exactly those objects of this kind that <paramref name="other"/> has: a list that was gathered aside, put in whole.</summary>
    public abstract MeshSnapshot Adopt(MeshSnapshot snapshot, MeshSnapshot other);

    /// <summary>The snapshot with the objects of this kind that <paramref name="other"/> has added or put in place of its own.</summary>
    public abstract MeshSnapshot Merge(MeshSnapshot snapshot, MeshSnapshot other);

    /// <summary>Namespace and name of an object; a default name (null) where the metadata has none.</summary>
    public static ObjectKey KeyOf(JsonElement @object) =>
        @object.Object("metadata") is { } metadata && metadata.Text("name") is { Length: > 0 } name
            ? new ObjectKey(metadata.Text("namespace") ?? "", name)
            : default;

    private ImmutableArray<string> MakePaths()
    {
        var within = Namespace.Length == 0 ? "" : $"namespaces/{Namespace}/";
        return [.. olderVersions.Prepend(Version).Select(served => Group.Length == 0 ? $"api/{served}/{within}{Plural}" : $"apis/{Group}/{served}/{within}{Plural}")];
    }
}

internal sealed class ClusterKind<TKey, TFacts>(
    string group,
    string version,
    string plural,
    string kind,
    bool metadataOnly,
    Func<ObjectKey, TKey> toKey,
    Func<JsonElement, ObjectKey, TFacts?> read,
    Func<MeshSnapshot, ImmutableDictionary<TKey, TFacts>> get,
    Func<MeshSnapshot, ImmutableDictionary<TKey, TFacts>, MeshSnapshot> set,
    params ImmutableArray<string> olderVersions)
    : ClusterKind(group, version, plural, kind, metadataOnly, olderVersions)
    where TKey : notnull
    where TFacts : class
{
    public override int CountIn(MeshSnapshot snapshot) => get(snapshot).Count;

    public override MeshSnapshot Upsert(MeshSnapshot snapshot, IEnumerable<JsonElement> objects) =>
        set(snapshot, Put(get(snapshot).ToBuilder(), objects));

    // Something that stands in for an API server may say of nothing that it was deleted.
    public override MeshSnapshot Remove(MeshSnapshot snapshot, ObjectKey key) =>
        key is { Name.Length: > 0 } ? set(snapshot, get(snapshot).Remove(toKey(key))) : snapshot;

    public override MeshSnapshot Replace(MeshSnapshot snapshot, IEnumerable<JsonElement> objects) =>
        set(snapshot, Put(get(snapshot).Clear().ToBuilder(), objects));

    public override MeshSnapshot Adopt(MeshSnapshot snapshot, MeshSnapshot other) => set(snapshot, get(other));

    public override MeshSnapshot Merge(MeshSnapshot snapshot, MeshSnapshot other) => set(snapshot, get(snapshot).SetItems(get(other)));

    private ImmutableDictionary<TKey, TFacts> Put(ImmutableDictionary<TKey, TFacts>.Builder builder, IEnumerable<JsonElement> objects)
    {
        foreach (var @object in objects)
        {
            if (KeyOf(@object) is not { Name.Length: > 0 } key)
            {
                continue;
            }

            if (read(@object, key) is { } facts)
            {
                builder[toKey(key)] = facts;
            }
            else
            {
                builder.Remove(toKey(key));
            }
        }

        return builder.ToImmutable();
    }
}
