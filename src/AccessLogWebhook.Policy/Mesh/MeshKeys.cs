namespace AccessLogWebhook.Policy.Mesh;

/// <summary>
/// The label and annotation keys that other projects define and that decide something here. Sources: istio/api
/// <c>label/labels.yaml</c> and <c>annotation/annotations.yaml</c>; <c>kubernetes.io/config.mirror</c> is the kubelet's.
/// </summary>
public static class MeshKeys
{
    public const string MirrorPod = "kubernetes.io/config.mirror";
    public const string SidecarInject = "sidecar.istio.io/inject";
    public const string InjectTemplates = "inject.istio.io/templates";
    public const string SidecarStatus = "sidecar.istio.io/status";
    public const string NamespaceInjection = "istio-injection";
    public const string Revision = "istio.io/rev";
    public const string DataplaneMode = "istio.io/dataplane-mode";
    public const string UseWaypoint = "istio.io/use-waypoint";
    public const string UseWaypointNamespace = "istio.io/use-waypoint-namespace";
    public const string WaypointFor = "istio.io/waypoint-for";

    /// <summary>Set by Istio's node agent (<c>cni/pkg/util/podutil.go</c>) on a Pod whose traffic is redirected to ztunnel.</summary>
    public const string AmbientRedirection = "ambient.istio.io/redirection";

    public const string GatewayName = "gateway.networking.k8s.io/gateway-name";
    public const string GatewayClassName = "gateway.networking.k8s.io/gateway-class-name";
    public const string GatewayManaged = "gateway.istio.io/managed";

    /// <summary>Kubernetes' label for who made an object, and its value on what this project renders.</summary>
    public const string ManagedBy = "app.kubernetes.io/managed-by";

    public const string ManagedByThis = "accesslog-webhook";

    /// <summary>
    /// Whether a snapshot keeps this label of a namespace. What is not kept cannot be asked for, so that a namespace costs the
    /// same however many labels its owners put on it.
    /// </summary>
    public static bool DecidesInNamespace(string key) =>
        key is NamespaceInjection or Revision or DataplaneMode or UseWaypoint or UseWaypointNamespace
        || key.StartsWith(AccessLogKeys.Prefix, StringComparison.Ordinal);

    /// <summary>Whether a snapshot keeps this annotation of a Pod.</summary>
    public static bool DecidesOnPod(string key) =>
        key is MirrorPod or SidecarInject or SidecarStatus or InjectTemplates or AmbientRedirection || key.StartsWith(AccessLogKeys.Prefix, StringComparison.Ordinal);
}
