using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Policy.Rendering;

namespace AccessLogWebhook.Controllers;

/// <summary>
/// Since when references have been seen unused, while no new Pod was handed their revision; and deleted profiles. A new leader begins to count anew.
/// </summary>
internal sealed class UnusedSince(ReferenceTimings timings, TimeProvider time)
{
    private Dictionary<string, long> since = new(StringComparer.Ordinal);

    /// <summary>Keeps count of what these let go, and forgets what is used again or is gone.</summary>
    public void Observe(IEnumerable<ProfilePlan> profiles)
    {
        var now = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var uid in profiles.SelectMany(Going))
        {
            now.TryAdd(uid, since.TryGetValue(uid, out var first) ? first : time.GetTimestamp());
        }

        since = now;
    }

    /// <summary>How long one has yet to stay; zero for one that may go.</summary>
    public TimeSpan Left(ReferenceRemoval removal) => Left(removal.Uid, removal.IsUrgent ? timings.Grace : timings.RemoveAfter);

    /// <summary>How long a deleted profile that nobody uses has yet to stay.</summary>
    public TimeSpan Left(ProfileObject deleted) => Left(deleted.Uid, timings.Grace);

    private static IEnumerable<string> Going(ProfilePlan plan)
    {
        var removed = plan.Removals.Where(removal => !plan.StillHandsOut(removal.Revision)).Select(removal => removal.Uid);
        return plan is { RemovesFinalizer: true, Object: { } deleted } ? removed.Append(deleted.Uid) : removed;
    }

    private TimeSpan Left(string uid, TimeSpan after)
    {
        var left = after - (since.TryGetValue(uid, out var first) ? time.GetElapsedTime(first) : TimeSpan.Zero);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
