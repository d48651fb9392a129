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
            IstioGateway gateway => IstioGateway(gateway, profile, context),
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
            return ProfileReference.ForWaypoint(profile, waypoint, context.Mesh, context.RootNamespace) is { } reference
                ? new(
                    Verdict.Logged, ReasonCode.WaypointReached, profile.Name,
                    $"is logged at waypoint {waypoint.Namespace}/{waypoint.GatewayName} by {reference.Key}.", "", RefusedByEnforce: false)
                : Inert(WithoutTargetRefs(waypoint, profile), profile, refused: false);
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

    // It has no Pods of its own: what can be asked of it is the annotation; whether that is true is read off the Pods that serve it,
    // which are enforced where they are created.
    private static Judgement IstioGateway(IstioGateway gateway, AccessLogProfile profile, PolicyContext context)
    {
        var reference = Chosen(gateway, profile, context) is { } chosen
            ? ProfileReference.Current(profile = chosen, context.Mesh, context.RootNamespace)
            : ProfileReference.Current(profile, context.Mesh, context.RootNamespace);
        if (gateway.Annotations[reference.Annotation] is not { } named)
        {
            return MissingAnnotation(reference, profile);
        }

        var resource = reference.Resource;
        var older = false;
        if (named != reference.Key.ToString())
        {
            resource = OlderRevision(named, reference, profile, context);
            older = resource is not null;
            if (!older)
            {
                return ReferenceRule.JudgeAnnotation(profile, reference, gateway.Annotations, context)!;
            }
        }

        if (resource is null)
        {
            return ReferenceRule.JudgeExistence(profile, reference, LabelSet.Empty, context)!;
        }

        var pods = gateway.Selector.Count == 0
            ? []
            : context.Mesh.Pods.Where(pod => gateway.Selector.IsSubsetOf(pod.Value)).Select(pod => (pod.Key, Proxy: InertRules.ProxyWithin(pod.Value, pod.Key.Namespace))).ToList();
        if (pods.Count == 0)
        {
            return Inert(
                new(
                    ReasonCode.GatewayWithoutPods,
                    gateway.Selector.Count == 0
                        ? "has no spec.selector, so which Pods serve it cannot be told."
                        : $"selects {gateway.Selector}, which picks no Pod."),
                profile,
                refused: false);
        }

        var unreached = pods.Where(pod => !Attachment.Reaches(resource, pod.Proxy, context.RootNamespace)).Select(pod => pod.Key.ToString()).Order(StringComparer.Ordinal).ToList();
        if (unreached.Count > 0)
        {
            return new(
                Verdict.Dangling, ReasonCode.GatewayPodsNotSelected, profile.Name,
                $"is served by {unreached.Count} of {pods.Count} Pods that {reference.Kind} {resource.Key} does not select, {unreached[0]} first.",
                $"Restart them in a namespace labelled {Modes.LabelOf(Mode.Inject)}={profile.Name}.",
                RefusedByEnforce: false);
        }

        return older
            ? new(
                Verdict.Outdated, ReasonCode.OlderRevision, profile.Name,
                $"is logged by {resource.Key}; the current reference of profile {profile.Name} is {reference.Key}.",
                $"Set annotation {reference.Annotation} to it when its Pods have been restarted.",
                RefusedByEnforce: false)
            : new(Verdict.Logged, ReasonCode.Conforms, profile.Name, $"is logged by profile {profile.Name} on all {pods.Count} Pods that serve it.", "", RefusedByEnforce: false);
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
            return ProfileReference.ForWaypoint(profile, waypoint, context.Mesh, context.RootNamespace) is not { } reference
                ? Inert(WithoutTargetRefs(waypoint, profile), profile, refused: false)
                : !gateway.Annotations.ContainsKey(reference.Annotation)
                    ? MissingAnnotation(reference, profile)
                    : ReferenceRule.JudgeAnnotation(profile, reference, gateway.Annotations, context)
                        ?? new(
                            Verdict.Logged, ReasonCode.ReachedByTargetRefs, profile.Name,
                            $"is logged by {reference.Kind} {reference.Key}, which targets it.", "", RefusedByEnforce: false);
        }

        var where = gateway.InfrastructureLabels is null ? "to metadata.labels" : "to spec.infrastructure.labels";
        var judgement = ReferenceRule.Judge(profile, gateway.GeneratedLabels, gateway.Annotations, proxy!, where, context);
        return judgement.Reason == ReasonCode.NoProfileLabel && IsFull(gateway, profile, context)
            ? judgement with
            {
                Reason = ReasonCode.InfrastructureLabelsFull,
                Remedy = $"At most {Workloads.KubernetesGateway.MaxInfrastructureLabels} fit into spec.infrastructure.labels: "
                    + $"make room for {ProfileReference.Current(profile, context.Mesh, context.RootNamespace).SettableLabels}.",
            }
            : judgement;
    }

    /// <summary>Whether the profile's labels do not fit into <c>spec.infrastructure.labels</c>, whose size the CRD limits.</summary>
    private static bool IsFull(KubernetesGateway gateway, AccessLogProfile profile, PolicyContext context) =>
        gateway.InfrastructureLabels is { } labels
        && labels.With(ProfileReference.Current(profile, context.Mesh, context.RootNamespace).SettableLabels).Count > Workloads.KubernetesGateway.MaxInfrastructureLabels;

    /// <summary>The profile that an Istio Gateway may and does choose, told by the reference that its annotation names.</summary>
    internal static AccessLogProfile? Chosen(IstioGateway gateway, AccessLogProfile asked, PolicyContext context) =>
        gateway.Labels[AccessLogKeys.Profile] is { } carried && carried != asked.Name ? ReferenceRule.Chosen(carried, context.Mesh) : null;

    private static LoggingResource? OlderRevision(string named, ProfileReference reference, AccessLogProfile profile, PolicyContext context) =>
        reference.IsManaged && ProfileReference.IsManagedName(named, profile.Name, context.RootNamespace)
            ? context.Mesh.Find(reference.Kind, new ObjectKey(context.RootNamespace, named[(context.RootNamespace.Length + 1)..]))
            : null;

    private static Judgement MissingAnnotation(ProfileReference reference, AccessLogProfile profile) => new(
        Verdict.Missing, ReasonCode.NoReferenceAnnotation, profile.Name,
        "names no access-log reference.",
        $"Add the annotation {reference.Annotation}: {reference.Key}.",
        RefusedByEnforce: true);

    private static Inertness WithoutTargetRefs(Proxy.Waypoint waypoint, AccessLogProfile profile) => new(
        ReasonCode.WaypointWithoutTargetRefs,
        $"cannot be logged: no reference of profile {profile.Name} targets waypoint {waypoint.Namespace}/{waypoint.GatewayName}.",
        "Waypoints ignore selectors: give the reference a targetRef to the Gateway.");

    private static Judgement Inert(Inertness inertness, AccessLogProfile profile, bool refused) => new(
        Verdict.Inert,
        inertness.Reason,
        profile.Name,
        inertness.Problem,
        inertness.Remedy.Length == 0 && refused ? $"Profile {profile.Name} requires a proxy (requireProxy: true)." : inertness.Remedy,
        refused);
}
