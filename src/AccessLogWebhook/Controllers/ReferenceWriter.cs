using System.Text.Json;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Rendering;

namespace AccessLogWebhook.Controllers;

/// <summary>Puts rendered references into the cluster, exactly as they were rendered.</summary>
internal sealed partial class ReferenceWriter(LeaderWrites writes, OwnWrites own, ILogger logger)
{
    // What the API server makes of a reference where it will not have it as it was rendered: a default, a label of others. Else it would be
    // repaired for ever.
    private readonly Dictionary<ObjectPath, (string Wanted, string Made)> accepted = [];

    /// <summary>Whether the cluster has of it what can be had.</summary>
    public bool IsSettled(ReferenceApply apply, MeshSnapshot mesh) =>
        accepted.TryGetValue(ControlledObjects.Of(apply.Resource), out var made)
        && made.Wanted == SpecFingerprint.Of(apply.Resource.Spec)
        && mesh.Find(apply.Resource.Kind, apply.Resource.Key) is { } found
        && made.Made == StateOf(found);

    public async Task<ObjectOutcome> ApplyAsync(string profile, ReferenceApply apply, Leadership leadership)
    {
        var (resource, path) = (apply.Resource, ControlledObjects.Of(apply.Resource));
        var manifest = ObjectJson.Of(json => resource.ToManifest().WriteTo(json));
        var wanted = SpecFingerprint.Of(resource.Spec);
        var outcome = await writes.DoAsync("apply", leadership, (objects, token) => objects.ApplyAsync(path, manifest, token)).ConfigureAwait(false);
        if (outcome is ObjectOutcome.Done { Object: var merged } && FingerprintOf(merged) != wanted && VersionOf(merged) is { } version)
        {
            // Somebody has put fields beside ours, and those decide too whom it reaches.
            using var spec = JsonDocument.Parse(ObjectJson.Of(json => resource.Spec.WriteTo(json)));
            outcome = await writes.DoAsync("replace", leadership, (objects, token) => objects.ReplaceSpecAsync(path, version, spec.RootElement, token))
                .ConfigureAwait(false);
        }

        if (outcome is ObjectOutcome.Done { Object: var written })
        {
            own.Changed(profile, path.Plural, written);
            accepted[path] = (wanted, StateOf(ClusterKinds.ReadReference(resource.Kind, written)));
            Log.Applied(logger, resource.Kind, resource.Key, profile, apply.Repairs);
        }

        return outcome;
    }

    public async Task<ObjectOutcome> RemoveAsync(ReferenceRemoval removal, Leadership leadership)
    {
        var path = ControlledObjects.Of(removal);
        var outcome = await writes.DoAsync("delete", leadership, (objects, token) => objects.DeleteAsync(path, removal.Uid, null, token)).ConfigureAwait(false);
        if (outcome is ObjectOutcome.Done or ObjectOutcome.NotFound)
        {
            accepted.Remove(path);
            own.Removed(removal);
            Log.Removed(logger, removal.Kind, removal.Key, removal.Profile);
        }

        return outcome;
    }

    private static string StateOf(LoggingResource resource) =>
        $"{resource.Uid} {resource.SpecFingerprint} {string.Join(',', resource.Labels.Select(label => $"{label.Key}={label.Value}"))}";

    private static string? FingerprintOf(JsonElement @object) => @object.Object("spec") is { } spec ? SpecFingerprint.Of(spec) : null;

    private static string? VersionOf(JsonElement @object) => @object.Object("metadata")?.Text("resourceVersion");

    private static partial class Log
    {
        [LoggerMessage(6010, LogLevel.Information, "Applied {Kind} {Key} of profile {Profile}; repaired: {Repaired}")]
        public static partial void Applied(ILogger logger, LoggingResourceKind kind, ObjectKey key, string profile, bool repaired);

        [LoggerMessage(6011, LogLevel.Information, "Removed {Kind} {Key} of profile {Profile}, which nobody uses")]
        public static partial void Removed(ILogger logger, LoggingResourceKind kind, ObjectKey key, string profile);
    }
}
