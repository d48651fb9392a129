using System.Collections.Immutable;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Logging;

/// <summary>The EnvoyFilters and Telemetries that count for a proxy, in istiod's order.</summary>
internal static class AttachedResources
{
    private static readonly IReadOnlyList<LoggingResource> None = [];

    /// <summary>
    /// <c>push_context.go EnvoyFilters</c>: those of the root namespace and of the proxy's own that reach it; by priority, then the root namespace first, then age and name.
    /// </summary>
    public static IReadOnlyList<LoggingResource> EnvoyFilters(Proxy proxy, MeshSnapshot mesh, string rootNamespace)
    {
        List<LoggingResource>? attached = null;
        Add(LoggingIndex.In(mesh.EnvoyFilters, rootNamespace), proxy, rootNamespace, ref attached);
        if (proxy.Namespace != rootNamespace)
        {
            var ofRoot = attached?.Count ?? 0;
            Add(LoggingIndex.In(mesh.EnvoyFilters, proxy.Namespace), proxy, rootNamespace, ref attached);
            if (ofRoot > 0 && attached!.Count > ofRoot)
            {
                // The sort is stable, and both parts are in order: of equal priority those of the root namespace stay first.
                return [.. attached.OrderBy(filter => filter.Effects!.Priority)];
            }
        }

        return attached ?? None;
    }

    private static void Add(ImmutableArray<LoggingResource> filters, Proxy proxy, string rootNamespace, ref List<LoggingResource>? attached)
    {
        foreach (var filter in filters)
        {
            if (Attachment.Reaches(filter, proxy, rootNamespace))
            {
                (attached ??= new(capacity: 1)).Add(filter);
            }
        }
    }

    /// <summary>
    /// <c>telemetry.go applicableTelemetries</c>: the oldest of the root namespace that is for everything, the oldest such of the proxy's own, then those that
    /// select or target it, by age. What comes later counts more. Of those that say nothing about access logs none is left.
    /// </summary>
    public static IReadOnlyList<LoggingResource> Telemetries(Proxy proxy, MeshSnapshot mesh, string rootNamespace)
    {
        if (mesh.Telemetries.IsEmpty)
        {
            return None;
        }

        var attached = new List<LoggingResource>();
        AddWide(rootNamespace, mesh, attached);
        if (proxy.Namespace != rootNamespace)
        {
            AddWide(proxy.Namespace, mesh, attached);
        }

        if (proxy is Proxy.Waypoint { Served: { } served })
        {
            // What targets is looked for in the namespace of the Service alone, and there no Gateway of this one is met.
            AddWide(served, mesh, attached);
        }
        else
        {
            foreach (var telemetry in LoggingIndex.In(mesh.Telemetries, proxy.Namespace))
            {
                if (!telemetry.IsNamespaceWide && Attachment.Reaches(telemetry, proxy, rootNamespace))
                {
                    attached.Add(telemetry);
                }
            }
        }

        attached.RemoveAll(static telemetry => telemetry.Effects is not { AccessLogging.IsEmpty: false });
        return attached;
    }

    private static void AddWide(string @namespace, MeshSnapshot mesh, List<LoggingResource> attached)
    {
        if (OldestWide(mesh, @namespace) is { } wide)
        {
            attached.Add(wide);
        }
    }

    /// <summary>The one Telemetry of a namespace that is for all of it; null where there is none (<c>namespaceWideTelemetryConfig</c>).</summary>
    public static LoggingResource? OldestWide(MeshSnapshot mesh, string @namespace)
    {
        foreach (var telemetry in LoggingIndex.In(mesh.Telemetries, @namespace))
        {
            if (telemetry.IsNamespaceWide)
            {
                return telemetry;
            }
        }

        return null;
    }

    /// <summary>
    /// Telemetries that may count, which is not known: those that target a Service, where it is not known which Services the waypoint serves (<c>policyattachment.go</c>,
    /// "Service attached"), and those of the namespaces whose traffic the waypoint handles.
    /// </summary>
    public static IEnumerable<LoggingResource> PerhapsTelemetries(Proxy.Waypoint waypoint, MeshSnapshot mesh)
    {
        foreach (var @namespace in waypoint.Served is { } served ? [served] : ServedNamespaces.Of(waypoint, mesh).Prepend(waypoint.Namespace))
        {
            // That for the whole of a namespace is no question where it is known which one is meant.
            var isOwn = @namespace == (waypoint.Served ?? waypoint.Namespace);
            foreach (var telemetry in LoggingIndex.In(mesh.Telemetries, @namespace).Where(telemetry => telemetry.Effects is { AccessLogging.IsEmpty: false }))
            {
                if (telemetry.TargetRefs.Any(target => target.Kind is "Service" or "ServiceEntry") || (!isOwn && telemetry.IsNamespaceWide))
                {
                    yield return telemetry;
                }
            }
        }
    }
}
