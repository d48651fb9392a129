using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Policy.Workloads;

namespace AccessLogWebhook.Policy.Decisions;

/// <summary>
/// A Gateway of networking.istio.io has no Pods of its own: what can be asked of it is the annotation; whether that is true is read off the
/// Pods that serve it, in any namespace, which are enforced where they are created (ISTIO.md: "Gateways"). They are restarted at another time than it is annotated
/// anew, so that either may be a revision behind: while each of its Pods is logged by some revision, that is no fault of anybody's.
/// </summary>
internal static class IstioGatewayRule
{
    /// <summary>By what a Pod is logged.</summary>
    private enum Reach
    {
        Nothing,
        Older,
        Current,
    }

    public static Judgement Judge(IstioGateway gateway, AccessLogProfile asked, PolicyContext context)
    {
        var profile = ReferenceRule.Effective(asked, gateway.Labels, context.Mesh);
        var reference = ReferenceOf(gateway, profile, context);
        var named = gateway.Annotations[reference.Annotation];
        var isCurrent = named == reference.Key.ToString();
        var former = isCurrent ? null : Former(gateway, profile, reference.Kind, context);
        if (former is null && LoggedProxyRule.OfGateway(profile) is { } unlogged)
        {
            return Decisions.Judge.Inert(unlogged, profile, refused: false);
        }

        if (!isCurrent && former is null)
        {
            return Unrelated(gateway, profile, reference, context);
        }

        if ((former ?? reference.Resource) is not { } resource)
        {
            return ReferenceRule.JudgeExistence(profile, reference, LabelSet.Empty, context)!;
        }

        var pods = PodsOf(gateway, context.Mesh)
            .Select(pod => (Key: pod.Key.ToString(), Reach: ReachOf(pod.Key.Namespace, pod.Value.Labels, profile, reference, former, context)))
            .OrderBy(pod => pod.Key, StringComparer.Ordinal)
            .ToList();
        return pods.Count == 0
            ? Decisions.Judge.Inert(WithoutPods(gateway), profile, refused: false)
            : JudgePods(profile, reference, former, resource, pods);
    }

    /// <summary>The reference that its Pods get: a Telemetry is where they are, which need not be where the Gateway is.</summary>
    public static ProfileReference ReferenceOf(IstioGateway gateway, AccessLogProfile profile, PolicyContext context) =>
        ProfileReference.Current(profile, context.Mesh, context.RootNamespace, HomeOf(gateway, profile, context));

    /// <summary>Whether an annotation names a rendered reference of the profile, of whatever revision.</summary>
    public static bool IsRendered(LoggingResourceKind kind, string named, string profile, PolicyContext context) => RenderedKey(kind, named, profile, context) is not null;

    private static Judgement JudgePods(
        AccessLogProfile profile, ProfileReference reference, LoggingResource? former, LoggingResource resource, List<(string Key, Reach Reach)> pods)
    {
        var unreached = pods.Where(pod => pod.Reach == Reach.Nothing).ToList();
        if (unreached.Count > 0)
        {
            return new(
                Verdict.Dangling, ReasonCode.GatewayPodsNotSelected, profile.Name,
                $"is served by {unreached.Count} of {pods.Count} Pods that {resource.Kind} {resource.Key} does not select, {unreached[0].Key} first.",
                $"Restart them in a namespace labelled {Modes.LabelOf(Mode.Inject)}={profile.Name}.",
                RefusedByEnforce: false);
        }

        var older = pods.Where(pod => pod.Reach == Reach.Older).ToList();
        if (former is null && older.Count == 0)
        {
            return new(Verdict.Logged, ReasonCode.Conforms, profile.Name, $"is logged by profile {profile.Name} on all {pods.Count} Pods that serve it.", "", RefusedByEnforce: false);
        }

        var (problem, remedy) = (former, older.Count) switch
        {
            (null, _) => (
                $"is served by {older.Count} of {pods.Count} Pods that an older revision of profile {profile.Name} logs, {older[0].Key} first.",
                "Restart them to take the current one."),
            ({ } behind, 0) => (
                $"names {behind.Key}, but its Pods are logged by the current reference of profile {profile.Name}, {reference.Key}.",
                $"Set annotation {reference.Annotation} to it."),
            ({ } behind, _) => (
                $"is logged by {behind.Key}; the current reference of profile {profile.Name} is {reference.Key}.",
                $"Set annotation {reference.Annotation} to it when its Pods have been restarted."),
        };
        return new(Verdict.Outdated, ReasonCode.OlderRevision, profile.Name, problem, remedy, RefusedByEnforce: false);
    }

    /// <summary>Of a Gateway that names neither the reference nor a former one.</summary>
    private static Judgement Unrelated(IstioGateway gateway, AccessLogProfile profile, ProfileReference reference, PolicyContext context)
    {
        if (gateway.Annotations[reference.Annotation] is not { } named)
        {
            return Decisions.Judge.MissingAnnotation(reference, profile);
        }

        // A Telemetry where its Pods were when it was named, which is not for the Gateway's author to follow.
        var judgement = ReferenceRule.JudgeAnnotation(profile, reference, gateway.Annotations, context)!;
        return reference is { IsManaged: true, Kind: LoggingResourceKind.Telemetry } && IsRendered(reference.Kind, named, profile.Name, context)
            ? judgement with { RefusedByEnforce = false }
            : judgement;
    }

    private static Inertness WithoutPods(IstioGateway gateway) => new(
        ReasonCode.GatewayWithoutPods,
        gateway.Selector.Count == 0
            ? "has no spec.selector, so which Pods serve it cannot be told."
            : $"selects {Excerpt.Of(gateway.Selector.ToString())}, which picks no Pod.");

    /// <summary>Another rendered reference of the profile that the Gateway names and that exists: of another revision, or from before the profile's backend was changed.</summary>
    private static LoggingResource? Former(IstioGateway gateway, AccessLogProfile profile, LoggingResourceKind kind, PolicyContext context)
    {
        return gateway.Annotations.ContainsKey(AccessLogKeys.ReferenceAnnotation(kind)) ? Find(kind) : Find(LoggingResourceKinds.Other(kind));

        LoggingResource? Find(LoggingResourceKind of) =>
            gateway.Annotations[AccessLogKeys.ReferenceAnnotation(of)] is { } named && RenderedKey(of, named, profile.Name, context) is { } key
                ? context.Mesh.FindReference(of, key)
                : null;
    }

    private static Reach ReachOf(
        string @namespace, LabelSet labels, AccessLogProfile profile, ProfileReference reference, LoggingResource? former, PolicyContext context)
    {
        if (InertRules.ProxyWithin(labels, @namespace, context.Mesh) is not { } proxy)
        {
            return Reach.Nothing;
        }

        if (Reaches(reference.Resource))
        {
            return Reach.Current;
        }

        // That of its own revision and, for a Telemetry, of its own namespace.
        var revision = labels[AccessLogKeys.Revision];
        var own = labels.Has(AccessLogKeys.Profile, profile.Name) && (revision is not null || profile.EnvoyFilterRef is null)
            ? ProfileReference.OfRevision(profile, revision ?? profile.Revision, context.Mesh, context.RootNamespace, @namespace)
            : null;
        return !Reaches(own?.Resource) ? Reaches(former) ? Reach.Older : Reach.Nothing
            : profile.EnvoyFilterRef is null && (revision is null || profile.Revision is null || profile.IsCurrent(revision)) ? Reach.Current
            : Reach.Older;

        bool Reaches(LoggingResource? resource) => resource is not null && Attachment.Reaches(resource, proxy, context.RootNamespace);
    }

    // Its Pods may be anywhere, and so may a Telemetry.
    private static ObjectKey? RenderedKey(LoggingResourceKind kind, string named, string profile, PolicyContext context)
    {
        var slash = named.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && ProfileReference.IsManagedName(named, profile, kind, context.RootNamespace, named[..slash])
            ? new ObjectKey(named[..slash], named[(slash + 1)..])
            : null;
    }

    private static string HomeOf(IstioGateway gateway, AccessLogProfile profile, PolicyContext context) =>
        profile.EnvoyFilterRef is null
        && PodsOf(gateway, context.Mesh).Select(pod => pod.Key.Namespace).Distinct(StringComparer.Ordinal).Take(2).ToList() is [var home]
            ? home
            : context.Namespace.Name;

    private static IEnumerable<KeyValuePair<ObjectKey, PodFacts>> PodsOf(IstioGateway gateway, MeshSnapshot mesh) => PodIndex.Selected(gateway.Selector, mesh);
}
