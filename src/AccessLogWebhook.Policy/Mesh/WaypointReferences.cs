using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace AccessLogWebhook.Policy.Mesh;

/// <summary>
/// Which resources of a profile may reach which waypoint. Asked for each Pod in ambient mode, so they are gathered once for each state of the EnvoyFilters and of
/// the Telemetries, when they are first asked for.
/// </summary>
internal sealed class WaypointReferences
{
    private static readonly ConditionalWeakTable<ImmutableDictionary<ObjectKey, LoggingResource>, WaypointReferences> Gathered = [];

    private readonly Dictionary<(string Profile, string Namespace, string Gateway), List<LoggingResource>> byTarget = [];

    private WaypointReferences(ImmutableDictionary<ObjectKey, LoggingResource> resources)
    {
        foreach (var resource in resources.Values)
        {
            if (resource.Labels[AccessLogKeys.Profile] is not { } profile)
            {
                continue;
            }

            // What reaches more than one Gateway by name, by their class or by having no target at all, is under no name.
            var names = resource.TargetRefs.Select(target => target.Kind == "Gateway" ? target.Name : "").DefaultIfEmpty("");
            foreach (var name in names.Distinct(StringComparer.Ordinal))
            {
                var key = (profile, resource.Key.Namespace, name);
                if (!byTarget.TryGetValue(key, out var targeting))
                {
                    byTarget.Add(key, targeting = []);
                }

                targeting.Add(resource);
            }
        }
    }

    /// <summary>Those labelled with the profile that reach the waypoint, of both kinds, in no order.</summary>
    public static IEnumerable<LoggingResource> Reaching(Proxy.Waypoint waypoint, string profile, MeshSnapshot mesh, string rootNamespace) =>
        from resources in new[] { mesh.EnvoyFilters, mesh.Telemetries }
        let gathered = Gathered.GetValue(resources, static each => new WaypointReferences(each)).byTarget
        from key in new[] { (profile, waypoint.Namespace, waypoint.GatewayName), (profile, waypoint.Namespace, ""), (profile, rootNamespace, "") }.Distinct()
        from resource in gathered.GetValueOrDefault(key, [])
        where Attachment.Reaches(resource, waypoint, rootNamespace)
        select resource;
}
