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
    private volatile TaskCompletionSource changed = NextChange();

    public MeshSnapshot Snapshot => snapshot;

    /// <summary>Ends at the next change. Take it before <see cref="Snapshot"/>, so that no change falls between the two.</summary>
    public Task Changed => changed.Task;

    public void Publish(Func<MeshSnapshot, MeshSnapshot> change)
    {
        TaskCompletionSource told;
        lock (publishing)
        {
            snapshot = change(snapshot);
            told = changed;
            changed = NextChange();
        }

        told.SetResult();
    }

    // Whoever waits goes on elsewhere: a reflector must not be held up by what a change sets off.
    private static TaskCompletionSource NextChange() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
