using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Rendering;

/// <summary>Labels and annotations of rendered resources.</summary>
internal static class ResourceMetadata
{
    /// <summary>
    /// A list of hosts, or NAMESPACE/HOST, separated by commas without blanks. Gateways and waypoints are sent only the clusters of services that
    /// routes lead to; a sink that only a logger names has to be announced (<c>pilot/pkg/model/envoyfilter.go</c>, convertToEnvoyFilterWrapper).
    /// </summary>
    public const string ReferencedServices = "envoyfilter.istio.io/referenced-services";

    private const string AnalyzeSuppress = "galley.istio.io/analyze-suppress";

    /// <summary>Whether an annotation is one of those that are rendered.</summary>
    public static bool IsRendered(string annotation) => annotation is ReferencedServices or AnalyzeSuppress;

    public static LabelSet Labels(string profile, string revision) => LabelSet.Of(
        (MeshKeys.ManagedBy, MeshKeys.ManagedByThis), ("app.kubernetes.io/part-of", "accesslog-webhook"), (AccessLogKeys.Profile, profile),
        (AccessLogKeys.Revision, revision));

    /// <summary>
    /// Which messages of <c>istioctl analyze</c> are kept off our resources, since they would be wrong or can be acted on by nobody.
    /// EnvoyFilter: IST0133, the general caution that istiod has for every one (<c>pkg/config/validation/envoyfilter</c>). Telemetry that selects: IST0101, it
    /// matches no Pod, as before the first one and after the last; IST0159, two that select one Pod, which is how a provider is switched off beside others'
    /// Telemetries; IST0166, it selects a Gateway API gateway's Pods, which istiod honours (ENABLE_SELECTOR_BASED_K8S_GATEWAY_POLICY). Telemetry that
    /// targets: IST0160, several without a selector, among which the analyzer counts those with targetRefs (<c>analyzers/telemetry/default_selector.go</c>).
    /// </summary>
    public static LabelSet Annotations(LoggingResourceKind kind, bool selects, string referencedServices)
    {
        var suppressed = (kind, selects) switch
        {
            (LoggingResourceKind.EnvoyFilter, _) => "IST0133",
            (_, true) => "IST0101,IST0159,IST0166",
            (_, false) => "IST0160",
        };
        return referencedServices.Length > 0 && kind == LoggingResourceKind.EnvoyFilter
            ? LabelSet.Of((AnalyzeSuppress, suppressed), (ReferencedServices, referencedServices))
            : LabelSet.Of((AnalyzeSuppress, suppressed));
    }
}
