using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Cluster;

/// <summary>
/// Owns the one current snapshot. Readers take it without a lock and keep it for a whole request; the sources publish changes,
/// one at a time.
/// </summary>
internal sealed class ClusterView
{
    private readonly Lock publishing = new();
    private volatile MeshSnapshot snapshot = MeshSnapshot.Empty;

    public MeshSnapshot Snapshot => snapshot;

    public void Publish(Func<MeshSnapshot, MeshSnapshot> change)
    {
        lock (publishing)
        {
            snapshot = change(snapshot);
        }
    }
}
