using AccessLogWebhook.Cluster;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Policy.Rendering;

namespace AccessLogWebhook.Controllers;

/// <summary>
/// Carries out the plan of one profile, in an order of which every beginning is sound: the finalizer before anybody can use the profile, what is
/// applied before the status, which hands its revision to new Pods, and removals when the status is written that no longer hands out what goes.
/// What fails holds up only what rests on it: the revision stays what it was, everything else is done.
/// </summary>
internal sealed class ProfileReconciler(
    ReferenceApplies applies, ProfileWriter profiles, ReferenceRemovals removals, ReferenceAttempts attempts, ProfileEvents events, TimeProvider time)
{
    /// <param name="obstacle">What the cluster lacks for a resource, a sentence; null where it lacks nothing.</param>
    public async Task<ProfileOutcome> CarryOutAsync(ProfilePlan plan, MeshSnapshot mesh, Func<RenderedResource, string?> obstacle, Leadership leadership)
    {
        attempts.Keep(plan.Profile, Parts(plan));
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

        var progress = await applies.CarryOutAsync(plan, mesh, obstacle, leadership).ConfigureAwait(false);
        if (progress.Unreachable is { } outcome)
        {
            return new ProfileOutcome.Failed(progress.Problem, outcome.RetryAfter, IsUnreachable: true);
        }

        if (await WriteStatusAsync(plan, progress, leadership).ConfigureAwait(false) is { } failed)
        {
            return failed;
        }

        await removals.CarryOutAsync(plan, progress, leadership).ConfigureAwait(false);
        return progress switch
        {
            { Unreachable: { } unreachable } => new ProfileOutcome.Failed(progress.Problem, unreachable.RetryAfter, IsUnreachable: true),
            { HasProblems: true } => new ProfileOutcome.Incomplete(progress.Problem, progress.HasFailed, progress.Again),
            _ => new ProfileOutcome.Done(progress.Again),
        };
    }

    /// <summary>Where something is not in place the profile keeps the revision whose references it has, and says why.</summary>
    private async Task<ProfileOutcome?> WriteStatusAsync(ProfilePlan plan, PlanProgress progress, Leadership leadership)
    {
        if (plan.Object is not { } @object)
        {
            return null;
        }

        var status = progress.HasProblems ? plan.StatusAfterFailure(progress.Problem, time.GetUtcNow(), progress.Reason, progress.IsInPlace) : plan.Status;
        var (written, again) = await profiles.SetStatusAsync(plan.Profile, @object, status, leadership).ConfigureAwait(false);
        progress.Waits(again);
        if (progress.HasProblems)
        {
            events.Warn(plan.Profile, @object, "Apply", progress.Reason, progress.Problem);
        }

        if (written is not (null or ObjectOutcome.Done or ObjectOutcome.NotFound))
        {
            if (written is not ObjectOutcome.Unreachable && !progress.HasProblems)
            {
                events.Warn(plan.Profile, @object, "UpdateStatus", "StatusNotWritten", $"The status cannot be written: {written.Problem}");
            }

            return Failed(progress.HasProblems ? $"{progress.Problem} The status cannot be written" : "The status cannot be written", written);
        }

        if (status?.Condition(ProfileCondition.Terminating) is { } held && @object.Status.Condition(ProfileCondition.Terminating) is null)
        {
            events.Warn(plan.Profile, @object, "Delete", held.Reason, held.Message);
        }

        return null;
    }

    private async Task<ProfileOutcome> FailAsync(ProfilePlan plan, string what, ObjectOutcome outcome, Leadership leadership)
    {
        var failed = Failed(what, outcome);
        if (!failed.IsUnreachable)
        {
            var progress = new PlanProgress();
            progress.Meets(failed.Problem);
            _ = await WriteStatusAsync(plan, progress, leadership).ConfigureAwait(false);
        }

        return failed;
    }

    private static HashSet<ObjectPath> Parts(ProfilePlan plan) =>
    [
        ControlledObjects.Profile(plan.Profile), .. plan.Applies.Select(apply => ControlledObjects.Of(apply.Resource)), .. plan.Removals.Select(ControlledObjects.Of),
    ];

    private static ProfileOutcome.Failed Failed(string what, ObjectOutcome outcome) => new(
        $"{what}: {outcome.Problem}",
        outcome is ObjectOutcome.Unreachable { RetryAfter: var asked } ? asked : TimeSpan.Zero,
        outcome is ObjectOutcome.Unreachable);
}
