using System.Collections.Immutable;
using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;

namespace AccessLogWebhook.Policy.Rendering;

/// <summary>
/// What has to be written so that a cluster has the references that its profiles ask for, and no others. Planning twice from what one plan leaves yields
/// nothing to do.
/// </summary>
/// <param name="Profiles">In the order of their names; a profile for which nothing has to be done is among them, with an empty plan.</param>
public sealed record ReferencePlan(ImmutableArray<ProfilePlan> Profiles)
{
    /// <param name="counts">The workloads of each profile by verdict, for its status.</param>
    /// <param name="now">For conditions that change their truth.</param>
    public static ReferencePlan For(MeshSnapshot mesh, PolicySettings settings, IReadOnlyDictionary<string, VerdictCounts> counts, DateTimeOffset now)
    {
        var usage = ReferenceUsage.Of(mesh, settings);
        var rendered = mesh.EnvoyFilters.Values.Concat(mesh.Telemetries.Values)
            .Where(resource => resource.SpecFingerprint is not null && ReferenceNames.IsRendered(resource))
            .ToLookup(resource => resource.Labels[AccessLogKeys.Profile]!, StringComparer.Ordinal);
        return new(
        [
            .. mesh.ProfileNames().Union(rendered.Select(group => group.Key), StringComparer.Ordinal).Order(StringComparer.Ordinal)
                .Select(name => new ProfilePlanner(name, mesh, settings, usage, [.. rendered[name].OrderBy(resource => resource.Key.ToString(), StringComparer.Ordinal)])
                    .Plan(counts.GetValueOrDefault(name), now)),
        ]);
    }
}

/// <summary>
/// The plan of one profile, to be carried out in the order of its members: a finalizer before anything can use the profile; what is applied before the status,
/// which hands its revision to new Pods; and removals last, when nobody is handed the old one any more.
/// </summary>
/// <param name="AddsFinalizer">Whether the object needs <see cref="ProfileObject.Finalizer"/>.</param>
/// <param name="Applies">What is missing in the cluster or is not as it was rendered.</param>
/// <param name="Status">The status after everything was applied, where the object's is another; null where it is not or there is no object.</param>
/// <param name="Removals">What nobody uses. Nobody known: a Pod may have been created a moment ago, so this is asked of the cluster again before it is done.</param>
/// <param name="RemovesFinalizer">Whether the profile may go, once <paramref name="Removals"/> are gone.</param>
public sealed record ProfilePlan(
    string Profile,
    ProfileObject? Object,
    bool AddsFinalizer,
    ImmutableArray<ReferenceApply> Applies,
    ProfileStatus? Status,
    ImmutableArray<ReferenceRemoval> Removals,
    bool RemovesFinalizer)
{
    public bool IsEmpty => !AddsFinalizer && Applies.IsEmpty && Status is null && Removals.IsEmpty && !RemovesFinalizer;

    /// <summary>Whether new Pods are still handed this revision, by a status that the next one will take the place of.</summary>
    public bool StillHandsOut(string revision) => Object?.Status.Revision == revision && Status is { } next && next.Revision != revision;

    /// <summary>
    /// The status where something could not be applied: the revision that new Pods are handed stays what it was, since the reference of the new one may be
    /// missing, and the condition says what is in the way.
    /// </summary>
    /// <param name="problem">What could not be applied and why, sentences.</param>
    /// <param name="reason">Of the condition, one word.</param>
    /// <param name="isInPlace">Whether everything is there all the same, and the revision may move.</param>
    /// <returns>Null where the object has it already, or there is no object.</returns>
    public ProfileStatus? StatusAfterFailure(string problem, DateTimeOffset now, string reason = "ApplyFailed", bool isInPlace = false)
    {
        if (Object is not { } existing)
        {
            return null;
        }

        // Since when, by the condition that the object has: beside the planned one, which is true since now, it would be news at every attempt.
        var since = existing.Status.Condition(ProfileCondition.Ready) is { Status: ConditionStatus.False } before ? before.LastTransitionTime : now;
        var planned = Status ?? existing.Status;
        var status = (isInPlace ? planned : planned with { Revision = existing.Status.Revision, References = existing.Status.References })
            .Without(ProfileCondition.Ready)
            .With(new(ProfileCondition.Ready, ConditionStatus.False, reason, problem, existing.Generation, since));
        return status.IsSameAs(existing.Status) ? null : status;
    }
}

/// <param name="Repairs">Whether it exists and somebody changed it.</param>
public sealed record ReferenceApply(RenderedResource Resource, bool Repairs);

/// <param name="Uid">Of the object that is meant; another one of the same name is not.</param>
/// <param name="IsUrgent">Whether a profile waits for it to go; else it may stay a while, for Pods that are on their way with this revision.</param>
public sealed record ReferenceRemoval(LoggingResourceKind Kind, ObjectKey Key, string Profile, string Revision, string Uid, bool IsUrgent);
