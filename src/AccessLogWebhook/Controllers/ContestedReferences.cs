using AccessLogWebhook.Cluster;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Rendering;

namespace AccessLogWebhook.Controllers;

/// <summary>
/// References that somebody changes or removes whenever they have been applied. Both would write for ever, as fast as the API server goes, and each write
/// may drain listeners; so the first two times it is put right at once, and then at intervals that double.
/// </summary>
/// <remarks>What has stood for <see cref="ReferenceTimings.RepairStands"/> is no longer contested, and the next change of it is the first again.</remarks>
internal sealed class ContestedReferences(ReferenceTimings timings, TimeProvider time)
{
    // Beyond any pause, and within what a time can be.
    private const int MostDoublings = 30;

    private readonly Dictionary<string, Dictionary<ObjectPath, Contest>> contests = new(StringComparer.Ordinal);

    /// <summary>Takes in how the references of a profile are, by a cache that has all that was written for it.</summary>
    /// <param name="differing">Those that are not as they are rendered.</param>
    /// <param name="revision">The one that is put right; null where none is known.</param>
    public void Observe(string profile, IEnumerable<ReferenceApply> differing, MeshSnapshot mesh, string? revision)
    {
        if (!contests.TryGetValue(profile, out var all))
        {
            return;
        }

        var applies = differing.ToDictionary(apply => ControlledObjects.Of(apply.Resource));
        foreach (var (path, contest) in all.ToList())
        {
            var differs = applies.ContainsKey(path);
            var hasStood = !contest.IsUndone && time.GetElapsedTime(contest.At) >= timings.RepairStands;
            if (hasStood || (revision is not null && contest.Revision != revision))
            {
                all.Remove(path);
            }
            else if (differs)
            {
                var found = mesh.Find(applies[path].Resource.Kind, applies[path].Resource.Key);
                all[path] = contest with { IsUndone = true, IsContested = contest.IsContested || Left(contest) > TimeSpan.Zero, IsRemoved = found is null, By = found?.ChangedBy };
            }
            else if (contest.IsUndone)
            {
                // Somebody else has put it right.
                all[path] = contest with { IsUndone = false, At = time.GetTimestamp() };
            }
        }

        if (all.Count == 0)
        {
            contests.Remove(profile);
        }
    }

    public void Applied(string profile, RenderedResource resource)
    {
        if (!contests.TryGetValue(profile, out var all))
        {
            contests.Add(profile, all = []);
        }

        var path = ControlledObjects.Of(resource);
        var before = all.GetValueOrDefault(path) ?? new Contest($"{resource.Kind} {resource.Key}", resource.Labels[AccessLogKeys.Revision], 0, 0, false, false, false, null);
        all[path] = before with { Applies = before.Applies + 1, At = time.GetTimestamp(), IsUndone = false };
    }

    /// <summary>How long it is left as others want it; zero where it may be put right.</summary>
    public TimeSpan Left(string profile, ObjectPath path) =>
        contests.TryGetValue(profile, out var all) && all.TryGetValue(path, out var contest) ? Left(contest) : TimeSpan.Zero;

    /// <summary>Each contested one as a sentence, and after how long it is no longer contested where it stands.</summary>
    public IEnumerable<(string Problem, TimeSpan? Again)> Of(string profile) =>
        from contest in contests.GetValueOrDefault(profile)?.Values ?? Enumerable.Empty<Contest>()
        where contest.IsContested
        select (Describe(contest), contest.IsUndone ? (TimeSpan?)null : timings.RepairStands - time.GetElapsedTime(contest.At));

    /// <summary>Forgets the profiles that are no more.</summary>
    public void Keep(IReadOnlySet<string> profiles)
    {
        foreach (var gone in contests.Keys.Where(name => !profiles.Contains(name)).ToList())
        {
            contests.Remove(gone);
        }
    }

    private TimeSpan Left(Contest contest)
    {
        if (contest.Applies < 2)
        {
            return TimeSpan.Zero;
        }

        var pause = timings.FirstRepairPause * Math.Pow(2, Math.Min(contest.Applies - 2, MostDoublings));
        var left = (pause < timings.LongestRepairPause ? pause : timings.LongestRepairPause) - time.GetElapsedTime(contest.At);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private string Describe(Contest contest)
    {
        var what = contest switch
        {
            { IsRemoved: true } => "removed again and again",
            { By: { } manager } => $"changed again and again, last by field manager \"{Excerpt.Of(manager)}\"",
            _ => "changed again and again",
        };
        return $"{contest.Title} is {what}: change the profile instead, or keep others from it. It is put right at growing intervals, up to {timings.LongestRepairPause.TotalMinutes:0} minutes.";
    }

    /// <param name="Applies">How often it was applied without having stood in between.</param>
    /// <param name="At">When it was last made right.</param>
    /// <param name="IsUndone">Whether it has been changed or removed since.</param>
    /// <param name="IsContested">Whether it ever had to wait.</param>
    private sealed record Contest(string Title, string? Revision, int Applies, long At, bool IsUndone, bool IsContested, bool IsRemoved, string? By);
}
