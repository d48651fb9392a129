using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Json;

/// <summary>
/// Forgiving reads of cluster objects: what is absent or of another type is null. The API server has checked these objects
/// against their schema; a directory of manifests has not, and one odd object must not hide the rest.
/// </summary>
public static class JsonObjects
{
    /// <summary>The member of that name, whatever it is; null where there is none, or this is no object.</summary>
    public static JsonElement? Member(this JsonElement element, string property)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        try
        {
            return element.TryGetProperty(property, out var value) ? value : null;
        }
        catch (InvalidOperationException)
        {
            // Another member's name escapes half of a surrogate pair, and cannot be compared.
            return element.EnumerateObject().Where(member => member.Key() == property).Select(member => (JsonElement?)member.Value).LastOrDefault();
        }
    }

    public static JsonElement? Object(this JsonElement element, string property) =>
        element.Member(property) is { ValueKind: JsonValueKind.Object } value ? value : null;

    public static string? Text(this JsonElement element, string property) => element.Member(property)?.Text();

    /// <summary>The string that this is; null where it is none.</summary>
    public static string? Text(this JsonElement element) =>
        element.ValueKind == JsonValueKind.String ? Sound(element, static element => element.GetString()) : null;

    /// <summary>The name of a member; null where it is no text.</summary>
    public static string? Key(this JsonProperty member) => Sound(member, static member => member.Name);

    /// <summary>The bytes that it is written with, as text; what of them is no UTF-8 becomes U+FFFD, since whoever read the document may not have looked.</summary>
    public static string Written(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Undefined ? "" : Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(element));

    /// <summary>A map of strings; entries that are not strings are passed over.</summary>
    public static LabelSet? Labels(this JsonElement element, string property) =>
        element.Object(property) is { } map
            ? LabelSet.From(
                from entry in map.EnumerateObject()
                let key = entry.Key()
                let value = entry.Value.Text()
                where key is not null && value is not null
                select KeyValuePair.Create(key, value))
            : null;

    // An element may escape half of a surrogate pair; it parses, and throws when it is read.
    private static string? Sound<T>(T from, Func<T, string?> read)
    {
        try
        {
            return read(from);
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
