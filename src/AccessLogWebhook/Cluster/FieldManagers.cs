using System.Text.Json;
using AccessLogWebhook.Policy.Json;

namespace AccessLogWebhook.Cluster;

/// <summary>Who has written to an object, by its <c>metadata.managedFields</c>.</summary>
internal static class FieldManagers
{
    /// <summary>
    /// The one other than <see cref="LiveObjects.FieldManager"/> that was the last to change something that it owns now of spec or metadata. The times are of whole
    /// seconds; of two within one, the later in the list.
    /// </summary>
    public static string? LastOther(JsonElement @object)
    {
        if (@object.Object("metadata")?.Member("managedFields") is not { ValueKind: JsonValueKind.Array } entries)
        {
            return null;
        }

        var (last, since) = (default(string), "");
        foreach (var entry in entries.EnumerateArray().Where(entry => entry.ValueKind == JsonValueKind.Object))
        {
            // RFC 3339 in UTC, whose order is that of the text.
            if (entry.Text("manager") is { Length: > 0 } manager && manager != LiveObjects.FieldManager && string.CompareOrdinal(entry.Text("time") ?? "", since) >= 0
                && entry.Object("fieldsV1") is { } fields && (fields.Object("f:spec") ?? fields.Object("f:metadata")) is not null)
            {
                (last, since) = (manager, entry.Text("time") ?? "");
            }
        }

        return last;
    }

    /// <summary>When anybody last changed it; null where nothing tells.</summary>
    public static DateTimeOffset? LastChange(JsonElement @object)
    {
        if (@object.Object("metadata")?.Member("managedFields") is not { ValueKind: JsonValueKind.Array } entries)
        {
            return null;
        }

        // RFC 3339 in UTC, whose order is that of the text.
        var last = entries.EnumerateArray().Where(entry => entry.ValueKind == JsonValueKind.Object).Select(entry => entry.Text("time")).Max(StringComparer.Ordinal);
        return ObjectTime.Read(last);
    }

    /// <summary>
    /// Since when at the latest a label has the value that it has: who owns a field has not changed anything since the time beside it. Of several owners the
    /// earliest counts, since whoever sets another value takes the field from all others. Null where nobody is said to own it.
    /// </summary>
    public static DateTimeOffset? LabelSince(JsonElement? metadata, string label)
    {
        if (metadata?.Member("managedFields") is not { ValueKind: JsonValueKind.Array } entries)
        {
            return null;
        }

        DateTimeOffset? since = null;
        foreach (var entry in entries.EnumerateArray().Where(entry => entry.ValueKind == JsonValueKind.Object))
        {
            if (entry.Object("fieldsV1")?.Object("f:metadata")?.Object("f:labels")?.Member($"f:{label}") is not null
                && ObjectTime.Read(entry.Text("time")) is { } time && !(time >= since))
            {
                since = time;
            }
        }

        return since;
    }
}
