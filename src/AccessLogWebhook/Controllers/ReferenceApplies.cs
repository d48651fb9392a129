using AccessLogWebhook.Cluster;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Rendering;

namespace AccessLogWebhook.Controllers;

/// <summary>Applies what a plan has to apply, each by itself: a namespace whose policies refuse a Telemetry is no reason to leave the others without.</summary>
internal sealed class ReferenceApplies(ReferenceWriter references, ReferenceAttempts attempts, ContestedReferences contests, ProfileEvents events)
{
    // Each may take as long as a webhook that does not answer, and other profiles wait. The rest have their turn in the next pass, before those that failed.
    private const int MostFailures = 8;

    /// <param name="obstacle">What the cluster lacks for a resource, a sentence; null where it lacks nothing.</param>
    /// <returns>Without problems only where all that there is to apply is in place.</returns>
    public async Task<PlanProgress> CarryOutAsync(ProfilePlan plan, MeshSnapshot mesh, Func<RenderedResource, string?> obstacle, Leadership leadership)
    {
        var progress = new PlanProgress();
        var failures = 0;
        var differing = plan.Applies.Where(apply => !references.IsSettled(apply, mesh)).ToList();
        contests.Observe(plan.Profile, differing, mesh, (plan.Status ?? plan.Object?.Status)?.Revision);
        foreach (var (apply, path) in differing.Select(apply => (apply, ControlledObjects.Of(apply.Resource))).OrderBy(entry => attempts.IsFailing(entry.Item2)))
        {
            if (obstacle(apply.Resource) is { } lack)
            {
                // Its coming will be seen.
                progress.Meets(lack);
            }
            else if (attempts.Pause(path) is { Left: var left, Problem: var problem } && left > TimeSpan.Zero)
            {
                progress.Meets(problem, left);
            }
            else if (contests.Left(plan.Profile, path) is var pause && pause > TimeSpan.Zero)
            {
                progress.Withholds(pause);
            }
            else if (failures == MostFailures)
            {
                progress.Withholds(TimeSpan.Zero);
            }
            else if (!await ApplyAsync(plan, apply, path, progress, leadership).ConfigureAwait(false))
            {
                failures++;
                if (progress.Unreachable is not null)
                {
                    break;
                }
            }
        }

        foreach (var (problem, again) in contests.Of(plan.Profile))
        {
            progress.IsContested(problem, again);
        }

        return progress;
    }

    private async Task<bool> ApplyAsync(ProfilePlan plan, ReferenceApply apply, ObjectPath path, PlanProgress progress, Leadership leadership)
    {
        var title = $"{apply.Resource.Kind} {apply.Resource.Key}";
        switch (await references.ApplyAsync(plan.Profile, apply, leadership).ConfigureAwait(false))
        {
            case ObjectOutcome.Done:
                attempts.Succeeded(path);
                contests.Applied(plan.Profile, apply.Resource);
                events.Done(
                    plan.Profile, plan.Object, "Apply", apply.Repairs ? "Repaired" : "Rendered",
                    apply.Repairs ? $"{title} was not as it is rendered, and is again." : $"{title} is in place.");
                return true;

            case ObjectOutcome.Unreachable outcome:
                progress.Stops(outcome);
                progress.Meets($"{title} cannot be applied: {outcome.Problem}");
                return false;

            case var outcome:
                var problem = $"{title} cannot be applied: {outcome.Problem}";
                progress.Fails(problem, attempts.Failed(plan.Profile, path, problem));
                return false;
        }
    }
}
