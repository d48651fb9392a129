namespace AccessLogWebhook.Policy.Patching;

/// <summary>The RFC 6902 operations that this project makes; it never moves, copies or tests.</summary>
public enum JsonPatchOperationKind
{
    Add,
    Replace,
    Remove,
}

/// <summary>
/// One RFC 6902 operation. The value, which a removal lacks, is a string or an object of strings: labels and annotations are all that is ever changed.
/// </summary>
/// <param name="Path">An RFC 6901 pointer, already escaped.</param>
public readonly record struct JsonPatchOperation(JsonPatchOperationKind Kind, string Path, string? Text, Mesh.LabelSet? Map)
{
    public static JsonPatchOperation Add(string path, string value) => new(JsonPatchOperationKind.Add, path, value, null);

    public static JsonPatchOperation Add(string path, Mesh.LabelSet map) => new(JsonPatchOperationKind.Add, path, null, map);

    public static JsonPatchOperation Replace(string path, string value) => new(JsonPatchOperationKind.Replace, path, value, null);

    public static JsonPatchOperation Remove(string path) => new(JsonPatchOperationKind.Remove, path, null, null);
}
