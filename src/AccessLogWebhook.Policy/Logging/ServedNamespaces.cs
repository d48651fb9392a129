using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Logging;

/// <summary>
/// The namespaces that send their traffic through a waypoint of another one, by their labels. Gathered once for each state of the namespaces.
/// </summary>
internal static class ServedNamespaces
{
    private static readonly ConditionalWeakTable<ImmutableDictionary<string, NamespaceFacts>, ILookup<ObjectKey, string>> Gathered = [];

    public static IEnumerable<string> Of(Proxy.Waypoint waypoint, MeshSnapshot mesh) => Gathered.GetValue(mesh.Namespaces, Gather)[waypoint.Gateway];

    private static ILookup<ObjectKey, string> Gather(ImmutableDictionary<string, NamespaceFacts> namespaces) => (
        from facts in namespaces.Values
        let name = facts.Labels[MeshKeys.UseWaypoint]
        let at = facts.Labels[MeshKeys.UseWaypointNamespace]
        where name is not null && at is not null && at != facts.Name
        orderby facts.Name
        select (Waypoint: new ObjectKey(at, name), facts.Name)).ToLookup(served => served.Waypoint, served => served.Name);
}
