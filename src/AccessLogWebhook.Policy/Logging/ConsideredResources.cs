using System.Collections.Immutable;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Logging;

/// <summary>A resource around access logs that does nothing for a proxy, and why: a clause that follows its title.</summary>
public sealed record ConsideredResource(LoggingResourceKind Kind, ObjectKey Key, string Reason)
{
    public override string ToString() => $"{Kind} {Excerpt.Of(Key.ToString())} {Reason}.";
}

/// <summary>
/// What looks as if it counted for a proxy, and does not. Of other namespaces that is what selects by labels that the proxy carries. For people who ask; it looks at all
/// resources around access logs, and so is none of a request's.
/// </summary>
public static class ConsideredResources
{
    /// <summary>Nobody reads more.</summary>
    public const int Most = 100;

    public static ImmutableArray<ConsideredResource> Of(Proxy proxy, MeshSnapshot mesh, string rootNamespace) =>
    [
        .. All(mesh)
            .Select(resource => Consider(resource, proxy, mesh, rootNamespace) is { } reason ? new ConsideredResource(resource.Kind, resource.Key, reason) : null)
            .OfType<ConsideredResource>()
            .OrderBy(considered => considered.Key.Namespace != proxy.Namespace)
            .ThenBy(considered => considered.Key.Namespace != rootNamespace)
            .ThenBy(considered => considered.ToString(), StringComparer.Ordinal)
            .Take(Most),
    ];

    private static IEnumerable<LoggingResource> All(MeshSnapshot mesh) =>
        LoggingIndex.Of(mesh.EnvoyFilters).Values.Concat(LoggingIndex.Of(mesh.Telemetries).Values)
            .SelectMany(resources => resources)
            .Where(resource => resource.Effects is { TouchesLogs: true });

    private static string? Consider(LoggingResource resource, Proxy proxy, MeshSnapshot mesh, string rootNamespace)
    {
        if (Obstacles.Of(resource, proxy, rootNamespace) is { } obstacle)
        {
            return Attachment.Considers(resource, proxy.Namespace, rootNamespace) || LooksMeant(resource, proxy) ? obstacle : null;
        }

        if (resource.Kind == LoggingResourceKind.Telemetry)
        {
            return resource.IsNamespaceWide && AttachedResources.OldestWide(mesh, resource.Key.Namespace) is { } counts && counts.Key != resource.Key
                ? $"does not count: of the Telemetries for the whole of namespace {Excerpt.Of(resource.Key.Namespace)} Istio takes the oldest, {Excerpt.Of(counts.Key.Name)}"
                : null;
        }

        var directions = LoggingModel.DirectionsOf(proxy);
        var patches = resource.Effects!.Patches;
        if (patches.Any(patch => patch.Action != LogPatchAction.None && directions.Any(direction => patch.Scope.Reach(direction, proxy is Proxy.Waypoint) != LogReach.None)))
        {
            return null;
        }

        return patches.FirstOrDefault(patch => patch.Action == LogPatchAction.None) is { } nothing
            ? $"reaches it and does nothing: spec.configPatches[{nothing.Index}] {nothing.Note}"
            : $"reaches it and does nothing: its patches are for {Listeners(patches[0].Scope)}, which this proxy has not";
    }

    private static bool LooksMeant(LoggingResource resource, Proxy proxy)
    {
        var labels = proxy switch
        {
            Proxy.Sidecar sidecar => sidecar.Labels,
            Proxy.GeneratedGateway gateway => gateway.Labels,
            _ => null,
        };
        var gatewayName = proxy switch
        {
            Proxy.GeneratedGateway gateway => gateway.GatewayName,
            Proxy.Waypoint waypoint => waypoint.GatewayName,
            _ => null,
        };
        return (labels is not null && resource.Selector is { Count: > 0 } selector && selector.IsSubsetOf(labels))
            || (gatewayName is not null && resource.TargetRefs.Any(target => target.Kind == "Gateway" && target.Name == gatewayName && target.Namespace == proxy.Namespace));
    }

    private static string Listeners(LogPatchScope scope) => scope.Listener.Length > 0 ? $"the listener {Excerpt.Of(scope.Listener)}" : $"the context {Excerpt.Of(scope.Context)}";
}
