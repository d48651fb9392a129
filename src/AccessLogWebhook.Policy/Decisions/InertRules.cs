using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Workloads;

namespace AccessLogWebhook.Policy.Decisions;

/// <summary>Why nothing can log here.</summary>
/// <param name="Problem">A sentence that follows the workload's name.</param>
/// <param name="Remedy">The change after which something could; empty where there is none.</param>
public sealed record Inertness(ReasonCode Reason, string Problem, string Remedy = "");

/// <summary>
/// Which proxy a workload has, or why it has none that can log.
/// <list type="bullet">
/// <item>A Pod with a container <c>istio-proxy</c> has one, whatever else it says (annotations, which anyone can write, prove nothing): manual injection,
/// a gateway's own Pod. ztunnel has such a container and is no Envoy.</item>
/// <item>hostNetwork, the system namespaces and <c>sidecar.istio.io/inject: "false"</c> keep the injector away; the label beats the
/// annotation, and a value other than true and false counts for nothing (Istio, <c>pkg/kube/inject/inject.go injectRequired</c>).</item>
/// <item>Which namespaces the injector is called for: <c>istio-injection</c> or <c>istio.io/rev</c> on the namespace, else the Pod's own label
/// (Istio, <c>istio-discovery/templates/mutatingwebhook.yaml</c>). With neither it depends on an installation value that no label shows.</item>
/// <item>A Pod in ambient mode has no sidecar; HTTP is logged by the waypoint that it is told to use, if at all.</item>
/// </list>
/// </summary>
internal static class InertRules
{
    public static (Proxy? Proxy, Inertness? Inertness) ProxyOf(PodWorkload pod, PolicyContext context)
    {
        var (labels, ns) = (pod.Labels, context.Namespace);
        if (pod.Annotations.ContainsKey(MeshKeys.MirrorPod))
        {
            return (null, new(ReasonCode.MirrorPod, "is the mirror of a static Pod, which no webhook can change."));
        }

        if (pod.HasProxyContainer)
        {
            return labels.Has("app", "ztunnel")
                ? (null, new(ReasonCode.Ztunnel, "is a ztunnel, which is not Envoy and logs by its own settings."))
                : (ProxyOfGateway(labels, ns.Name) ?? new Proxy.Sidecar(ns.Name, labels, IsCertain: true) { IsGateway = IsGateway(labels, pod.Annotations, hasProxy: true) }, null);
        }

        if (pod.HostNetwork)
        {
            return (null, new(ReasonCode.HostNetwork, "uses the host's network, so it gets no sidecar that could log."));
        }

        if (IsSystemNamespace(ns.Name))
        {
            return (null, new(ReasonCode.SystemNamespace, $"is in {ns.Name}, where Istio never injects a sidecar."));
        }

        var choice = labels[MeshKeys.SidecarInject] ?? pod.Annotations[MeshKeys.SidecarInject];
        if (choice == "false")
        {
            return (null, new(
                ReasonCode.InjectionOptedOut, $"opts out of sidecar injection by {MeshKeys.SidecarInject}=false, so nothing can log here."));
        }

        var injectsByName = ns.Labels[MeshKeys.NamespaceInjection];
        if (injectsByName == "enabled" || (injectsByName is null && ns.Labels.ContainsKey(MeshKeys.Revision)))
        {
            return (new Proxy.Sidecar(ns.Name, labels, IsCertain: true) { IsGateway = IsGateway(labels, pod.Annotations, hasProxy: false) }, null);
        }

        if (injectsByName is null && (labels.Has(MeshKeys.SidecarInject, "true") || labels.ContainsKey(MeshKeys.Revision)))
        {
            return (new Proxy.Sidecar(ns.Name, labels, IsCertain: true) { IsGateway = IsGateway(labels, pod.Annotations, hasProxy: false) }, null);
        }

        if ((labels[MeshKeys.DataplaneMode] ?? ns.Labels[MeshKeys.DataplaneMode]) == "ambient")
        {
            return OfAmbient(pod, context);
        }

        return injectsByName is null
            ? (new Proxy.Sidecar(ns.Name, labels, IsCertain: context.Settings.EnableNamespacesByDefault) { IsGateway = IsGateway(labels, pod.Annotations, hasProxy: false) }, null)
            : (null, new(
                ReasonCode.NamespaceInjectionDisabled,
                $"gets no sidecar: namespace {ns.Name} is labelled {MeshKeys.NamespaceInjection}={injectsByName}."));
    }

    public static (Proxy? Proxy, Inertness? Inertness) ProxyOf(KubernetesGateway gateway, PolicyContext context)
    {
        var @class = gateway.ClassName;
        switch (GatewayClasses.KindOf(@class, context.Mesh))
        {
            case GatewayClassKind.Waypoint:
                return (new Proxy.Waypoint(context.Namespace.Name, gateway.Metadata.Name), null);
            case GatewayClassKind.NotEnvoy:
                return (null, new(ReasonCode.GatewayClassNotEnvoy, $"is of class {@class}, which is not Envoy: no EnvoyFilter or Telemetry reaches it."));
            case GatewayClassKind.Remote:
                return (null, new(ReasonCode.GatewayClassRemote, $"is of class {@class}: its proxies are in another cluster."));
            case GatewayClassKind.NotIstio:
                return (null, new(ReasonCode.GatewayClassNotIstio, $"is of class \"{@class}\", which is not Istio's."));
        }

        return gateway.IsManaged
            ? (new Proxy.GeneratedGateway(context.Namespace.Name, gateway.Metadata.Name, gateway.GeneratedLabels), null)
            : (null, new(
                ReasonCode.GatewayNotManaged,
                "has its proxies deployed by hand (spec.addresses), so its labels reach no Pod.",
                "Put the profile on the Pods that serve it."));
    }

    /// <summary>
    /// Whether refusing it would do harm and no good, whatever is asked: the kubelet would only create a mirror Pod again, and a cluster without
    /// the Pods of its system namespaces is down.
    /// </summary>
    public static bool IsBeyondRefusal(Workload workload, string @namespace) =>
        workload is PodWorkload && (workload.Annotations.ContainsKey(MeshKeys.MirrorPod) || IsSystemNamespace(@namespace));

    /// <summary>The proxy of a Pod that is known by its labels alone, if it has one; null for a gateway's that is not Envoy of Istio's.</summary>
    public static Proxy? ProxyWithin(LabelSet labels, string @namespace, MeshSnapshot mesh) =>
        GatewayClasses.IsForeign(GatewayClasses.KindOfPod(@namespace, labels, mesh)) ? null : ProxyOfGateway(labels, @namespace) ?? new Proxy.Sidecar(@namespace, labels, IsCertain: true);

    /// <summary>What a Pod with a proxy is by the labels that Istio gives to generated gateways; null where it has none of them.</summary>
    private static Proxy? ProxyOfGateway(LabelSet labels, string @namespace) =>
        !labels.TryGet(MeshKeys.GatewayName, out var gatewayName) ? null
        : GatewayClasses.IsWaypoint(labels) ? new Proxy.Waypoint(@namespace, gatewayName)
        : new Proxy.GeneratedGateway(@namespace, gatewayName, labels);

    /// <summary>
    /// Whether a proxy that is reached by labels is a gateway: by the template that it asks for (Istio's <c>gateway</c> chart), or, where nobody injected it, by the labels
    /// of the gateways that Istio's installer deploys. Another one that nobody injected may be either: null.
    /// </summary>
    private static bool? IsGateway(LabelSet labels, LabelSet annotations, bool hasProxy) =>
        annotations[MeshKeys.InjectTemplates]?.Contains("gateway", StringComparison.Ordinal) == true ? true
        : annotations.ContainsKey(MeshKeys.SidecarStatus) || !hasProxy ? false
        : labels["istio"] is "ingressgateway" or "egressgateway" or "eastwestgateway" || labels["app"] is "istio-ingressgateway" or "istio-egressgateway" ? true
        : null;

    // Istio's own list: pkg/kube/inject/initializer.go, IgnoredNamespaces.
    public static bool IsSystemNamespace(string @namespace) =>
        @namespace is "kube-system" or "kube-public" or "kube-node-lease" or "local-path-storage";

    /// <summary>
    /// The traffic that a waypoint takes, where that is none of what a Pod is told to send there: by its own label what goes to it as a workload, by its namespace's what goes
    /// to Services, too (Istio, <c>pilot/pkg/serviceregistry/ambient/waypoints.go</c> fetchWaypointForWorkload, fetchWaypointForService). Null where it takes it, or its
    /// Gateway is not known; the labels of GatewayClasses, which may say so for all, are not.
    /// </summary>
    private static string? OtherTraffic(ObjectKey waypoint, bool isOwn, MeshSnapshot mesh) =>
        mesh.KubernetesGateways.GetValueOrDefault(waypoint)?.Labels[MeshKeys.WaypointFor] is { } traffic
        && !(traffic is "all" or "workload" || (traffic == "service" && !isOwn))
            ? traffic
            : null;

    private static (Proxy?, Inertness?) OfAmbient(PodWorkload pod, PolicyContext context)
    {
        var ns = context.Namespace;
        var (waypoint, from) = pod.Labels[MeshKeys.UseWaypoint] is { } own
            ? (own, pod.Labels[MeshKeys.UseWaypointNamespace])
            : (ns.Labels[MeshKeys.UseWaypoint], ns.Labels[MeshKeys.UseWaypointNamespace]);
        if (waypoint is null or "none")
        {
            return (null, new(
                ReasonCode.AmbientWithoutWaypoint,
                "is in ambient mode without a waypoint, so no Envoy handles its traffic.",
                $"Label namespace {ns.Name} {MeshKeys.UseWaypoint}=NAME to have HTTP logged by a waypoint."));
        }

        var at = new ObjectKey(from ?? ns.Name, waypoint);
        if (OtherTraffic(at, pod.Labels.ContainsKey(MeshKeys.UseWaypoint), context.Mesh) is { } traffic)
        {
            return (null, new(
                ReasonCode.AmbientWithoutWaypoint,
                $"is in ambient mode, and its waypoint {at} is for {Excerpt.Of(traffic)} traffic only.",
                $"Label Gateway {at} {MeshKeys.WaypointFor}=all."));
        }

        return GatewayPods.LabelsOf(at, context.Mesh) switch
        {
            null => (null, new(
                ReasonCode.AmbientWithoutWaypoint,
                $"is in ambient mode, and its waypoint {at} has no Pod.",
                $"Create the Gateway {at} of class {GatewayClasses.Waypoint}.")),
            var labels when GatewayClasses.IsForeign(GatewayClasses.KindOfPod(at.Namespace, labels, context.Mesh)) => (null, new(
                ReasonCode.GatewayClassNotEnvoy,
                $"is in ambient mode, and its waypoint {at} is not Istio's Envoy: no EnvoyFilter or Telemetry reaches it.")),
            _ => (new Proxy.Waypoint(at.Namespace, at.Name) { Served = at.Namespace == ns.Name ? null : ns.Name }, null),
        };
    }
}
