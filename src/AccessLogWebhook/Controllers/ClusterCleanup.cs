using System.Text.Json;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Profiles;

namespace AccessLogWebhook.Controllers;

/// <summary>
/// What is to be undone before the program is removed: the webhook configurations, which would send requests to nobody, and the finalizers,
/// which nobody would take off. Whatever is gone already is fine, so it can be run again.
/// </summary>
/// <remarks>
/// Verbs: <c>get</c>, <c>delete</c> on the two configurations by name; <c>list</c>, <c>get</c>, <c>patch</c> on accesslogprofiles; with a
/// Deployment, <c>get</c>, <c>patch</c> on it.
/// </remarks>
internal sealed class ClusterCleanup(LiveObjects objects, TextWriter output, TimeProvider time)
{
    public const string NameLabel = "app.kubernetes.io/name";
    public const string NameValue = "accesslog-webhook";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private static readonly ObjectPath Profiles = new("accesslog.mesh/v1alpha1", "accesslogprofiles", "", "");

    /// <param name="configurations">The name of both webhook configurations.</param>
    /// <param name="deployment">The Deployment to stop first; else a replica that leads puts finalizers back.</param>
    /// <returns>Whether nothing is left that should have gone.</returns>
    public async Task<bool> RunAsync(string configurations, ObjectPath? deployment, CancellationToken cancellationToken)
    {
        // Before the replicas stop: from then on a configuration that fails closed would refuse Pods.
        var gone = await RemoveConfigurationAsync("mutatingwebhookconfigurations", configurations, cancellationToken).ConfigureAwait(false);
        gone &= await RemoveConfigurationAsync("validatingwebhookconfigurations", configurations, cancellationToken).ConfigureAwait(false);
        if (deployment is { } program)
        {
            gone &= await StopAsync(program, cancellationToken).ConfigureAwait(false);
        }

        gone &= await ReleaseProfilesAsync(cancellationToken).ConfigureAwait(false);
        output.WriteLine(
            "Left in place: AccessLogProfiles, which are yours and may be wanted again, and the EnvoyFilters and Telemetries made from them, so that the "
            + "mesh goes on logging. Remove them with: kubectl delete accesslogprofiles --all; kubectl delete envoyfilters,telemetries -A -l app.kubernetes.io/managed-by=accesslog-webhook");
        return gone;
    }

    private async Task<bool> RemoveConfigurationAsync(string plural, string name, CancellationToken cancellationToken)
    {
        var path = new ObjectPath("admissionregistration.k8s.io/v1", plural, "", name);
        var read = await objects.GetAsync(path, cancellationToken).ConfigureAwait(false);
        if (read is not ObjectOutcome.Done { Object: var found })
        {
            return Report($"{plural}/{name}", read, "is gone already");
        }

        var metadata = found.Object("metadata");
        if (metadata?.Object("labels")?.Text(NameLabel) != NameValue || metadata?.Text("uid") is not { } uid)
        {
            output.WriteLine($"{plural}/{name} stays: it has no label {NameLabel}: {NameValue}, so it is somebody else's.");
            return true;
        }

        return Report($"{plural}/{name}", await objects.DeleteAsync(path, uid, null, cancellationToken).ConfigureAwait(false), "is removed");
    }

    private async Task<bool> StopAsync(ObjectPath deployment, CancellationToken cancellationToken)
    {
        var patch = ObjectJson.Of(json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("spec"u8);
            json.WriteNumber("replicas"u8, 0);
            json.WriteEndObject();
            json.WriteEndObject();
        });
        var written = await objects.MergeAsync(deployment, patch, cancellationToken).ConfigureAwait(false);
        while (written is ObjectOutcome.Done { Object: var now } && HasReplicas(now))
        {
            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
            written = await objects.GetAsync(deployment, cancellationToken).ConfigureAwait(false);
        }

        return Report($"deployments/{deployment.Name}", written, "is stopped");
    }

    private static bool HasReplicas(JsonElement deployment) =>
        deployment.Object("status")?.Member("replicas") is { ValueKind: JsonValueKind.Number } replicas && replicas.GetInt32() > 0;

    private async Task<bool> ReleaseProfilesAsync(CancellationToken cancellationToken)
    {
        var finalizer = new ObjectFinalizer(objects, ProfileObject.Finalizer);

        // Until a look finds none: a replica that is just stopping may have put one back meanwhile.
        for (var all = true; ;)
        {
            var listed = await objects.ListAsync(Profiles.Collection, cancellationToken).ConfigureAwait(false);
            if (listed is not ObjectOutcome.Done { Object: var list })
            {
                return Report("accesslogprofiles", listed, "are gone already, with their CRD") && all;
            }

            var held = Held(list);
            if (held.Count == 0 || !all)
            {
                return all;
            }

            foreach (var (name, uid) in held)
            {
                var released = await finalizer.SetAsync(Profiles with { Name = name }, uid, present: false, cancellationToken).ConfigureAwait(false);
                all &= Report($"accesslogprofiles/{name}", released, $"has no finalizer {ProfileObject.Finalizer} any more");
            }

            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private static List<(string Name, string Uid)> Held(JsonElement list)
    {
        List<(string Name, string Uid)> held = [];
        if (list.Member("items") is { ValueKind: JsonValueKind.Array } items)
        {
            foreach (var item in items.EnumerateArray())
            {
                if (item.Object("metadata") is { } metadata && metadata.Text("name") is { } name && metadata.Text("uid") is { } uid
                    && metadata.Member("finalizers") is { ValueKind: JsonValueKind.Array } finalizers
                    && finalizers.EnumerateArray().Any(finalizer => finalizer.Text() == ProfileObject.Finalizer))
                {
                    held.Add((name, uid));
                }
            }
        }

        return held;
    }

    /// <returns>Whether that is well: done, or nothing there.</returns>
    private bool Report(string what, ObjectOutcome outcome, string done)
    {
        var well = outcome is ObjectOutcome.Done or ObjectOutcome.NotFound;
        output.WriteLine(
            outcome is ObjectOutcome.NotFound ? $"{what}: nothing is there." : well ? $"{what} {done}." : $"{what} could not be cleaned up: {outcome.Problem}");
        return well;
    }
}
