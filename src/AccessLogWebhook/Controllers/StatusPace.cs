using AccessLogWebhook.Policy.Profiles;

namespace AccessLogWebhook.Controllers;

/// <summary>
/// Holds back a status in which nothing has changed but counts and messages: every Pod that comes or goes changes them, and each would
/// be a write.
/// </summary>
internal sealed class StatusPace(TimeSpan pace, TimeProvider time)
{
    private readonly Dictionary<string, long> written = new(StringComparer.Ordinal);

    /// <summary>How long it is to be held back; zero where it is not.</summary>
    public TimeSpan Left(string profile, ProfileStatus before, ProfileStatus after)
    {
        if (!written.TryGetValue(profile, out var at) || !Decides(before).Equals(Decides(after), StringComparison.Ordinal))
        {
            return TimeSpan.Zero;
        }

        var left = pace - time.GetElapsedTime(at);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    public void Written(string profile) => written[profile] = time.GetTimestamp();

    public void Keep(IReadOnlySet<string> profiles)
    {
        foreach (var gone in written.Keys.Where(name => !profiles.Contains(name)).ToList())
        {
            written.Remove(gone);
        }
    }

    /// <summary>What a program would decide by.</summary>
    private static string Decides(ProfileStatus status) => (status with
    {
        Workloads = default,
        Conditions = [.. status.Conditions.Select(condition => condition with { Message = "" })],
    }).ToJson().ToJsonString();
}
