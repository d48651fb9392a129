using System.Text.Json;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Json;

/// <summary>
/// Forgiving reads of cluster objects: what is absent or of another type is null. The API server has checked these objects
/// against their schema; a directory of manifests has not, and one odd object must not hide the rest.
/// </summary>
public static class JsonObjects
{
    public static JsonElement? Object(this JsonElement element, string property) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.Object
            ? value
            : null;

    public static string? Text(this JsonElement element, string property) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    /// <summary>A map of strings; entries that are not strings are passed over.</summary>
    public static LabelSet? Labels(this JsonElement element, string property) =>
        element.Object(property) is { } map
            ? LabelSet.From(map.EnumerateObject()
                .Where(entry => entry.Value.ValueKind == JsonValueKind.String)
                .Select(entry => KeyValuePair.Create(entry.Name, entry.Value.GetString()!)))
            : null;
}
