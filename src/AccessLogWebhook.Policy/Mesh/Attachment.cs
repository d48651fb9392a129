using System.Diagnostics;

namespace AccessLogWebhook.Policy.Mesh;

/// <summary>
/// Which EnvoyFilters and Telemetries reach which proxy: those of the root namespace and of the proxy's own, by selector or by
/// targetRefs, by the rules of Istio's <c>pilot/pkg/model/policyattachment.go ShouldAttachPolicy</c>.
/// </summary>
/// <remarks>A targetRef to a Service is not followed: which Services a waypoint serves is not known here, and unknown is not reached.</remarks>
public static class Attachment
{
    private const string GatewayGroup = "gateway.networking.k8s.io";

    public static bool Reaches(LoggingResource resource, Proxy proxy, string rootNamespace) => proxy switch
    {
        Proxy.Sidecar sidecar => Considers(resource, sidecar.Namespace, rootNamespace)
            && resource.TargetRefs.IsEmpty
            && Selects(resource, sidecar.Labels),
        Proxy.GeneratedGateway gateway => Considers(resource, gateway.Namespace, rootNamespace)
            && (resource.TargetRefs.IsEmpty
                ? Selects(resource, gateway.Labels)
                : TargetsGateway(resource, gateway.Namespace, gateway.GatewayName)),
        Proxy.Waypoint waypoint => TargetsGateway(resource, waypoint.Namespace, waypoint.GatewayName)
            || (resource.Key.Namespace == rootNamespace && resource.TargetRefs.Any(target =>
                target is { Group: GatewayGroup, Kind: "GatewayClass", Name: GatewayClasses.Waypoint })),
        _ => throw new UnreachableException(),
    };

    /// <summary>Whether the resource is in a namespace that istiod considers for proxies of <paramref name="proxyNamespace"/>.</summary>
    public static bool Considers(LoggingResource resource, string proxyNamespace, string rootNamespace) =>
        resource.Key.Namespace == proxyNamespace || resource.Key.Namespace == rootNamespace;

    private static bool Selects(LoggingResource resource, LabelSet labels) => resource.Selector?.IsSubsetOf(labels) ?? true;

    private static bool TargetsGateway(LoggingResource resource, string @namespace, string gatewayName) =>
        resource.Key.Namespace == @namespace && resource.TargetRefs.Any(target =>
            target is { Group: GatewayGroup, Kind: "Gateway" }
            && target.Name == gatewayName
            && (target.Namespace.Length == 0 || target.Namespace == @namespace));
}
