using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Policy.Workloads;

namespace AccessLogWebhook.Policy.Decisions;

/// <summary>
/// A Gateway of networking.istio.io has no Pods of its own: what can be asked of it is the annotation; whether that is true is read off the
/// Pods that serve it, in any namespace, which are enforced where they are created (ISTIO.md: "Gateways").
/// </summary>
internal static class IstioGatewayRule
{
    /// <summary>Pods of one Deployment have the same labels but for a hash; a Gateway that picks more kinds of them is told by the first.</summary>
    private const int MostWeighed = 16;

    public static Judgement Judge(IstioGateway gateway, AccessLogProfile asked, PolicyContext context)
    {
        var profile = ReferenceRule.Effective(asked, gateway.Labels, context.Mesh);
        var reference = ReferenceOf(gateway, profile, context);
        if (gateway.Annotations[reference.Annotation] is not { } named)
        {
            return Decisions.Judge.MissingAnnotation(reference, profile);
        }

        var resource = reference.Resource;
        if (named != reference.Key.ToString())
        {
            // Another revision; or a Telemetry where its Pods were when it was named, which is not for the Gateway's author to follow.
            var rendered = reference.IsManaged ? RenderedKey(named, profile.Name, profile, context) : null;
            resource = rendered is { } key ? context.Mesh.Find(reference.Kind, key) : null;
            if (resource is null)
            {
                var judgement = ReferenceRule.JudgeAnnotation(profile, reference, gateway.Annotations, context)!;
                return rendered is not null && reference.Kind == LoggingResourceKind.Telemetry ? judgement with { RefusedByEnforce = false } : judgement;
            }
        }

        if (resource is null)
        {
            return ReferenceRule.JudgeExistence(profile, reference, LabelSet.Empty, context)!;
        }

        var pods = ProxiesOf(gateway, context.Mesh).ToList();
        if (pods.Count == 0)
        {
            return Decisions.Judge.Inert(
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

        var reached = resource.Key.Name != reference.Key.Name
            ? new Judgement(
                Verdict.Outdated, ReasonCode.OlderRevision, profile.Name,
                $"is logged by {resource.Key}; the current reference of profile {profile.Name} is {reference.Key}.",
                $"Set annotation {reference.Annotation} to it when its Pods have been restarted.",
                RefusedByEnforce: false)
            : new(Verdict.Logged, ReasonCode.Conforms, profile.Name, $"is logged by profile {profile.Name} on all {pods.Count} Pods that serve it.", "", RefusedByEnforce: false);
        return pods.DistinctBy(pod => pod.Proxy)
            .Take(MostWeighed)
            .Select(pod => Weighed(reached, resource, reference.IsManaged, pod.Key, pod.Proxy, context))
            .FirstOrDefault(weighed => weighed.Verdict != reached.Verdict) ?? reached;
    }

    // Its Pods are another's, in whatever namespace: what is wrong there is said, and refused where they are created.
    private static Judgement Weighed(Judgement reached, LoggingResource resource, bool isManaged, ObjectKey pod, Proxy proxy, PolicyContext context) =>
        EvidenceRule.Weigh(reached, resource, isManaged, proxy, context) is var weighed && weighed.Verdict != reached.Verdict
            ? weighed with { Problem = $"is served by Pod {pod}, which {weighed.Problem}", RefusedByEnforce = false }
            : reached;

    /// <summary>The proxies of the Pods that serve it, by the Pods' names.</summary>
    public static IEnumerable<(ObjectKey Key, Proxy Proxy)> ProxiesOf(IstioGateway gateway, MeshSnapshot mesh) =>
        PodsOf(gateway, mesh).Select(pod => (pod.Key, ProxyOf(pod))).OrderBy(pod => pod.Key.ToString(), StringComparer.Ordinal);

    // What a Gateway selects is a gateway, however it came to be.
    private static Proxy ProxyOf(KeyValuePair<ObjectKey, PodFacts> pod) =>
        InertRules.ProxyWithin(pod.Value.Labels, pod.Value.Annotations, pod.Key.Namespace) is var proxy && proxy is Proxy.Sidecar sidecar ? sidecar with { IsGateway = true } : proxy;

    /// <summary>The reference that its Pods get: a Telemetry is where they are, which need not be where the Gateway is.</summary>
    public static ProfileReference ReferenceOf(IstioGateway gateway, AccessLogProfile profile, PolicyContext context) =>
        ProfileReference.Current(profile, context.Mesh, context.RootNamespace, HomeOf(gateway, profile, context));

    /// <summary>Whether an annotation names a rendered reference of the profile, of whatever revision.</summary>
    public static bool IsRendered(string named, string name, AccessLogProfile profile, PolicyContext context) => RenderedKey(named, name, profile, context) is not null;

    // Its Pods may be anywhere, and so may a Telemetry.
    private static ObjectKey? RenderedKey(string named, string name, AccessLogProfile profile, PolicyContext context)
    {
        var slash = named.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && ProfileReference.IsManagedName(named, name, profile.Backend, context.RootNamespace, named[..slash])
            ? new ObjectKey(named[..slash], named[(slash + 1)..])
            : null;
    }

    private static string HomeOf(IstioGateway gateway, AccessLogProfile profile, PolicyContext context) =>
        profile.Backend == LoggingResourceKind.Telemetry
        && PodsOf(gateway, context.Mesh).Select(pod => pod.Key.Namespace).Distinct(StringComparer.Ordinal).Take(2).ToList() is [var home]
            ? home
            : context.Namespace.Name;

    private static IEnumerable<KeyValuePair<ObjectKey, PodFacts>> PodsOf(IstioGateway gateway, MeshSnapshot mesh) =>
        gateway.Selector.Count == 0 ? [] : mesh.Pods.Where(pod => gateway.Selector.IsSubsetOf(pod.Value.Labels));
}
