using System.Collections.Immutable;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Manifests;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Policy.Rendering;

namespace AccessLogWebhook.Fuzz.Targets;

/// <summary>A cluster with something of everything that a decision looks at (<c>cluster.yaml</c>); its profiles' references are in place.</summary>
internal sealed class StandingCluster : IClusterSource
{
    public static MeshSnapshot Mesh { get; } = Read();

    public string Description => "a cluster that stands still";

    public Task RunAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<NamespaceLookup> LookUpNamespaceAsync(string name, CancellationToken cancellationToken) =>
        Task.FromResult<NamespaceLookup>(new NamespaceLookup.Found(new NamespaceFacts(name, LabelSet.Empty)));

    public ImmutableArray<CacheStatus> CacheStatuses() => [];

    private static MeshSnapshot Read()
    {
        using var resource = typeof(StandingCluster).Assembly.GetManifestResourceStream("cluster.yaml")!;
        var reading = ManifestReader.Read(resource);
        Expect.That(reading.Errors.IsEmpty, $"the sample cluster cannot be read: {reading.Errors.FirstOrDefault()}");
        var mesh = ClusterManifests.SnapshotOf(reading.Manifests);
        var profiles = BuiltInProfiles.Names.Select(name => mesh.ProfileNamed(name)!).Concat(mesh.Profiles.Values).Where(profile => profile.IsRendered).DistinctBy(profile => profile.Name);
        var rendered = profiles.SelectMany(profile => new[] { ProfileRenderer.Render(profile).ForWorkloads("istio-system"), ProfileRenderer.Render(profile).ForWorkloads("telemetry") });
        var manifests = rendered.Where(resource => resource is not null)
            .SelectMany(resource => ManifestReader.Read("rendered", System.Text.Encoding.UTF8.GetBytes(resource!.ToManifest().ToJsonString())).Manifests);
        return ClusterManifests.Apply(mesh, manifests);
    }
}
