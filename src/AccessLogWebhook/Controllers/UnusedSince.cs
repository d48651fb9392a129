using AccessLogWebhook.Policy.Rendering;

namespace AccessLogWebhook.Controllers;

/// <summary>
/// Since when references have been seen unused, and no new Pod was handed their revision. A new leader begins to count anew.
/// </summary>
internal sealed class UnusedSince(TimeSpan removeAfter, TimeProvider time)
{
    private Dictionary<string, long> since = new(StringComparer.Ordinal);

    /// <summary>Keeps count of what these remove, and forgets what is used again or is gone.</summary>
    public void Observe(IEnumerable<ProfilePlan> profiles)
    {
        var now = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var removal in profiles.SelectMany(profile => profile.Removals.Where(removal => !profile.StillHandsOut(removal.Revision))))
        {
            now.TryAdd(removal.Uid, since.TryGetValue(removal.Uid, out var first) ? first : time.GetTimestamp());
        }

        since = now;
    }

    /// <summary>How long one has yet to stay; zero for one that may go.</summary>
    public TimeSpan Left(ReferenceRemoval removal)
    {
        if (removal.IsUrgent)
        {
            return TimeSpan.Zero;
        }

        var left = removeAfter - (since.TryGetValue(removal.Uid, out var first) ? time.GetElapsedTime(first) : TimeSpan.Zero);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
