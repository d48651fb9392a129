using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Cluster;

/// <summary>What a request asks of the cluster: the snapshot, and the namespace that the snapshot may not have yet.</summary>
internal sealed class ClusterFacts(ClusterView view, IClusterSource source, Action<bool>? lookedUp = null)
{
    private volatile bool synced;

    public MeshSnapshot Snapshot => view.Snapshot;

    /// <summary>Why nothing can be judged yet; null once every cache has been filled. A cache does not empty again.</summary>
    public string? NotSynced()
    {
        if (synced)
        {
            return null;
        }

        foreach (var cache in source.CacheStatuses())
        {
            if (!cache.Synced)
            {
                return $"The cache of {cache.Kind} is not filled yet{(cache.Problem is { } problem ? $": {problem}" : ".")}";
            }
        }

        synced = true;
        return null;
    }

    /// <summary>The namespace, from the snapshot or by one live look-up; else why it cannot be had.</summary>
    public async ValueTask<(NamespaceFacts? Facts, string? Unavailable)> NamespaceAsync(
        string name, MeshSnapshot snapshot, CancellationToken cancellationToken)
    {
        if (snapshot.Namespaces.TryGetValue(name, out var facts))
        {
            return (facts, null);
        }

        var lookup = await source.LookUpNamespaceAsync(name, cancellationToken).ConfigureAwait(false);
        lookedUp?.Invoke(lookup is NamespaceLookup.Found);
        return lookup is NamespaceLookup.Found found
            ? (found.Namespace, null)
            : (null, $"The labels of namespace {name} cannot be read: {((NamespaceLookup.Unavailable)lookup).Reason}");
    }
}
