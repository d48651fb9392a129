using AccessLogWebhook.Cluster;

namespace AccessLogWebhook.Controllers;

/// <summary>Which parts of a profile's plan could not be carried out, why, and when each is tried again: one that fails holds up no other.</summary>
internal sealed class ReferenceAttempts(ReferenceTimings timings, TimeProvider time)
{
    private readonly Dictionary<ObjectPath, Failing> failing = [];

    public bool IsFailing(ObjectPath part) => failing.ContainsKey(part);

    /// <summary>How long it is to be left alone, and what was in the way the last time; zero where it may be tried.</summary>
    public (TimeSpan Left, string Problem) Pause(ObjectPath part)
    {
        if (!failing.TryGetValue(part, out var state))
        {
            return (TimeSpan.Zero, "");
        }

        var left = state.Pause - time.GetElapsedTime(state.At);
        return (left > TimeSpan.Zero ? left : TimeSpan.Zero, state.Problem);
    }

    /// <returns>After how long it is tried again.</returns>
    public TimeSpan Failed(string profile, ObjectPath part, string problem)
    {
        var backoff = failing.GetValueOrDefault(part)?.Backoff ?? new LiveBackoff(timings.FirstBackoff, timings.LongestBackoff);
        var pause = backoff.Next();
        failing[part] = new Failing(profile, problem, backoff, pause, time.GetTimestamp());
        return pause;
    }

    public void Succeeded(ObjectPath part) => failing.Remove(part);

    /// <summary>Forgets what is no longer to be done for a profile.</summary>
    public void Keep(string profile, IReadOnlySet<ObjectPath> parts) => Forget((part, state) => state.Profile == profile && !parts.Contains(part));

    /// <summary>Forgets the profiles that are no more.</summary>
    public void Keep(IReadOnlySet<string> profiles) => Forget((_, state) => !profiles.Contains(state.Profile));

    private void Forget(Func<ObjectPath, Failing, bool> isOver)
    {
        foreach (var (part, _) in failing.Where(entry => isOver(entry.Key, entry.Value)).ToList())
        {
            failing.Remove(part);
        }
    }

    private sealed record Failing(string Profile, string Problem, LiveBackoff Backoff, TimeSpan Pause, long At);
}
