using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Logging;

/// <summary>The EnvoyFilters and Telemetries that count for a proxy, in istiod's order.</summary>
internal static class AttachedResources
{
    /// <summary>
    /// <c>push_context.go EnvoyFilters</c>: those of the root namespace and of the proxy's own that reach it; by priority, then the root namespace first, then age and name.
    /// </summary>
    public static IReadOnlyList<LoggingResource> EnvoyFilters(Proxy proxy, MeshSnapshot mesh, string rootNamespace)
    {
        var attached = new List<LoggingResource>();
        Add(rootNamespace);
        if (proxy.Namespace != rootNamespace)
        {
            var ofRoot = attached.Count;
            Add(proxy.Namespace);
            if (ofRoot > 0 && attached.Count > ofRoot)
            {
                // The sort is stable, and both parts are in order: of equal priority those of the root namespace stay first.
                return [.. attached.OrderBy(filter => filter.Effects!.Priority)];
            }
        }

        return attached;

        void Add(string @namespace)
        {
            foreach (var filter in LoggingIndex.In(mesh.EnvoyFilters, @namespace))
            {
                if (Attachment.Reaches(filter, proxy, rootNamespace))
                {
                    attached.Add(filter);
                }
            }
        }
    }

    /// <summary>
    /// <c>telemetry.go applicableTelemetries</c>: the oldest of the root namespace that is for everything, the oldest such of the proxy's own, then those that
    /// select or target it, by age. What comes later counts more. Of those that say nothing about access logs none is left.
    /// </summary>
    public static IReadOnlyList<LoggingResource> Telemetries(Proxy proxy, MeshSnapshot mesh, string rootNamespace)
    {
        var attached = new List<LoggingResource>();
        Wide(rootNamespace);
        if (proxy.Namespace != rootNamespace)
        {
            Wide(proxy.Namespace);
        }

        if (proxy is Proxy.Waypoint { Served: { } served })
        {
            // What targets is looked for in the namespace of the Service alone, and there no Gateway of this one is met.
            Wide(served);
            return Counting();
        }

        foreach (var telemetry in LoggingIndex.In(mesh.Telemetries, proxy.Namespace))
        {
            if (!telemetry.IsNamespaceWide && Attachment.Reaches(telemetry, proxy, rootNamespace))
            {
                attached.Add(telemetry);
            }
        }

        return Counting();

        IReadOnlyList<LoggingResource> Counting() => [.. attached.Where(telemetry => telemetry.Effects is { AccessLogging.IsEmpty: false })];

        void Wide(string @namespace)
        {
            if (OldestWide(mesh, @namespace) is { } wide)
            {
                attached.Add(wide);
            }
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
