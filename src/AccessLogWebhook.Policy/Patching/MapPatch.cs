using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Patching;

/// <summary>The operations that turn one map of strings into another.</summary>
public static class MapPatch
{
    /// <param name="pointer">Where the map is.</param>
    /// <param name="before">The map that is there; null where there is none (or a null), which is then added whole.</param>
    /// <param name="after">The map that shall be there.</param>
    public static IEnumerable<JsonPatchOperation> Between(string pointer, LabelSet? before, LabelSet after)
    {
        if (before is null)
        {
            return after.Count == 0 ? [] : [JsonPatchOperation.Add(pointer, after)];
        }

        return after
            .Where(entry => !before.Has(entry.Key, entry.Value))
            .Select(entry => before.ContainsKey(entry.Key)
                ? JsonPatchOperation.Replace(JsonPointer.Append(pointer, entry.Key), entry.Value)
                : JsonPatchOperation.Add(JsonPointer.Append(pointer, entry.Key), entry.Value))
            .Concat(before.Where(entry => !after.ContainsKey(entry.Key)).Select(entry => JsonPatchOperation.Remove(JsonPointer.Append(pointer, entry.Key))));
    }
}
