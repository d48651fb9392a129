namespace AccessLogWebhook.Explaining;

/// <summary>A kind that can be explained.</summary>
/// <param name="Kind">As in a manifest.</param>
/// <param name="GroupVersion">Where an API server serves it; empty for what the snapshot holds in whole.</param>
/// <param name="Plural">The resource name.</param>
internal sealed record ExplainedKind(string Kind, string GroupVersion, string Plural, params string[] ShortNames)
{
    public static readonly ExplainedKind Pod = new("Pod", "v1", "pods", "po");

    /// <summary>Of either API; of one alone by its full name, <c>gateways.networking.istio.io</c>.</summary>
    public static readonly ExplainedKind Gateway = new("Gateway", "", "gateways", "gtw");

    public static readonly ExplainedKind IstioGateway = new("Gateway", "", "gateways.networking.istio.io", "gateway.networking.istio.io");

    public static readonly ExplainedKind KubernetesGateway = new("Gateway", "", "gateways.gateway.networking.k8s.io", "gateway.gateway.networking.k8s.io");

    private static readonly ExplainedKind[] All =
    [
        Pod, Gateway, IstioGateway, KubernetesGateway,
        new("Deployment", "apps/v1", "deployments", "deploy"),
        new("StatefulSet", "apps/v1", "statefulsets", "sts"),
        new("DaemonSet", "apps/v1", "daemonsets", "ds"),
        new("ReplicaSet", "apps/v1", "replicasets", "rs"),
        new("Job", "batch/v1", "jobs"),
        new("CronJob", "batch/v1", "cronjobs", "cj"),
    ];

    public static string Known => string.Join(", ", All.Where(kind => !ReferenceEquals(kind, IstioGateway) && !ReferenceEquals(kind, KubernetesGateway)).Select(kind => kind.Kind.ToLowerInvariant()));

    public bool IsInSnapshot => GroupVersion.Length == 0;

    public bool HasTemplate => !IsInSnapshot && this != Pod;

    /// <summary>The kind of a name that kubectl would take; null where it is none of these.</summary>
    public static ExplainedKind? Named(string name) => Array.Find(All, kind =>
        string.Equals(name, kind.Plural, StringComparison.OrdinalIgnoreCase)
        || (kind.Plural.IndexOf('.', StringComparison.Ordinal) < 0 && string.Equals(name, kind.Kind, StringComparison.OrdinalIgnoreCase))
        || kind.ShortNames.Contains(name, StringComparer.OrdinalIgnoreCase));
}
