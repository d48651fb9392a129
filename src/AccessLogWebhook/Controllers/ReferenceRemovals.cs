using System.Collections.Immutable;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Policy.Rendering;

namespace AccessLogWebhook.Controllers;

/// <summary>Removes what a plan has to remove and may, each by itself, and lets a profile go that is deleted, when all of it is gone.</summary>
internal sealed class ReferenceRemovals(
    RemovalReview review, ReferenceWriter references, ProfileWriter profiles, ReferenceAttempts attempts, ProfileEvents events)
{
    public async Task CarryOutAsync(ProfilePlan plan, PlanProgress progress, Leadership leadership)
    {
        // What is asked before anything goes is asked for the whole profile.
        var whole = ControlledObjects.Profile(plan.Profile);
        if (attempts.Pause(whole) is { Left: var left, Problem: var before } && left > TimeSpan.Zero)
        {
            progress.Meets(before, left);
            return;
        }

        // Nobody is asked about what is not to be tried.
        var paused = plan.Removals.Where(removal => attempts.Pause(ControlledObjects.Of(removal)).Left > TimeSpan.Zero).ToImmutableArray();
        foreach (var pause in paused.Select(removal => attempts.Pause(ControlledObjects.Of(removal))))
        {
            progress.Meets(pause.Problem, pause.Left);
        }

        var open = plan with { Removals = plan.Removals.RemoveRange(paused), RemovesFinalizer = plan.RemovesFinalizer && paused.IsEmpty };
        var due = await review.DueAsync(open, leadership).ConfigureAwait(false);
        progress.Waits(due.Again);
        if (due.Problem is { } problem)
        {
            Fail(whole, $"Whether it is used cannot be told: {problem}");
            return;
        }

        var isRemoved = true;
        foreach (var removal in due.Removals)
        {
            var path = ControlledObjects.Of(removal);
            switch (await references.RemoveAsync(removal, leadership).ConfigureAwait(false))
            {
                case ObjectOutcome.Refused refused:
                    Fail(path, $"{removal.Kind} {removal.Key} cannot be removed: {refused.Problem}");
                    isRemoved = false;
                    break;

                case ObjectOutcome.Unreachable unreachable:
                    progress.Stops(unreachable);
                    progress.Meets($"{removal.Kind} {removal.Key} cannot be removed: {unreachable.Problem}");
                    return;

                case ObjectOutcome.Done:
                    attempts.Succeeded(path);
                    events.Done(plan.Profile, plan.Object, "Delete", "Removed", $"{removal.Kind} {removal.Key} was removed: nobody uses its revision.");
                    break;

                // Gone already, or another object has the name by now: the watch will bring it.
                default:
                    attempts.Succeeded(path);
                    break;
            }
        }

        switch (due.RemovesFinalizer && isRemoved ? await profiles.SetFinalizerAsync(plan.Profile, plan.Object!, present: false, leadership).ConfigureAwait(false) : null)
        {
            case ObjectOutcome.Unreachable unreachable:
                progress.Stops(unreachable);
                progress.Meets($"The finalizer cannot be taken off: {unreachable.Problem}");
                break;

            case { } held and not (ObjectOutcome.Done or ObjectOutcome.NotFound):
                Fail(whole, $"The finalizer cannot be taken off: {held.Problem}");
                break;

            default:
                attempts.Succeeded(whole);
                break;
        }

        void Fail(ObjectPath part, string reason) => progress.Fails(reason, attempts.Failed(plan.Profile, part, reason));
    }
}
