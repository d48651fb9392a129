using AccessLogWebhook.Cluster;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Policy.Rendering;

namespace AccessLogWebhook.Controllers;

/// <summary>
/// Carries out the plan of one profile, in an order of which every beginning is sound: the finalizer before anybody can use the profile, what is
/// applied before the status, which hands its revision to new Pods, and removals when the status is written that no longer hands out what goes.
/// </summary>
internal sealed class ProfileReconciler(
    ReferenceWriter references, ProfileWriter profiles, ReferenceRemovals removals, ProfileEvents events, TimeProvider time)
{
    /// <param name="obstacle">What the cluster lacks for a resource, a sentence; null where it lacks nothing.</param>
    public async Task<ProfileOutcome> CarryOutAsync(
        ProfilePlan plan, Policy.Mesh.MeshSnapshot mesh, Func<RenderedResource, string?> obstacle, Leadership leadership)
    {
        if (plan is { AddsFinalizer: true, Object: { } unguarded })
        {
            var guarded = await profiles.SetFinalizerAsync(plan.Profile, unguarded, present: true, leadership).ConfigureAwait(false);
            if (guarded is ObjectOutcome.NotFound)
            {
                // It has gone since; the watch will say so.
                return new ProfileOutcome.Done();
            }

            if (guarded is not ObjectOutcome.Done)
            {
                return await FailAsync(plan, "The finalizer cannot be set", guarded, leadership).ConfigureAwait(false);
            }
        }

        foreach (var apply in plan.Applies.Where(apply => !references.IsSettled(apply, mesh)))
        {
            if (obstacle(apply.Resource) is { } problem)
            {
                await TellAsync(plan, problem, leadership).ConfigureAwait(false);
                return new ProfileOutcome.Blocked(problem);
            }

            var applied = await references.ApplyAsync(plan.Profile, apply, leadership).ConfigureAwait(false);
            if (applied is not ObjectOutcome.Done)
            {
                return await FailAsync(plan, $"{apply.Resource.Kind} {apply.Resource.Key} cannot be applied", applied, leadership).ConfigureAwait(false);
            }

            await events.DoneAsync(
                plan.Profile, plan.Object, "Apply", apply.Repairs ? "Repaired" : "Rendered",
                apply.Repairs
                    ? $"{apply.Resource.Kind} {apply.Resource.Key} was not as it is rendered, and is again."
                    : $"{apply.Resource.Kind} {apply.Resource.Key} is in place.",
                leadership).ConfigureAwait(false);
        }

        TimeSpan? again = null;
        if (plan.Object is { } @object)
        {
            (var written, again) = await profiles.SetStatusAsync(plan.Profile, @object, plan.Status, leadership).ConfigureAwait(false);
            if (written is not (null or ObjectOutcome.Done or ObjectOutcome.NotFound))
            {
                return Failed("The status cannot be written", written);
            }

            if (plan.Status?.Condition(ProfileCondition.Terminating) is { } held && @object.Status.Condition(ProfileCondition.Terminating) is null)
            {
                await events.WarnAsync(plan.Profile, plan.Object, "Delete", held.Reason, held.Message, leadership).ConfigureAwait(false);
            }
        }

        return await RemoveAsync(plan, again, leadership).ConfigureAwait(false);
    }

    private async Task<ProfileOutcome> RemoveAsync(ProfilePlan plan, TimeSpan? again, Leadership leadership)
    {
        var due = await removals.DueAsync(plan, leadership).ConfigureAwait(false);
        if (due.Problem is { } problem)
        {
            return new ProfileOutcome.Failed($"Whether it is used cannot be told: {problem}");
        }

        foreach (var removal in due.Removals)
        {
            var removed = await references.RemoveAsync(removal, leadership).ConfigureAwait(false);

            // A conflict means that another object has the name by now: the watch will bring it.
            if (removed is ObjectOutcome.Refused or ObjectOutcome.Unreachable)
            {
                return Failed($"{removal.Kind} {removal.Key} cannot be removed", removed);
            }

            await events.DoneAsync(
                plan.Profile, plan.Object, "Delete", "Removed", $"{removal.Kind} {removal.Key} was removed: nobody uses its revision.", leadership).ConfigureAwait(false);
        }

        if (due.RemovesFinalizer)
        {
            var released = await profiles.SetFinalizerAsync(plan.Profile, plan.Object!, present: false, leadership).ConfigureAwait(false);
            if (released is not (ObjectOutcome.Done or ObjectOutcome.NotFound))
            {
                return Failed("The finalizer cannot be taken off", released);
            }
        }

        return new ProfileOutcome.Done(Sooner(again, due.Again));
    }

    private async Task<ProfileOutcome> FailAsync(ProfilePlan plan, string what, ObjectOutcome outcome, Leadership leadership)
    {
        var failed = Failed(what, outcome);
        if (!failed.IsUnreachable)
        {
            await TellAsync(plan, failed.Problem, leadership).ConfigureAwait(false);
        }

        return failed;
    }

    /// <summary>The profile keeps the revision whose references it has, and says why.</summary>
    private async Task TellAsync(ProfilePlan plan, string problem, Leadership leadership)
    {
        if (plan.Object is { } @object)
        {
            // That the status cannot be written either is no news.
            await profiles.SetStatusAsync(plan.Profile, @object, plan.StatusAfterFailure(problem, time.GetUtcNow()), leadership).ConfigureAwait(false);
            await events.WarnAsync(plan.Profile, @object, "Apply", "ApplyFailed", problem, leadership).ConfigureAwait(false);
        }
    }

    private static ProfileOutcome.Failed Failed(string what, ObjectOutcome outcome) => new(
        $"{what}: {outcome.Problem}",
        outcome is ObjectOutcome.Unreachable { RetryAfter: var asked } ? asked : TimeSpan.Zero,
        outcome is ObjectOutcome.Unreachable);

    private static TimeSpan? Sooner(TimeSpan? one, TimeSpan? other) => (one, other) switch
    {
        ({ } first, { } second) => first < second ? first : second,
        _ => one ?? other,
    };
}
