using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Policy.Workloads;

namespace AccessLogWebhook.Policy.Decisions;

/// <summary>
/// Waypoints ignore selectors: each is reached by a reference that targets its Gateway (ISTIO.md: "Selection"). The annotation of the Gateway says which
/// one it is to have, and so pins its revision: a waypoint outlives many Pods, and swapping its reference drains it.
/// </summary>
internal static class WaypointRule
{
    /// <summary>The Pod of a waypoint, or one in ambient mode whose traffic a waypoint handles.</summary>
    public static Judgement JudgePod(Proxy.Waypoint waypoint, AccessLogProfile profile, PolicyContext context) =>
        ProfileReference.ReachingWaypoint(profile, waypoint, context.Mesh, context.RootNamespace) is not { } resource
            ? Judge.Inert(OfOtherNamespace(waypoint, profile, context) ?? WithoutTargetRefs(waypoint, profile, context), profile, refused: false)
            // Neither the waypoint's Pod nor one behind it has an author who can put it right.
            : Weighed(ReachedPod(resource, waypoint, profile, context), resource, waypoint, profile, context) with { RefusedByEnforce = false };

    private static Judgement ReachedPod(LoggingResource resource, Proxy.Waypoint waypoint, AccessLogProfile profile, PolicyContext context) =>
        IsOlder(resource, profile)
            ? new(
                Verdict.Outdated, ReasonCode.OlderRevision, profile.Name,
                $"is logged at waypoint {waypoint.Gateway} by {resource.Key}, an older revision of profile {profile.Name}.",
                ProfileReference.ForWaypoint(profile, waypoint, context.Mesh, context.RootNamespace) is { } reference ? SwapTo(reference, waypoint) : "",
                RefusedByEnforce: false)
            : new(
                Verdict.Logged, ReasonCode.WaypointReached, profile.Name,
                $"is logged at waypoint {waypoint.Gateway} by {resource.Key}.", "", RefusedByEnforce: false);

    public static Judgement JudgeGateway(KubernetesGateway gateway, Proxy.Waypoint waypoint, AccessLogProfile profile, PolicyContext context)
    {
        var reference = ProfileReference.ForWaypoint(profile, waypoint, context.Mesh, context.RootNamespace);
        if (reference is not null && gateway.Annotations.Has(reference.Annotation, reference.Key.ToString()))
        {
            return ReferenceRule.JudgeExistence(profile, reference, LabelSet.Empty, context)
                ?? Weighed(
                    new(
                        Verdict.Logged, ReasonCode.ReachedByTargetRefs, profile.Name,
                        $"is logged by {reference.Kind} {reference.Key}, which targets it.", "", RefusedByEnforce: false),
                    reference.Resource!, waypoint, profile, context);
        }

        if (Former(gateway, waypoint, profile, reference, context) is { } former)
        {
            var outdated = new Judgement(
                Verdict.Outdated, ReasonCode.OlderRevision, profile.Name,
                reference is null
                    ? $"is logged by {former.Key}, an older revision of profile {profile.Name}."
                    : $"is logged by {former.Key}; the current reference of profile {profile.Name} is {reference.Key}.",
                reference is null ? WithoutTargetRefs(waypoint, profile, context).Remedy : SwapTo(reference, waypoint),
                RefusedByEnforce: false);
            return Weighed(outdated, former, waypoint, profile, context);
        }

        if (reference is null)
        {
            return Judge.Inert(WithoutTargetRefs(waypoint, profile, context), profile, refused: false);
        }

        return ReferenceRule.JudgeAnnotation(profile, reference, gateway.Annotations, context)
            // Its name was not known when it could have been annotated, and will be another one at the next attempt.
            ?? Judge.MissingAnnotation(reference, profile) with { RefusedByEnforce = gateway.Metadata.GenerateName.Length == 0 };
    }

    /// <summary>Another rendered reference that the Gateway names and that reaches it: of an older revision, or from before the profile had this backend, or any.</summary>
    private static LoggingResource? Former(KubernetesGateway gateway, Proxy.Waypoint waypoint, AccessLogProfile profile, ProfileReference? reference, PolicyContext context)
    {
        return reference is null ? Find(LoggingResourceKind.EnvoyFilter) ?? Find(LoggingResourceKind.Telemetry)
            : Find(gateway.Annotations.ContainsKey(reference.Annotation) ? reference.Kind : LoggingResourceKinds.Other(reference.Kind));

        LoggingResource? Find(LoggingResourceKind kind) =>
            gateway.Annotations[AccessLogKeys.ReferenceAnnotation(kind)] is { } named
            && ProfileReference.IsManagedName(named, profile.Name, waypoint)
            && ReferenceRule.Find(kind, named, context.Mesh) is { IsSilencer: false } found
            && Attachment.Reaches(found, waypoint, context.RootNamespace)
                ? found
                : null;
    }

    private static Judgement Weighed(Judgement judgement, LoggingResource resource, Proxy.Waypoint waypoint, AccessLogProfile profile, PolicyContext context) =>
        EvidenceRule.Weigh(judgement, resource, isManaged: profile.EnvoyFilterRef is null, waypoint, context);

    private static bool IsOlder(LoggingResource resource, AccessLogProfile profile) => profile.EnvoyFilterRef is { } named
        ? resource.Key != named
        : profile.Revision is not null && resource.Labels[AccessLogKeys.Revision] is { } revision && !profile.IsCurrent(revision);

    private static string SwapTo(ProfileReference reference, Proxy.Waypoint waypoint) =>
        $"Set annotation {reference.Annotation} of Gateway {waypoint.Gateway} to {reference.Key}, which drains the waypoint.";

    /// <summary>A Telemetry that targets the waypoint of another namespace: it counts for Services of that one only.</summary>
    private static Inertness? OfOtherNamespace(Proxy.Waypoint waypoint, AccessLogProfile profile, PolicyContext context) =>
        waypoint.Served is { } served
        && ProfileReference.ReachingWaypoint(profile, waypoint with { Served = null }, context.Mesh, context.RootNamespace) is { Kind: LoggingResourceKind.Telemetry } telemetry
            ? new(
                ReasonCode.WaypointWithoutTargetRefs,
                $"cannot be logged: Telemetry {telemetry.Key} targets waypoint {waypoint.Gateway} and counts for Services of namespace {waypoint.Namespace} only.",
                $"Use a waypoint in namespace {served}, or a profile with the backend EnvoyFilter.")
            : null;

    private static Inertness WithoutTargetRefs(Proxy.Waypoint waypoint, AccessLogProfile profile, PolicyContext context) => new(
        ReasonCode.WaypointWithoutTargetRefs,
        $"cannot be logged: no reference of profile {profile.Name} targets waypoint {waypoint.Gateway}.",
        ProfileReference.ForWaypoint(profile, waypoint, context.Mesh, context.RootNamespace) is { } reference
            ? $"Annotate Gateway {waypoint.Gateway} with {reference.Annotation}: {reference.Key}."
            : profile.IsRendered ? $"Add waypoint to spec.proxies of profile {profile.Name}."
            : "Waypoints ignore selectors: give the reference a targetRef to the Gateway.");
}
