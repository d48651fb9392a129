using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Workloads;

namespace AccessLogWebhook.Policy.Decisions;

/// <summary>
/// What cannot be said of a Pod by its metadata. A Pod that uses the host's network gets no sidecar and no label of ours, and looks like one that came in while the
/// injector was away: without the injector's mark neither can be told from the other. What the metadata do decide stays decided.
/// </summary>
internal static class MetadataRule
{
    /// <summary>Why the judgement would be a guess; null where it is none.</summary>
    public static UnusableProfile? Find(Workload workload, Judgement judgement, PolicyContext context)
    {
        if (workload is not PodWorkload { IsMetadataOnly: true } pod || judgement.Verdict == Verdict.Exempt)
        {
            return null;
        }

        if (judgement.Verdict != Verdict.Logged && context.Settings.Exemptions.RuntimeClasses.Count > 0)
        {
            return new UnusableProfile(ReasonCode.MetadataOnly, "Only its metadata are known here, which do not say whether its runtime class is one that the configuration excuses. accesslog audit reads Pods whole.");
        }

        return pod.HasProxyContainer || InertRules.ProxyOf(pod, context) switch
        {
            (null, _) => true,
            (Proxy.Waypoint, _) => pod.Annotations.ContainsKey(MeshKeys.AmbientRedirection),
            _ => false,
        }
            ? null
            : new UnusableProfile(
                ReasonCode.MetadataOnly,
                "Only its metadata are known here, which have no mark of a proxy: either it uses the host's network, or nothing has given it one. accesslog audit reads Pods whole.");
    }
}
