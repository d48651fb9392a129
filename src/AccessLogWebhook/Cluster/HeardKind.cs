using System.Collections.Immutable;
using System.Text.Json;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Cluster;

/// <summary>
/// A kind whose objects are listened to on their way into a snapshot, which holds less of them than a command may want. Each kind is followed on its own,
/// so that objects of several kinds come from several threads; an object may come more than once.
/// </summary>
/// <param name="hear">Gets each object; the element is not to be kept.</param>
/// <param name="isWhole">Whether a live cluster is asked for whole objects, though the snapshot needs their metadata only.</param>
internal sealed class HeardKind(ClusterKind kind, Action<JsonElement> hear, bool isWhole = false)
    : ClusterKind(kind.Group, kind.Version, kind.Plural, kind.Kind, kind.MetadataOnly && !isWhole, OlderVersions(kind))
{
    public override int CountIn(MeshSnapshot snapshot) => kind.CountIn(snapshot);

    public override MeshSnapshot Upsert(MeshSnapshot snapshot, IEnumerable<JsonElement> objects) => kind.Upsert(snapshot, Heard(objects));

    public override MeshSnapshot Remove(MeshSnapshot snapshot, ObjectKey key) => kind.Remove(snapshot, key);

    public override MeshSnapshot Replace(MeshSnapshot snapshot, IEnumerable<JsonElement> objects) => kind.Replace(snapshot, Heard(objects));

    public override MeshSnapshot Adopt(MeshSnapshot snapshot, MeshSnapshot other) => kind.Adopt(snapshot, other);

    public override MeshSnapshot Merge(MeshSnapshot snapshot, MeshSnapshot other) => kind.Merge(snapshot, other);

    private IEnumerable<JsonElement> Heard(IEnumerable<JsonElement> objects)
    {
        foreach (var @object in objects)
        {
            hear(@object);
            yield return @object;
        }
    }

    // A path is apis/GROUP/VERSION/PLURAL.
    private static ImmutableArray<string> OlderVersions(ClusterKind kind) => [.. kind.CollectionPaths.Skip(1).Select(path => path.Split('/')[^2])];
}
