using System.Text.Json;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Cluster;

/// <summary>A kind that no snapshot holds: its objects are listened to as they come, and whoever listens keeps what it needs.</summary>
/// <param name="hear">Gets each object; the element is not to be kept. An object may come more than once.</param>
internal sealed class PassingKind(string group, string version, string plural, string kind, Action<JsonElement> hear)
    : ClusterKind(group, version, plural, kind, metadataOnly: false, [])
{
    public override int CountIn(MeshSnapshot snapshot) => 0;

    public override MeshSnapshot Upsert(MeshSnapshot snapshot, IEnumerable<JsonElement> objects)
    {
        foreach (var @object in objects)
        {
            hear(@object);
        }

        return snapshot;
    }

    public override MeshSnapshot Remove(MeshSnapshot snapshot, ObjectKey key) => snapshot;

    public override MeshSnapshot Replace(MeshSnapshot snapshot, IEnumerable<JsonElement> objects) => Upsert(snapshot, objects);

    public override MeshSnapshot Adopt(MeshSnapshot snapshot, MeshSnapshot other) => snapshot;

    public override MeshSnapshot Merge(MeshSnapshot snapshot, MeshSnapshot other) => snapshot;
}
