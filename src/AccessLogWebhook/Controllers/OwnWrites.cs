using System.Text.Json;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Policy.Rendering;

namespace AccessLogWebhook.Controllers;

/// <summary>
/// What was written and has not been seen in the cache yet. Until it is, the cache is no ground to plan from: what was just made would
/// be made again, and what was just removed removed.
/// </summary>
/// <param name="longest">For how long it is waited for: somebody may have changed it before the cache saw it.</param>
internal sealed class OwnWrites(TimeSpan longest, TimeProvider time)
{
    private readonly Dictionary<string, List<(Func<MeshSnapshot, bool> IsSeen, long Since)>> unseen = new(StringComparer.Ordinal);

    /// <param name="written">As the API server answered.</param>
    public void Applied(string profile, RenderedResource resource, JsonElement written)
    {
        var uid = written.Object("metadata")?.Text("uid");
        var fingerprint = written.Object("spec") is { } spec ? SpecFingerprint.Of(spec) : null;
        Add(profile, mesh => mesh.Find(resource.Kind, resource.Key) is { } seen && seen.Uid == uid && seen.SpecFingerprint == fingerprint);
    }

    public void Removed(ReferenceRemoval removal) =>
        Add(removal.Profile, mesh => mesh.Find(removal.Kind, removal.Key) is not { } seen || seen.Uid != removal.Uid);

    public void FinalizerSet(string profile, string uid, bool present) =>
        Add(profile, mesh => !IsOf(mesh, profile, uid, out var @object) || @object.HasFinalizer == present);

    public void StatusSet(string profile, string uid, ProfileStatus status) =>
        Add(profile, mesh => !IsOf(mesh, profile, uid, out var @object) || @object.Status.IsSameAs(status));

    /// <summary>How long what was written for the profile is still waited for; zero where the cache has it all.</summary>
    public TimeSpan Left(string profile, MeshSnapshot mesh)
    {
        if (!unseen.TryGetValue(profile, out var writes))
        {
            return TimeSpan.Zero;
        }

        writes.RemoveAll(write => write.IsSeen(mesh) || time.GetElapsedTime(write.Since) >= longest);
        if (writes.Count > 0)
        {
            return longest - time.GetElapsedTime(writes[0].Since);
        }

        unseen.Remove(profile);
        return TimeSpan.Zero;
    }

    private void Add(string profile, Func<MeshSnapshot, bool> isSeen)
    {
        if (!unseen.TryGetValue(profile, out var writes))
        {
            unseen.Add(profile, writes = []);
        }

        writes.Add((isSeen, time.GetTimestamp()));
    }

    private static bool IsOf(MeshSnapshot mesh, string profile, string uid, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ProfileObject? @object)
    {
        @object = mesh.Profiles.GetValueOrDefault(profile)?.Object;
        return @object is not null && @object.Uid == uid;
    }
}
