using System.Globalization;
using System.Text.Json;

namespace AccessLogWebhook.Cluster;

/// <summary>One Lease at the wire. A write is a conflict where the lease is no longer as it was seen; what others have put on it stays.</summary>
/// <param name="objects">With a timeout that leaves time for another attempt before leadership ends.</param>
internal sealed class LiveLease(LiveObjects objects, string @namespace, string name)
{
    private const string GroupVersion = "coordination.k8s.io/v1";

    private readonly ObjectPath path = new(GroupVersion, "leases", @namespace, name);

    /// <summary><c>namespace/name</c>, for people.</summary>
    public string Description => $"{@namespace}/{name}";

    public Task<ObjectOutcome> ReadAsync(CancellationToken cancellationToken) => objects.GetAsync(path, cancellationToken);

    /// <summary>Takes the lease, which is then <paramref name="identity"/>'s.</summary>
    /// <param name="seen">Null where there is none yet.</param>
    public Task<ObjectOutcome> TakeAsync(
        LeaseRecord? seen, string identity, TimeSpan duration, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var spec = new Spec(identity, duration, now, now, seen is null ? 0 : seen.Transitions + 1);
        return seen is null
            ? objects.CreateAsync(path.Collection, Document(null, spec), cancellationToken)
            : objects.MergeAsync(path, Document(seen, spec), cancellationToken);
    }

    public Task<ObjectOutcome> RenewAsync(LeaseRecord seen, TimeSpan duration, DateTimeOffset now, CancellationToken cancellationToken) =>
        objects.MergeAsync(path, Document(seen, new Spec(seen.Holder, duration, null, now, null)), cancellationToken);

    /// <summary>Gives the lease back, so that the next may take it at once.</summary>
    public Task<ObjectOutcome> ReleaseAsync(LeaseRecord seen, DateTimeOffset now, CancellationToken cancellationToken) =>
        // As client-go does; a second for those who do not look at the holder.
        objects.MergeAsync(path, Document(seen, new Spec("", TimeSpan.FromSeconds(1), null, now, null)), cancellationToken);

    private ReadOnlyMemory<byte> Document(LeaseRecord? seen, Spec spec) => ObjectJson.Of(json =>
    {
        json.WriteStartObject();
        json.WriteString("apiVersion"u8, GroupVersion);
        json.WriteString("kind"u8, "Lease"u8);
        json.WriteStartObject("metadata"u8);
        json.WriteString("namespace"u8, @namespace);
        json.WriteString("name"u8, name);
        if (seen is not null)
        {
            json.WriteString("resourceVersion"u8, seen.ResourceVersion);
        }

        json.WriteEndObject();
        json.WriteStartObject("spec"u8);
        json.WriteString("holderIdentity"u8, spec.Holder);
        json.WriteNumber("leaseDurationSeconds"u8, (int)spec.Duration.TotalSeconds);
        WriteTime(json, "acquireTime", spec.Acquired);
        WriteTime(json, "renewTime", spec.Renewed);
        if (spec.Transitions is { } transitions)
        {
            json.WriteNumber("leaseTransitions"u8, transitions);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    });

    // Kubernetes' MicroTime takes exactly six digits.
    private static void WriteTime(Utf8JsonWriter json, string field, DateTimeOffset? at)
    {
        if (at is { } time)
        {
            json.WriteString(field, time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture));
        }
    }

    private readonly record struct Spec(string Holder, TimeSpan Duration, DateTimeOffset? Acquired, DateTimeOffset? Renewed, int? Transitions);
}
