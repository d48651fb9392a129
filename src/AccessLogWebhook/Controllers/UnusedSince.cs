using AccessLogWebhook.Policy.Rendering;

namespace AccessLogWebhook.Controllers;

/// <summary>Since when references have been seen unused. A new leader begins to count anew.</summary>
internal sealed class UnusedSince(TimeSpan removeAfter, TimeProvider time)
{
    private Dictionary<string, long> since = new(StringComparer.Ordinal);

    /// <summary>Keeps count of these, and forgets those that are used again or are gone.</summary>
    public void Observe(IEnumerable<ReferenceRemoval> unused)
    {
        var now = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var removal in unused)
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
