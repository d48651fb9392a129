using System.Collections.Immutable;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Rendering;

namespace AccessLogWebhook.Controllers;

/// <summary>Which references may really go: unused for long enough, and unused still when the cluster itself is asked.</summary>
internal sealed class RemovalReview(
    LiveUsers users, UnusedSince unused, ClusterView view, Func<PolicySettings> settings, TimeProvider time)
{
    /// <returns>
    /// What may be removed now and whether the profile may go then; or what is in the way; and after how long there is more that may go.
    /// </returns>
    public async Task<(ImmutableArray<ReferenceRemoval> Removals, bool RemovesFinalizer, string? Problem, TimeSpan? Again)> DueAsync(
        ProfilePlan plan, Leadership leadership)
    {
        var due = plan.Removals.Where(removal => unused.Left(removal) == TimeSpan.Zero).ToImmutableArray();
        var left = plan is { RemovesFinalizer: true, Object: { } deleted } ? unused.Left(deleted) : TimeSpan.Zero;
        var releases = plan.RemovesFinalizer && left == TimeSpan.Zero;
        var waiting = plan.Removals.Select(unused.Left).Append(left).Where(time => time > TimeSpan.Zero).ToList();
        TimeSpan? again = waiting.Count > 0 ? waiting.Min() : null;
        if (due.IsEmpty && !releases)
        {
            return ([], false, null, again);
        }

        leadership.ThrowIfLost();
        var (fresh, problem) = await users.RefreshAsync(view.Snapshot, plan.Profile, leadership.Token).ConfigureAwait(false);
        if (fresh is null)
        {
            return ([], false, problem, again);
        }

        var now = ReferencePlan.For(fresh, settings(), ImmutableDictionary<string, VerdictCounts>.Empty, time.GetUtcNow())
            .Profiles.FirstOrDefault(profile => profile.Profile == plan.Profile);
        var still = now?.Removals.Where(removal => !now.StillHandsOut(removal.Revision)).Select(removal => removal.Uid).ToHashSet(StringComparer.Ordinal) ?? [];
        due = due.RemoveAll(removal => !still.Contains(removal.Uid));

        // What has turned up since the plan was made is not in it, and keeps the profile until the next.
        return (due, releases && now is { RemovesFinalizer: true } && due.Length == still.Count, null, again);
    }
}
