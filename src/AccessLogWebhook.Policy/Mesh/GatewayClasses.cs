namespace AccessLogWebhook.Policy.Mesh;

/// <summary>What kind of proxy a GatewayClass stands for.</summary>
public enum GatewayClassKind
{
    /// <summary>Envoy, deployed by Istio, reached by labels.</summary>
    Istio,

    /// <summary>Envoy as a waypoint or east-west gateway, reached by targetRefs only.</summary>
    Waypoint,

    /// <summary>Istio's agentgateway, which is not Envoy.</summary>
    NotEnvoy,

    /// <summary>A gateway of another cluster; nothing is deployed.</summary>
    Remote,

    /// <summary>Another implementation's.</summary>
    NotIstio,
}

/// <summary>Source: Istio's <c>pilot/pkg/config/kube/gatewaycommon/classinfo.go</c> and <c>pkg/config/constants/constants.go</c>.</summary>
public static class GatewayClasses
{
    public const string Waypoint = "istio-waypoint";

    /// <summary>The kind of a class: by its object's controller where it is known, else by Istio's well-known names.</summary>
    public static GatewayClassKind KindOf(string className, MeshSnapshot mesh) =>
        mesh.GatewayClasses.TryGetValue(className, out var controller) ? OfController(controller) : OfName(className);

    /// <summary>Whether a Pod with these labels is a waypoint's, or an east-west gateway's: istiod puts them on the Pods that it makes.</summary>
    public static bool IsWaypoint(LabelSet labels) =>
        labels[MeshKeys.GatewayManaged] is "istio.io-mesh-controller" or "istio.io-eastwest-controller" || labels.Has(MeshKeys.GatewayClassName, Waypoint);

    /// <summary>
    /// What kind of gateway a Pod is of: by the label that istiod puts on those that it makes, else by the class, of a label or of the Gateway that the Pod names; null for a
    /// Pod of none, or where nothing tells. Other implementations call their Pods by the same label.
    /// </summary>
    public static GatewayClassKind? KindOfPod(string @namespace, LabelSet labels, MeshSnapshot mesh)
    {
        if (labels[MeshKeys.GatewayName] is not { } name)
        {
            return null;
        }

        return labels[MeshKeys.GatewayManaged] switch
        {
            "istio.io-gateway-controller" => GatewayClassKind.Istio,
            "istio.io-mesh-controller" or "istio.io-eastwest-controller" => GatewayClassKind.Waypoint,
            "istio.io-agentgateway-controller" or "istio.io-agentgateway-waypoint-controller" => GatewayClassKind.NotEnvoy,
            _ => (labels[MeshKeys.GatewayClassName] ?? mesh.KubernetesGateways.GetValueOrDefault(new ObjectKey(@namespace, name))?.ClassName) is { Length: > 0 } className
                ? KindOf(className, mesh)
                : null,
        };
    }

    /// <summary>Whether no EnvoyFilter or Telemetry reaches what is of that kind.</summary>
    public static bool IsForeign(GatewayClassKind? kind) => kind is GatewayClassKind.NotEnvoy or GatewayClassKind.NotIstio or GatewayClassKind.Remote;

    private static GatewayClassKind OfController(string controllerName) => controllerName switch
    {
        "istio.io/gateway-controller" => GatewayClassKind.Istio,
        "istio.io/mesh-controller" or "istio.io/eastwest-controller" => GatewayClassKind.Waypoint,
        "istio.io/agentgateway-controller" or "istio.io/agentgateway-waypoint-controller" => GatewayClassKind.NotEnvoy,
        "istio.io/unmanaged-gateway" => GatewayClassKind.Remote,
        _ => GatewayClassKind.NotIstio,
    };

    /// <summary>The kind that a name has by convention, for a class whose object is not known.</summary>
    private static GatewayClassKind OfName(string className) => className switch
    {
        "istio" => GatewayClassKind.Istio,
        Waypoint or "istio-east-west" => GatewayClassKind.Waypoint,
        "istio-agentgateway" or "istio-agentgateway-waypoint" => GatewayClassKind.NotEnvoy,
        "istio-remote" => GatewayClassKind.Remote,
        _ => GatewayClassKind.NotIstio,
    };
}
