using System.Collections.Immutable;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Manifests;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Demonstration;

/// <summary>The cluster of the demo: manifests in this executable. It never changes, and is the whole truth.</summary>
internal sealed class DemonstrationCluster : IClusterSource
{
    public MeshSnapshot Snapshot { get; } = ClusterManifests.SnapshotOf(Read("cluster.yaml"));

    public ImmutableArray<DemonstrationCase> Cases { get; } = [.. Read("cases.yaml").Select(DemonstrationCase.Read)];

    public string Description => "the cluster of the demo";

    public Task RunAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<NamespaceLookup> LookUpNamespaceAsync(string name, CancellationToken cancellationToken) =>
        Task.FromResult<NamespaceLookup>(new NamespaceLookup.Found(new NamespaceFacts(name, LabelSet.Empty)));

    public ImmutableArray<CacheStatus> CacheStatuses() =>
    [
        .. ClusterKinds.All.Select(kind => new CacheStatus(
            kind.Title,
            Synced: true,
            Installed: true,
            kind.CountIn(Snapshot),
            TimeSpan.Zero,
            Problem: null,
            IsCurrent: true,
            ImmutableDictionary<string, long>.Empty)),
    ];

    private static ImmutableArray<Manifest> Read(string resource)
    {
        using var stream = typeof(DemonstrationCluster).Assembly.GetManifestResourceStream($"Demonstration/{resource}")!;
        var reading = ManifestReader.Read(stream, resource);
        return reading.Errors.IsEmpty
            ? reading.Manifests
            : throw new InvalidDataException(string.Join('\n', reading.Errors));
    }
}
