using System.Diagnostics;

namespace AccessLogWebhook.Policy.Mesh;

/// <summary>
/// Which EnvoyFilters and Telemetries reach which proxy, by selector or by targetRefs (Istio, <c>pilot/pkg/model/policyattachment.go
/// ShouldAttachPolicy</c>). EnvoyFilters of the root namespace and of the proxy's own are considered (<c>push_context.go EnvoyFilters</c>).
/// Of Telemetries only those of the proxy's own namespace are, and of the root namespace the one that is for everything: a selector in the
/// root namespace picks proxies of the root namespace alone (<c>telemetry.go applicableTelemetries</c>).
/// </summary>
/// <remarks>A targetRef to a Service is not followed: which Services a waypoint serves is not known here, and unknown is not reached.</remarks>
public static class Attachment
{
    private const string GatewayGroup = "gateway.networking.k8s.io";

    public static bool Reaches(LoggingResource resource, Proxy proxy, string rootNamespace) =>
        Considers(resource, proxy.Namespace, rootNamespace)
        && proxy switch
        {
            // A Telemetry for a whole namespace is taken for every proxy in it, before any selector or targetRef is looked at.
            _ when resource is { Kind: LoggingResourceKind.Telemetry, IsNamespaceWide: true } => true,
            Proxy.Sidecar sidecar => resource.TargetRefs.IsEmpty && Selects(resource, sidecar.Labels),
            Proxy.GeneratedGateway gateway => resource.TargetRefs.IsEmpty
                ? Selects(resource, gateway.Labels)
                : TargetsGateway(resource, gateway.Namespace, gateway.GatewayName),
            Proxy.Waypoint { Served: not null } when resource.Kind == LoggingResourceKind.Telemetry => false,
            Proxy.Waypoint waypoint => TargetsGateway(resource, waypoint.Namespace, waypoint.GatewayName) || TargetsAllWaypoints(resource, rootNamespace),
            _ => throw new UnreachableException(),
        };

    /// <summary>Whether istiod considers the resource for proxies of <paramref name="proxyNamespace"/> at all.</summary>
    public static bool Considers(LoggingResource resource, string proxyNamespace, string rootNamespace) =>
        resource.Key.Namespace == proxyNamespace
        || (resource.Key.Namespace == rootNamespace && (resource.Kind == LoggingResourceKind.EnvoyFilter || resource.IsNamespaceWide));

    private static bool Selects(LoggingResource resource, LabelSet labels) => resource.Selector?.IsSubsetOf(labels) ?? true;

    private static bool TargetsAllWaypoints(LoggingResource resource, string rootNamespace) =>
        resource.Key.Namespace == rootNamespace
        && resource.TargetRefs.Any(target => target is { Group: GatewayGroup, Kind: "GatewayClass", Name: GatewayClasses.Waypoint });

    private static bool TargetsGateway(LoggingResource resource, string @namespace, string gatewayName) =>
        resource.Key.Namespace == @namespace && resource.TargetRefs.Any(target =>
            target is { Group: GatewayGroup, Kind: "Gateway" }
            && target.Name == gatewayName
            && (target.Namespace.Length == 0 || target.Namespace == @namespace));
}
