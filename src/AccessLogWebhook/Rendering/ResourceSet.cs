using System.Collections.Immutable;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Rendering;

namespace AccessLogWebhook.Rendering;

/// <summary>The resources of one profile for the namespaces and waypoints that are named, and what is missing to render the rest.</summary>
internal sealed class ResourceSet
{
    public ResourceSet(ProfileRendering rendering, string rootNamespace, ImmutableArray<string> namespaces, ImmutableArray<ObjectKey> waypoints)
    {
        var silences = rendering.SilencerForWorkloads("") is not null;
        var reachesAll = rendering.Backend == LoggingResourceKind.EnvoyFilter;
        Resources =
        [
            .. ((ImmutableArray<string>)(reachesAll ? [rootNamespace] : namespaces)).Select(rendering.ForWorkloads).OfType<RenderedResource>(),
            .. namespaces.Select(rendering.SilencerForWorkloads).OfType<RenderedResource>(),
            .. waypoints.SelectMany(waypoint => new[] { rendering.ForWaypoint(waypoint), rendering.SilencerForWaypoint(waypoint) }).OfType<RenderedResource>(),
        ];
        Notes = [.. NotesOn(rendering, namespaces.IsEmpty && (silences || !reachesAll), waypoints)];
    }

    public ImmutableArray<RenderedResource> Resources { get; }

    /// <summary>For people, a sentence each.</summary>
    public ImmutableArray<string> Notes { get; }

    private static IEnumerable<string> NotesOn(ProfileRendering rendering, bool lacksNamespaces, ImmutableArray<ObjectKey> waypoints)
    {
        var (profile, onWorkloads, onWaypoints) = (rendering.Profile, rendering.ForWorkloads("") is not null, rendering.ForWaypoint(new ObjectKey("", "")) is not null);
        if (lacksNamespaces && onWorkloads)
        {
            yield return $"profile {profile}: a Telemetry reaches the Pods of its own namespace only: name each namespace that has such Pods by --namespace.";
        }

        if (!onWorkloads && waypoints.IsEmpty)
        {
            yield return $"profile {profile}: it logs on waypoints only: name each by --waypoint NAMESPACE/NAME.";
        }

        if (!onWaypoints && !waypoints.IsEmpty)
        {
            yield return $"profile {profile}: it does not log on waypoints, so nothing is rendered for them.";
        }

        if (rendering.Provider is { } provider)
        {
            yield return $"profile {profile}: its Telemetry logs only where the mesh configuration has the provider {provider.Name}: --mesh-config prints it.";
        }
    }
}
