using System.Runtime.CompilerServices;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;

namespace AccessLogWebhook.Policy.Decisions;

/// <summary>
/// Whether a profile's reference reaches a proxy that is selected by labels: a sidecar, an injected gateway, a gateway that Istio generates.
/// In order: is there a profile, is it the right one, does the annotation agree, does the reference exist, does it select, does it log.
/// </summary>
internal static class ReferenceRule
{
    // What most workloads get, and the same for all of them.
    private static readonly ConditionalWeakTable<AccessLogProfile, Judgement> Conforming = [];

    /// <param name="labels">The labels of the Pod, or those that reach the Pods of a generated gateway.</param>
    /// <param name="annotations">The annotations that may name the reference.</param>
    /// <param name="where">Where the labels belong, for the remedy: <c>to the Pod template</c>.</param>
    public static Judgement Judge(
        AccessLogProfile asked, LabelSet labels, LabelSet annotations, Proxy proxy, string where, PolicyContext context)
    {
        if (labels[AccessLogKeys.Profile] is not { } carried)
        {
            var wanted = context.ReferenceOf(asked);
            return new(
                Verdict.Missing, ReasonCode.NoProfileLabel, asked.Name,
                "carries no access-log profile.",
                Add(wanted, Lacking(wanted, labels), where),
                RefusedByEnforce: true);
        }

        var profile = asked;
        if (carried != asked.Name)
        {
            if (Chosen(carried, context.Mesh) is not { } chosen)
            {
                return new(
                    Verdict.Conflicting, ReasonCode.OtherProfile, asked.Name,
                    $"carries profile \"{Excerpt.Of(carried)}\" instead of {asked.Name}.",
                    $"Set {AccessLogKeys.Profile}={asked.Name} {On(where)}.",
                    RefusedByEnforce: true);
            }

            profile = chosen;
        }

        var reference = Carried(profile, labels, context);
        var fault = JudgeAnnotation(profile, reference, annotations, context)
            ?? JudgeExistence(profile, reference, labels, context)
            ?? JudgeReach(profile, reference, labels, proxy, where, context);
        return fault is null ? EvidenceRule.Weigh(Reached(profile, labels), reference.Resource!, reference.IsManaged, proxy, context) : ByFormer(profile, labels, annotations, proxy, context) ?? fault;
    }

    /// <summary>Of a profile that names an EnvoyFilter now: whether one that was rendered for it before logs the proxy still.</summary>
    private static Judgement? ByFormer(AccessLogProfile profile, LabelSet labels, LabelSet annotations, Proxy proxy, PolicyContext context) =>
        profile.EnvoyFilterRef is { } named
        && labels[AccessLogKeys.Revision] is { } revision
        && ProfileReference.OfRevision(profile, revision, context.Mesh, context.RootNamespace, proxy.Namespace) is { Resource: { } resource } former
        && (annotations[former.Annotation] ?? former.Key.ToString()) == former.Key.ToString()
        && Attachment.Reaches(resource, proxy, context.RootNamespace)
            ? new(
                Verdict.Outdated, ReasonCode.OlderRevision, profile.Name,
                $"is logged by revision {revision} of profile {profile.Name}, which is realised by EnvoyFilter {named} now.",
                "Restart the workload to take that one.",
                RefusedByEnforce: false)
            : null;

    /// <summary>The profile that a workload chooses by its label and may choose; null where it may not.</summary>
    public static AccessLogProfile? Chosen(string carried, MeshSnapshot mesh) =>
        mesh.ProfileNamed(carried) is { Selectable: true, Errors: [] } chosen ? chosen : null;

    /// <summary>The profile that counts for a workload: the one asked for, unless it chooses another and may.</summary>
    public static AccessLogProfile Effective(AccessLogProfile asked, LabelSet labels, MeshSnapshot mesh) =>
        labels[AccessLogKeys.Profile] is { } carried && carried != asked.Name ? Chosen(carried, mesh) ?? asked : asked;

    /// <summary>What is wrong with an annotation that names another reference than the one that realises the profile.</summary>
    public static Judgement? JudgeAnnotation(AccessLogProfile profile, ProfileReference reference, LabelSet annotations, PolicyContext context)
    {
        if (annotations[reference.Annotation] is not { } named || reference.Key.Is(named))
        {
            return null;
        }

        var remedy = $"Set annotation {reference.Annotation} to {reference.Key}, or remove it.";
        return Find(reference.Kind, named, context.Mesh) is null
            ? new(
                Verdict.Dangling, ReasonCode.ReferenceNotFound, profile.Name,
                $"names {reference.Kind} \"{Excerpt.Of(named)}\", which does not exist.", remedy, RefusedByEnforce: true)
            : new(
                Verdict.Conflicting, ReasonCode.OtherReference, profile.Name,
                $"names {reference.Kind} {named}, but profile {profile.Name} is realised by {reference.Key}.", remedy, RefusedByEnforce: true);
    }

    /// <summary>What is wrong with a reference that the cluster does not have.</summary>
    public static Judgement? JudgeExistence(AccessLogProfile profile, ProfileReference reference, LabelSet labels, PolicyContext context)
    {
        if (reference.Resource is not null)
        {
            return null;
        }

        if (!reference.IsManaged)
        {
            return new(
                Verdict.Dangling, ReasonCode.ReferenceNotFound, profile.Name,
                $"cannot be logged: profile {profile.Name} names {reference.Kind} {reference.Key}, which does not exist.",
                $"Create it, or correct spec.envoyFilterRef of the profile.",
                RefusedByEnforce: true);
        }

        return labels[AccessLogKeys.Revision] is { } revision && !profile.IsCurrent(revision)
            ? new(
                Verdict.Dangling, ReasonCode.RevisionNotFound, profile.Name,
                $"carries revision {Excerpt.Of(revision)} of profile {profile.Name}, which is gone.",
                profile.Revision is { } current
                    ? $"Set {AccessLogKeys.Revision}={current}."
                    : $"Remove the label {AccessLogKeys.Revision}.",
                RefusedByEnforce: true)
            : new(
                Verdict.Dangling, ReasonCode.ReferenceNotRendered, profile.Name,
                $"is not logged yet: {reference.Kind} {reference.Key} of profile {profile.Name} does not exist.",
                $"The controllers make it; without them: accesslog render {profile.Name} | kubectl apply -f -.",
                RefusedByEnforce: false);
    }

    /// <summary>
    /// The reference that inject leads to: the current one. Of a profile that has no revision it is that of the revision which is carried,
    /// since no label is ever taken off.
    /// </summary>
    public static ProfileReference Wanted(AccessLogProfile profile, LabelSet labels, PolicyContext context) =>
        profile.Revision is null ? Carried(profile, labels, context) : context.ReferenceOf(profile);

    // A rendered reference is the profile's of the revision on the workload: an older one may still exist and log.
    private static ProfileReference Carried(AccessLogProfile profile, LabelSet labels, PolicyContext context)
    {
        return profile.EnvoyFilterRef is not null || labels[AccessLogKeys.Revision] is not { } revision
            ? context.ReferenceOf(profile)
            : ProfileReference.OfRevision(profile, revision, context.Mesh, context.RootNamespace, context.Namespace.Name);
    }

    private static Judgement? JudgeReach(
        AccessLogProfile profile, ProfileReference reference, LabelSet labels, Proxy proxy, string where, PolicyContext context)
    {
        if (Attachment.Reaches(reference.Resource!, proxy, context.RootNamespace))
        {
            return null;
        }

        if (!reference.Labels.IsSubsetOf(labels))
        {
            var lacking = Lacking(reference, labels);
            foreach (var (key, value) in lacking)
            {
                if (labels.TryGet(key, out var taken) && LabelRules.MayBeSet(key, value))
                {
                    return new(
                        Verdict.Conflicting, ReasonCode.SelectorLabelTaken, profile.Name,
                        $"carries {key}={Excerpt.Of(taken)}, but {reference.Kind} {reference.Key} of profile {profile.Name} selects {key}={value}.",
                        $"Set {key}={value} {On(where)}.",
                        RefusedByEnforce: true);
                }
            }

            return new(
                Verdict.Dangling, ReasonCode.ReferenceDoesNotSelect, profile.Name,
                $"is not selected by {reference.Kind} {reference.Key} of profile {profile.Name}.",
                Add(reference, lacking, where),
                RefusedByEnforce: true);
        }

        return new(
            Verdict.Dangling, ReasonCode.ReferenceOutOfReach, profile.Name,
            $"is out of reach of {reference.Kind} {reference.Key} of profile {profile.Name}.",
            $"Put it into namespace {context.RootNamespace} (or the workload's own) with the workloadSelector {reference.Labels} and without targetRefs.",
            RefusedByEnforce: !reference.IsManaged);
    }

    private static Judgement Reached(AccessLogProfile profile, LabelSet labels) =>
        profile.EnvoyFilterRef is null && profile.Revision is { } current && labels[AccessLogKeys.Revision] is { } revision && !profile.IsCurrent(revision)
            ? new(
                Verdict.Outdated, ReasonCode.OlderRevision, profile.Name,
                $"is logged by revision {revision} of profile {profile.Name}; the current one is {current}.",
                "Restart the workload to take the current one.",
                RefusedByEnforce: false)
            : Conforming.GetValue(profile, static each =>
                new(Verdict.Logged, ReasonCode.Conforms, each.Name, $"is logged by profile {each.Name}.", "", RefusedByEnforce: false));

    public static LoggingResource? Find(LoggingResourceKind kind, string named, MeshSnapshot mesh)
    {
        var slash = named.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? null : mesh.Find(kind, new ObjectKey(named[..slash], named[(slash + 1)..]));
    }

    private static LabelSet Lacking(ProfileReference reference, LabelSet labels) =>
        LabelSet.From(reference.Labels.Where(label => !labels.Has(label.Key, label.Value)));

    // A label that is not ours to set is not the author's either: it would make the workload something that it is not.
    private static string Add(ProfileReference reference, LabelSet lacking, string where)
    {
        foreach (var (key, value) in lacking)
        {
            if (!LabelRules.MayBeSet(key, value))
            {
                return $"{reference.Kind} {reference.Key} selects by {Excerpt.Of($"{key}={value}")}, which is never put on a workload: let it select by a label of your own.";
            }
        }

        return $"Add {Describe(lacking)} {where}.";
    }

    private static string On(string where) => where.Replace("to ", "on ", StringComparison.Ordinal);

    private static string Describe(LabelSet labels) => $"the label{(labels.Count == 1 ? "" : "s")} {labels.ToString().Replace(",", ", ", StringComparison.Ordinal)}";
}
