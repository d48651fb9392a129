using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Workloads;

namespace AccessLogWebhook.Policy.Explaining;

/// <summary>Which proxy logs for a workload, a sentence.</summary>
internal static class ProxyText
{
    public static string Of(Proxy proxy, Workload workload, PolicyContext context) => (proxy, workload) switch
    {
        (_, IstioGateway gateway) => ServedBy(gateway, context),
        (Proxy.Waypoint waypoint, PodWorkload) when workload.Metadata.Labels?[MeshKeys.GatewayName] != waypoint.GatewayName =>
            $"It is in ambient mode, and its HTTP traffic goes through the waypoint {waypoint.Gateway}.",
        (Proxy.Waypoint, _) => "It is a waypoint.",
        (Proxy.GeneratedGateway, _) => "It is a gateway that Istio deploys.",
        (Proxy.Sidecar { IsCertain: false }, _) => $"It has a sidecar if Istio injects by default: namespace {context.Namespace.Name} has no injection label.",
        (Proxy.Sidecar { IsGateway: true }, _) => "It is a gateway that is injected.",
        (Proxy.Sidecar { IsGateway: null }, _) => "It has a proxy that nobody injected: a sidecar or a gateway, which cannot be told.",
        _ => "It has a sidecar.",
    };

    private static string ServedBy(IstioGateway gateway, PolicyContext context)
    {
        var pods = IstioGatewayRule.ProxiesOf(gateway, context.Mesh).ToList();
        var different = pods.Select(pod => pod.Proxy).Distinct().Count();
        return $"It is served by {(pods.Count == 1 ? "1 Pod" : $"{pods.Count} Pods")} that {Excerpt.Of(gateway.Selector.ToString())} selects; "
            + $"what follows is of {pods[0].Key}{(different == 1 ? "" : $", and may be otherwise of {different - 1} with other labels")}.";
    }
}
