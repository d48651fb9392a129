using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Linting.EnvoyFilters;

namespace AccessLogWebhook.Policy.Linting.Loggers;

/// <summary>
/// AL034. Source: Istio's <c>pilot/pkg/model/push_context.go extraServicesForProxy</c>: waypoints, and with
/// PILOT_FILTER_GATEWAY_CLUSTER_CONFIG gateways, are sent the clusters of their routes and of what this annotation names.
/// </summary>
internal static class ClusterRule
{
    private const string Annotation = "envoyfilter.istio.io/referenced-services";

    public static void Check(LintPass pass)
    {
        if (pass.Subject.Annotations[Annotation] is { Length: > 0 })
        {
            return;
        }

        foreach (var patch in pass.Patches.Where(patch => patch.Context is "ANY" or "GATEWAY" || !pass.Subject.Attachment.TargetRefs.IsEmpty))
        {
            foreach (var log in patch.Logs)
            {
                if (ClusterOf(log) is { Text: { } cluster } field && HostOf(cluster) is { } host)
                {
                    pass.Add(
                        LintRules.InvisibleCluster, field,
                        $"The log goes to {Excerpt.Of(cluster)}, a cluster that waypoints, and some gateways, are not sent, since no route of theirs leads there.",
                        $"Annotate the EnvoyFilter {Annotation}: {host}.");
                }
            }
        }
    }

    private static Field? ClusterOf(AccessLogEntry log) =>
        (log.Config?.Proto("grpc_service") ?? log.Config?.Proto("common_config")?.Proto("grpc_service"))?.Proto("envoy_grpc")?.Proto("cluster_name");

    // outbound|PORT|SUBSET|HOST, as istiod names the clusters of services.
    private static string? HostOf(string cluster) =>
        cluster.Split('|') is ["outbound", _, _, { Length: > 0 } host] ? Excerpt.Of(host) : null;
}
