using AccessLogWebhook.Cluster;

namespace AccessLogWebhook.Controllers;

/// <summary>How often a profile could not be brought in line, why, and when it is tried again.</summary>
internal sealed class ProfileAttempts(ReferenceTimings timings, TimeProvider time)
{
    private readonly Dictionary<string, Failing> failing = new(StringComparer.Ordinal);

    /// <summary>Whether the profile as a whole failed when it was last tried.</summary>
    public bool IsFailing(string profile) => failing.GetValueOrDefault(profile) is { Backoff: not null };

    /// <summary>How long the profile is to be left alone; zero where it is not. One whose spec was changed since is tried at once.</summary>
    public TimeSpan Left(string profile, long generation)
    {
        if (!failing.TryGetValue(profile, out var state) || state.Generation != generation)
        {
            return TimeSpan.Zero;
        }

        var left = state.Pause - time.GetElapsedTime(state.At);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <param name="asked">How long the API server asks to be left alone.</param>
    /// <returns>When it is tried again, and whether the problem is another one than before.</returns>
    public (TimeSpan Pause, bool IsNews) Failed(string profile, long generation, string problem, TimeSpan asked)
    {
        var before = failing.GetValueOrDefault(profile);
        var backoff = before?.Backoff ?? new LiveBackoff(timings.FirstBackoff, timings.LongestBackoff);
        var drawn = backoff.Next();
        asked = asked < timings.LongestBackoff ? asked : timings.LongestBackoff;
        var pause = drawn > asked ? drawn : asked;
        failing[profile] = new Failing(generation, problem, backoff, pause, time.GetTimestamp());
        return (pause, problem != before?.Problem);
    }

    /// <summary>Notes that parts of it are not done, which pace themselves: the profile as a whole waits for nothing.</summary>
    /// <returns>Whether the problem is another one than before.</returns>
    public bool Incomplete(string profile, string problem)
    {
        var before = failing.GetValueOrDefault(profile);
        failing[profile] = new Failing(0, problem, null, TimeSpan.Zero, time.GetTimestamp());
        return problem != before?.Problem;
    }

    /// <returns>Whether it had failed before.</returns>
    public bool Succeeded(string profile) => failing.Remove(profile);

    /// <summary>Forgets the profiles that are no more.</summary>
    public void Keep(IReadOnlySet<string> profiles)
    {
        foreach (var gone in failing.Keys.Where(name => !profiles.Contains(name)).ToList())
        {
            failing.Remove(gone);
        }
    }

    private sealed record Failing(long Generation, string Problem, LiveBackoff? Backoff, TimeSpan Pause, long At);
}
