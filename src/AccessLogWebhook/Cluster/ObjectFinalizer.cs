using System.Text.Json;
using AccessLogWebhook.Policy.Json;

namespace AccessLogWebhook.Cluster;

/// <summary>Puts one finalizer on an object and takes it off, beside those of others.</summary>
/// <remarks>
/// Not by server-side apply, which would be one request: it takes a finalizer off only where nobody else owns it, and whoever restores an
/// object from a backup owns all that was in it. The object could then never go.
/// </remarks>
internal sealed class ObjectFinalizer(LiveObjects objects, string name)
{
    // Whoever else writes an object so often is not to be outrun.
    private const int MostAttempts = 5;

    /// <param name="uid">Which object is meant: another of its name, made since, is not found.</param>
    /// <returns>Done also where it was so already.</returns>
    public async Task<ObjectOutcome> SetAsync(ObjectPath path, string uid, bool present, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var read = await objects.GetAsync(path, cancellationToken).ConfigureAwait(false);
            if (read is not ObjectOutcome.Done { Object: var @object })
            {
                return read;
            }

            if (@object.Object("metadata") is not { } metadata || metadata.Text("uid") != uid || metadata.Text("resourceVersion") is not { } version)
            {
                return new ObjectOutcome.NotFound("another object has its name now.");
            }

            var finalizers = Finalizers(metadata);
            if (finalizers.Contains(name) == present)
            {
                return read;
            }

            var written = await objects.MergeAsync(
                path,
                ObjectJson.Finalizers(uid, version, present ? finalizers.Append(name) : finalizers.Where(other => other != name)),
                cancellationToken).ConfigureAwait(false);
            if (written is not ObjectOutcome.Conflict || attempt == MostAttempts)
            {
                return written;
            }
        }
    }

    private static List<string> Finalizers(JsonElement metadata) =>
        metadata.Member("finalizers") is { ValueKind: JsonValueKind.Array } list
            ? [.. list.EnumerateArray().Select(finalizer => finalizer.Text()).OfType<string>()]
            : [];
}
