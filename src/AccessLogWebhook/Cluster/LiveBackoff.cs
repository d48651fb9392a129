namespace AccessLogWebhook.Cluster;

/// <summary>
/// Pauses that double from <paramref name="first"/> to <paramref name="longest"/>, each drawn from zero to that bound: with full jitter
/// replicas that lost the same API server do not come back to it together.
/// </summary>
internal sealed class LiveBackoff(TimeSpan first, TimeSpan longest)
{
    private int doublings;

    public TimeSpan Next()
    {
        var bound = first * Math.Pow(2, doublings);
        if (bound < longest)
        {
            doublings++;
        }

        // Up to whole milliseconds, which is what timers count: a pause of less would be none.
        return TimeSpan.FromMilliseconds(Math.Ceiling((bound < longest ? bound : longest).TotalMilliseconds * Random.Shared.NextDouble()));
    }

    public void Reset() => doublings = 0;
}
