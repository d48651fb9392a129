using System.Text.Json.Nodes;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Policy.Profiles;

namespace AccessLogWebhook.Controllers;

/// <summary>Writes what controllers write on profiles: their finalizer and their status.</summary>
internal sealed class ProfileWriter(LeaderWrites writes, OwnWrites own, StatusPace pace)
{
    public async Task<ObjectOutcome> SetFinalizerAsync(string profile, ProfileObject @object, bool present, Leadership leadership)
    {
        var outcome = await writes.DoAsync(
            "finalizer",
            leadership,
            (objects, token) => new ObjectFinalizer(objects, ProfileObject.Finalizer).SetAsync(ControlledObjects.Profile(profile), @object.Uid, present, token))
            .ConfigureAwait(false);
        if (outcome is ObjectOutcome.Done { Object: var written })
        {
            own.Changed(profile, ControlledObjects.Profiles, written);
        }

        return outcome;
    }

    /// <returns>How it ended, or after how long it is to be written; neither for a status that is there already.</returns>
    public async Task<(ObjectOutcome? Outcome, TimeSpan? Again)> SetStatusAsync(string profile, ProfileObject @object, ProfileStatus? status, Leadership leadership)
    {
        if (status is null)
        {
            return (null, null);
        }

        if (pace.Left(profile, @object.Status, status) is var left && left > TimeSpan.Zero)
        {
            return (null, left);
        }

        var manifest = ObjectJson.Of(json => new JsonObject
        {
            ["apiVersion"] = ControlledObjects.ProfileApiVersion,
            ["kind"] = "AccessLogProfile",
            ["metadata"] = new JsonObject { ["name"] = profile },
            ["status"] = status.ToJson(),
        }.WriteTo(json));
        var outcome = await writes.DoAsync(
            "status", leadership, (objects, token) => objects.ApplyStatusAsync(ControlledObjects.Profile(profile), manifest, token)).ConfigureAwait(false);
        if (outcome is ObjectOutcome.Done { Object: var written })
        {
            pace.Written(profile);
            own.Changed(profile, ControlledObjects.Profiles, written);
        }

        return (outcome, null);
    }
}
