using System.Diagnostics;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Policy.Workloads;

namespace AccessLogWebhook.Policy.Decisions;

/// <summary>The verdict on one workload against one profile. It asks nothing about modes: those say what follows from it.</summary>
public static class Judge
{
    public static Judgement Workload(Workload workload, AccessLogProfile profile, PolicyContext context) =>
        ExemptionRule.ByAnnotation(workload, profile, context.Settings) ?? workload switch
        {
            PodWorkload pod => Pod(pod, profile, context),
            IstioGateway gateway => IstioGatewayRule.Judge(gateway, profile, context),
            KubernetesGateway gateway => KubernetesGateway(gateway, profile, context),
            _ => throw new UnreachableException(),
        };

    private static Judgement Pod(PodWorkload pod, AccessLogProfile profile, PolicyContext context)
    {
        var (proxy, inertness) = InertRules.ProxyOf(pod, context);
        if (inertness is not null)
        {
            return Inert(inertness, profile, refused: profile.RequireProxy && !InertRules.IsBeyondRefusal(pod, context.Namespace.Name));
        }

        if (proxy is Proxy.Waypoint waypoint)
        {
            return WaypointRule.JudgePod(waypoint, profile, context);
        }

        if (LoggedProxyRule.Find(profile, pod.Labels, pod.Annotations, proxy!, context, pod.HasProxyContainer) is { } unlogged)
        {
            return Inert(unlogged, profile, refused: false);
        }

        var judgement = ReferenceRule.Judge(profile, pod.Labels, pod.Annotations, proxy!, "to the Pod template", context);
        return judgement.Verdict is Verdict.Logged or Verdict.Outdated && proxy is Proxy.Sidecar { IsCertain: false }
            ? Inert(
                new(
                    ReasonCode.NamespaceNotInjected,
                    $"gets a sidecar only if Istio injects by default: namespace {context.Namespace.Name} has no injection label.",
                    $"Label the namespace {MeshKeys.NamespaceInjection}=enabled or {MeshKeys.Revision}=REVISION."),
                profile,
                refused: profile.RequireProxy)
            : judgement;
    }

    private static Judgement KubernetesGateway(KubernetesGateway gateway, AccessLogProfile profile, PolicyContext context)
    {
        var (proxy, inertness) = InertRules.ProxyOf(gateway, context);
        if (inertness is not null)
        {
            return Inert(inertness, profile, refused: false);
        }

        if (proxy is Proxy.Waypoint waypoint)
        {
            return WaypointRule.JudgeGateway(gateway, waypoint, profile, context);
        }

        if (LoggedProxyRule.Find(profile, gateway.CopiedLabels, gateway.Annotations, proxy!, context, hasProxy: true) is { } unlogged)
        {
            return Inert(unlogged, profile, refused: false);
        }

        var where = gateway.InfrastructureLabels is null ? "to metadata.labels" : "to spec.infrastructure.labels";
        var judgement = ReferenceRule.Judge(profile, gateway.GeneratedLabels, gateway.Annotations, proxy!, where, context);
        return judgement.Reason == ReasonCode.NoProfileLabel && IsFull(gateway, profile, context)
            ? judgement with
            {
                Reason = ReasonCode.InfrastructureLabelsFull,
                Remedy = $"At most {Workloads.KubernetesGateway.MaxInfrastructureLabels} fit into spec.infrastructure.labels: "
                    + $"make room for {context.ReferenceOf(profile).SettableLabels}.",
            }
            : judgement;
    }

    /// <summary>Whether the profile's labels do not fit into <c>spec.infrastructure.labels</c>, whose size the CRD limits.</summary>
    private static bool IsFull(KubernetesGateway gateway, AccessLogProfile profile, PolicyContext context) =>
        gateway.InfrastructureLabels is { } labels
        && labels.With(context.ReferenceOf(profile).SettableLabels).Count > Workloads.KubernetesGateway.MaxInfrastructureLabels;

    /// <summary>Of a Gateway, of which the annotation is all that can be asked.</summary>
    internal static Judgement MissingAnnotation(ProfileReference reference, AccessLogProfile profile) => new(
        Verdict.Missing, ReasonCode.NoReferenceAnnotation, profile.Name,
        "names no access-log reference.",
        $"Add the annotation {reference.Annotation}: {reference.Key}.",
        RefusedByEnforce: true);

    internal static Judgement Inert(Inertness inertness, AccessLogProfile profile, bool refused) => new(
        Verdict.Inert,
        inertness.Reason,
        profile.Name,
        inertness.Problem,
        inertness.Remedy.Length == 0 && refused ? $"Profile {profile.Name} requires a proxy (requireProxy: true)." : inertness.Remedy,
        refused);
}
