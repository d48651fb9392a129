using System.Collections.Immutable;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Patching;

/// <summary>The operations that turn one map of strings into another.</summary>
public static class MapPatch
{
    /// <param name="pointer">Where the map is.</param>
    /// <param name="before">The map that is there; null where there is none (or a null), which is then added whole.</param>
    /// <param name="after">The map that shall be there.</param>
    public static ImmutableArray<JsonPatchOperation> Between(string pointer, LabelSet? before, LabelSet after)
    {
        var operations = ImmutableArray.CreateBuilder<JsonPatchOperation>();
        Add(operations, pointer, before, after);
        return operations.DrainToImmutable();
    }

    /// <summary>As <see cref="Between"/>, put behind other operations.</summary>
    internal static void Add(ImmutableArray<JsonPatchOperation>.Builder operations, string pointer, LabelSet? before, LabelSet after)
    {
        if (before is null)
        {
            if (after.Count > 0)
            {
                operations.Add(JsonPatchOperation.Add(pointer, after));
            }

            return;
        }

        foreach (var (key, value) in after.Entries)
        {
            if (!before.TryGet(key, out var current))
            {
                operations.Add(JsonPatchOperation.Add(JsonPointer.Append(pointer, key), value));
            }
            else if (current != value)
            {
                operations.Add(JsonPatchOperation.Replace(JsonPointer.Append(pointer, key), value));
            }
        }

        foreach (var (key, _) in before.Entries)
        {
            if (!after.ContainsKey(key))
            {
                operations.Add(JsonPatchOperation.Remove(JsonPointer.Append(pointer, key)));
            }
        }
    }
}
