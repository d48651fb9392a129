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
