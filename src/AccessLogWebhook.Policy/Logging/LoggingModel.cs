using System.Collections.Immutable;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Logging;

/// <summary>
/// Which access loggers the listeners of a proxy end up with, by istiod's rules: what Telemetries and the mesh's settings give them (<see cref="IstioLoggers"/>), and what
/// EnvoyFilters make of that (<see cref="PatchedLoggers"/>). What cannot be known is a doubt, with its reason, and never a guess.
/// </summary>
/// <remarks>It costs what the resources of the root namespace and the proxy's own cost that have to do with access logs, not what the cluster has.</remarks>
public static class LoggingModel
{
    private static readonly LogProtocol[] Protocols = Enum.GetValues<LogProtocol>();

    private static readonly ImmutableArray<LogDirection> OfGateway = [LogDirection.Gateway];
    private static readonly ImmutableArray<LogDirection> OfEither = [LogDirection.Inbound, LogDirection.Outbound, LogDirection.Gateway];
    private static readonly ImmutableArray<LogDirection> OfWaypoint = [LogDirection.Inbound];
    private static readonly ImmutableArray<LogDirection> OfSidecar = [LogDirection.Inbound, LogDirection.Outbound];

    public static ProxyLogging Of(Proxy proxy, MeshSnapshot mesh, string rootNamespace)
    {
        var inputs = new LoggingInputs(
            DirectionsOf(proxy),
            MeshConfigurations.Of(mesh, rootNamespace, RevisionOf(proxy, mesh)),
            AttachedResources.Telemetries(proxy, mesh, rootNamespace),
            AttachedResources.EnvoyFilters(proxy, mesh, rootNamespace));
        return proxy is Proxy.Waypoint waypoint
            ? WithPerhaps(Make(inputs, isWaypoint: true), AttachedResources.PerhapsTelemetries(waypoint, mesh))
            : inputs.Result(mesh, static inputs => Make(inputs, isWaypoint: false));
    }

    private static ProxyLogging Make(LoggingInputs inputs, bool isWaypoint)
    {
        var patches = inputs.Filters.SelectMany(filter => filter.Effects!.Patches, (filter, patch) => (filter.Key, patch)).ToList();
        var istio = new IstioLoggers(inputs.Telemetries, inputs.Settings);
        var events = ImmutableArray.CreateBuilder<LoggedEvents>();
        var doubts = new List<LoggingDoubt>();
        foreach (var direction in inputs.Directions)
        {
            if (istio.IsDoubtful(direction))
            {
                doubts.Add(new LoggingDoubt(null, inputs.Settings.Problem));
            }

            foreach (var protocol in Protocols)
            {
                var patched = new PatchedLoggers(direction, protocol, isWaypoint, istio.Of(direction, protocol));
                patched.Apply(patches);
                events.Add(patched.Events);
                doubts.AddRange(patched.Doubts);
            }
        }

        doubts.AddRange(events.SelectMany(each => each.Loggers).Where(logger => logger is { IsCertain: false, Origin: LoggerOrigin.Provider })
            .Select(logger => new LoggingDoubt((logger.Origin as LoggerOrigin.Provider)!.Telemetry, logger.Doubt)));
        doubts.AddRange(inputs.Filters.Concat(inputs.Telemetries).Where(resource => resource.Effects!.IsCut)
            .Select(resource => new LoggingDoubt(resource.Key, $"{resource.Kind} {resource.Key} has more about access logs than is looked at here.")));
        return new ProxyLogging(events.ToImmutable(), [.. doubts.Distinct()]);
    }

    private static ProxyLogging WithPerhaps(ProxyLogging logging, IEnumerable<LoggingResource> telemetries) => logging with
    {
        Doubts =
        [
            .. logging.Doubts,
            .. telemetries.Select(telemetry => new LoggingDoubt(telemetry.Key, $"Telemetry {telemetry.Key} counts for the Services that it is for, if the waypoint serves them, which is not known.")),
        ],
    };

    public static ImmutableArray<LogDirection> DirectionsOf(Proxy proxy) => proxy switch
    {
        Proxy.GeneratedGateway or Proxy.Sidecar { IsGateway: true } => OfGateway,
        // Either one's listeners: nothing follows from those that it may not have.
        Proxy.Sidecar { IsGateway: null } => OfEither,
        Proxy.Waypoint => OfWaypoint,
        _ => OfSidecar,
    };

    /// <summary>The revision of istiod that a proxy is of: its own label's, else its namespace's; empty where neither has one.</summary>
    public static string RevisionOf(Proxy proxy, MeshSnapshot mesh)
    {
        var labels = proxy switch
        {
            Proxy.Sidecar sidecar => sidecar.Labels,
            Proxy.GeneratedGateway gateway => gateway.Labels,
            _ => LabelSet.Empty,
        };
        return labels[MeshKeys.Revision] ?? mesh.Namespaces.GetValueOrDefault(proxy.Namespace)?.Labels[MeshKeys.Revision] ?? "";
    }
}
