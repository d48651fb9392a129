using System.Collections.Immutable;
using System.Text;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Manifests;
using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Rendering;

namespace AccessLogWebhook.Reviewing;

/// <summary>
/// A cluster as it would be with some manifests applied: profiles, Namespaces, EnvoyFilters and the like. What those profiles render to is in it too, since the
/// controllers would put it there before a Pod is given its labels.
/// </summary>
internal static class AsOfCluster
{
    /// <returns>The snapshot, or what is wrong with the manifests.</returns>
    public static (MeshSnapshot Mesh, ImmutableArray<ManifestError> Errors) Of(MeshSnapshot now, ImmutableArray<Manifest> changes, PolicySettings settings)
    {
        var errors = changes.Where(change => !ClusterKinds.All.Any(kind => kind.Matches(change.ApiVersion, change.Kind)))
            .Select(change => new ManifestError(
                change.Source, change.Line, 1, $"--as-of cannot change a {Excerpt.Of(change.Kind)}: give AccessLogProfiles, Namespaces, EnvoyFilters, Telemetries, Gateways or GatewayClasses."))
            .Concat(ClusterManifests.Conflicts(changes))
            .ToList();
        var then = ClusterManifests.Apply(now, changes);
        foreach (var change in changes.Where(change => change.Kind == "AccessLogProfile"))
        {
            errors.AddRange(then.Profiles.GetValueOrDefault(change.Name)?.Errors.Select(error =>
                new ManifestError(change.Source, change.Line, 1, $"AccessLogProfile {Excerpt.Of(change.Name)} cannot be used: {error}")) ?? []);
        }

        return errors.Count > 0 ? (now, [.. errors]) : (WithReferences(then, Named(changes, settings), settings), []);
    }

    // Those that are given, and those that are newly asked for; what is missing of others is missing then as now.
    private static HashSet<string> Named(ImmutableArray<Manifest> changes, PolicySettings settings) =>
    [
        .. changes.Where(change => change.Kind == "AccessLogProfile").Select(change => change.Name),
        .. from change in changes
           where change.Kind == "Namespace"
           let facts = ClusterKinds.ReadNamespace(change.ToElement(), new ObjectKey("", change.Name))
           from mode in Modes.All
           let request = Modes.Requested(mode, facts, settings)
           where request is not null
           select request.Profile,
    ];

    private static MeshSnapshot WithReferences(MeshSnapshot then, HashSet<string> profiles, PolicySettings settings) => ClusterManifests.Apply(
        then,
        from profile in ReferencePlan.For(then, settings, ImmutableDictionary<string, VerdictCounts>.Empty, default).Profiles
        where profiles.Contains(profile.Profile)
        from apply in profile.Applies
        let resource = apply.Resource
        select new Manifest(
            "rendered", 1, Encoding.UTF8.GetBytes(resource.ToManifest().ToJsonString()), resource.ApiVersion, resource.Kind.ToString(), resource.Key.Namespace, resource.Key.Name));
}
