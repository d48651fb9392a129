using System.Collections.Immutable;
using System.Text;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Manifests;
using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Policy.Rendering;

namespace AccessLogWebhook.Demonstration;

/// <summary>The cluster of the demo: manifests in this executable, and what its profiles render to. It never changes, and is the whole truth.</summary>
internal sealed class DemonstrationCluster : IClusterSource
{
    // In the manifests, the revision of profile json: a hash that follows what this version of the program renders.
    private const string RevisionOfJson = "@json";

    public MeshSnapshot Snapshot { get; } = WithReferences(ClusterManifests.SnapshotOf(Read("cluster.yaml")));

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

    // What the controllers would put in place.
    private static MeshSnapshot WithReferences(MeshSnapshot snapshot) => ClusterManifests.Apply(
        snapshot,
        from profile in ReferencePlan.For(snapshot, PolicySettings.Default, ImmutableDictionary<string, VerdictCounts>.Empty, default).Profiles
        from apply in profile.Applies
        let resource = apply.Resource
        select new Manifest(
            "rendered", 1, Encoding.UTF8.GetBytes(resource.ToManifest().ToJsonString()), resource.ApiVersion, resource.Kind.ToString(), resource.Key.Namespace, resource.Key.Name));

    private static ImmutableArray<Manifest> Read(string resource)
    {
        using var stream = typeof(DemonstrationCluster).Assembly.GetManifestResourceStream($"Demonstration/{resource}")!;
        using var text = new StreamReader(stream);
        var manifests = text.ReadToEnd().Replace(RevisionOfJson, BuiltInProfiles.Named("json")!.Revision, StringComparison.Ordinal);
        var reading = ManifestReader.Read(resource, Encoding.UTF8.GetBytes(manifests));
        return reading.Errors.IsEmpty
            ? reading.Manifests
            : throw new InvalidDataException(string.Join('\n', reading.Errors));
    }
}
