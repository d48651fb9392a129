using System.Globalization;
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
/// Deployment, <c>patch</c> on it and <c>list</c> on Pods of its namespace; <c>get</c>, <c>delete</c> on what else is to go.
/// </remarks>
internal sealed class ClusterCleanup(LiveObjects objects, TextWriter output, TimeProvider time)
{
    public const string NameLabel = "app.kubernetes.io/name";
    public const string NameValue = "accesslog-webhook";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    // A Pod's deletionTimestamp is when its grace period ends, and then it is killed. One that is there much longer is on a node that does not answer.
    private static readonly TimeSpan Lateness = TimeSpan.FromSeconds(30);

    private static readonly ObjectPath Profiles = new("accesslog.mesh/v1alpha1", "accesslogprofiles", "", "");

    /// <param name="configurations">The name of both webhook configurations.</param>
    /// <param name="deployment">The Deployment to stop first; else a replica that leads puts finalizers back.</param>
    /// <param name="made">What the program has made for itself. A Secret goes only if it bears its label.</param>
    /// <returns>Whether nothing is left that should have gone.</returns>
    public async Task<bool> RunAsync(string configurations, ObjectPath? deployment, IEnumerable<ObjectPath> made, CancellationToken cancellationToken)
    {
        // Before the replicas stop: from then on a configuration that fails closed would refuse Pods.
        var gone = await RemoveConfigurationAsync("mutatingwebhookconfigurations", configurations, cancellationToken).ConfigureAwait(false);
        gone &= await RemoveConfigurationAsync("validatingwebhookconfigurations", configurations, cancellationToken).ConfigureAwait(false);
        if (deployment is { } program)
        {
            gone &= await StopAsync(program, cancellationToken).ConfigureAwait(false);
        }

        gone &= await ReleaseProfilesAsync(cancellationToken).ConfigureAwait(false);
        foreach (var path in made)
        {
            gone &= await RemoveAsync(path, mustBeLabelled: path.Plural == "secrets", cancellationToken).ConfigureAwait(false);
        }

        output.WriteLine(
            "Left in place: AccessLogProfiles, which are yours and may be wanted again, and the EnvoyFilters and Telemetries made from them, so that the "
            + "mesh goes on logging. Remove them with: kubectl delete accesslogprofiles --all; kubectl delete envoyfilters,telemetries -A -l app.kubernetes.io/managed-by=accesslog-webhook");
        return gone;
    }

    private Task<bool> RemoveConfigurationAsync(string plural, string name, CancellationToken cancellationToken) =>
        RemoveAsync(new ObjectPath("admissionregistration.k8s.io/v1", plural, "", name), mustBeLabelled: true, cancellationToken);

    private async Task<bool> RemoveAsync(ObjectPath path, bool mustBeLabelled, CancellationToken cancellationToken)
    {
        var what = $"{path.Plural}/{path.Name}";
        var read = await objects.GetAsync(path, cancellationToken).ConfigureAwait(false);
        if (read is not ObjectOutcome.Done { Object: var found })
        {
            return Report(what, read, "is gone already");
        }

        var metadata = found.Object("metadata");
        if (metadata?.Text("uid") is not { } uid || (mustBeLabelled && metadata?.Object("labels")?.Text(NameLabel) != NameValue))
        {
            output.WriteLine($"{what} stays: it has no label {NameLabel}: {NameValue}, so it is somebody else's.");
            return true;
        }

        return Report(what, await objects.DeleteAsync(path, uid, null, cancellationToken).ConfigureAwait(false), "is removed");
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
        var what = $"deployments/{deployment.Name}";
        var written = await objects.MergeAsync(deployment, patch, cancellationToken).ConfigureAwait(false);
        if (written is not ObjectOutcome.Done { Object: var scaled })
        {
            return Report(what, written, "is stopped");
        }

        // The Deployment's own count leaves out Pods that are still about to end, and such a one may lead.
        var selector = string.Join(',', scaled.Object("spec")?.Object("selector")?.Labels("matchLabels")?.Select(label => $"{label.Key}={label.Value}") ?? []);
        var pods = new ObjectPath("v1", "pods", deployment.Namespace, "");
        for (var told = false; ; told = true)
        {
            var listed = await objects.ListAsync($"{pods.Collection}?labelSelector={Uri.EscapeDataString(selector)}", cancellationToken).ConfigureAwait(false);
            var (all, awaited) = Left(listed);
            if (awaited == 0)
            {
                return Report(
                    what, listed, all == 0 ? "is stopped, and its Pods are gone" : $"is stopped; {all} of its Pods should have ended long since, so their nodes do not answer: they are not waited for");
            }

            if (!told)
            {
                output.WriteLine($"{what} is scaled to zero; waiting for its Pods to end.");
            }

            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <returns>How many Pods there are, and how many of these may still be at work: one past its time has lost its Lease, too, if it cannot be reached.</returns>
    private (int All, int Awaited) Left(ObjectOutcome listed)
    {
        if (listed is not ObjectOutcome.Done { Object: var list } || list.Member("items") is not { ValueKind: JsonValueKind.Array } items)
        {
            return (0, 0);
        }

        var latest = time.GetUtcNow() - Lateness;
        return (items.GetArrayLength(), items.EnumerateArray().Count(pod =>
            !DateTimeOffset.TryParse(pod.Object("metadata")?.Text("deletionTimestamp"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end) || end > latest));
    }

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
