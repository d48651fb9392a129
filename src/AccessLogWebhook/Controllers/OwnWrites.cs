using System.Collections.Immutable;
using System.Text.Json;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Rendering;

namespace AccessLogWebhook.Controllers;

/// <summary>
/// What was written for each profile and the caches do not have yet. Until they do they are no ground to plan from: what was just made would be made
/// again, and what was just removed removed.
/// </summary>
/// <remarks>
/// Resource versions of one kind are compared as numbers, which is what API servers make them; where one makes something else of them, the
/// time alone counts.
/// </remarks>
/// <param name="longest">For how long a cache is waited for.</param>
internal sealed class OwnWrites(TimeSpan longest, TimeProvider time)
{
    private readonly Dictionary<string, List<Write>> unseen = new(StringComparer.Ordinal);

    /// <param name="kind">The title of its cache.</param>
    /// <param name="written">As the API server answered.</param>
    public void Changed(string profile, string kind, JsonElement written)
    {
        var version = written.Object("metadata")?.Text("resourceVersion") ?? "";
        Add(profile, (caches, _) => HasComeTo(version, kind, caches));
    }

    // The answer to a deletion has no version; that the object is no more stays true.
    public void Removed(ReferenceRemoval removal) =>
        Add(removal.Profile, (_, mesh) => mesh.Find(removal.Kind, removal.Key) is not { } seen || seen.Uid != removal.Uid);

    /// <summary>How long what was written for the profile is still waited for; zero where the caches have it all.</summary>
    /// <param name="caches">Asked for before <paramref name="mesh"/> was taken.</param>
    public TimeSpan Left(string profile, ImmutableArray<CacheStatus> caches, MeshSnapshot mesh)
    {
        if (!unseen.TryGetValue(profile, out var writes))
        {
            return TimeSpan.Zero;
        }

        writes.RemoveAll(write => time.GetElapsedTime(write.Since) >= longest || write.IsSeen(caches, mesh));
        if (writes.Count > 0)
        {
            return longest - time.GetElapsedTime(writes[0].Since);
        }

        unseen.Remove(profile);
        return TimeSpan.Zero;
    }

    private void Add(string profile, Func<ImmutableArray<CacheStatus>, MeshSnapshot, bool> isSeen)
    {
        if (!unseen.TryGetValue(profile, out var writes))
        {
            unseen.Add(profile, writes = []);
        }

        writes.Add(new Write(isSeen, time.GetTimestamp()));
    }

    private static bool HasComeTo(string version, string kind, ImmutableArray<CacheStatus> caches)
    {
        foreach (var cache in caches)
        {
            if (cache.Kind == kind)
            {
                return cache.ResourceVersion == version
                    || (ulong.TryParse(cache.ResourceVersion, out var seen) && ulong.TryParse(version, out var written) && seen >= written);
            }
        }

        return true;
    }

    private readonly record struct Write(Func<ImmutableArray<CacheStatus>, MeshSnapshot, bool> IsSeen, long Since);
}
