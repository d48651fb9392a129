using System.Buffers;
using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AccessLogWebhook.Policy.Patching;

/// <summary>Writes a patch as an RFC 6902 document.</summary>
public static class JsonPatchWriter
{
    /// <summary>For the writer that a patch is written with.</summary>
    public static JsonWriterOptions Options { get; } = new()
    {
        // The document is read by JSON parsers only; HTML's characters need no escapes.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    public static void Write(IBufferWriter<byte> output, ImmutableArray<JsonPatchOperation> operations)
    {
        using var json = new Utf8JsonWriter(output, Options);
        Write(json, operations);
    }

    public static void Write(Utf8JsonWriter json, ImmutableArray<JsonPatchOperation> operations)
    {
        json.WriteStartArray();
        foreach (var operation in operations)
        {
            json.WriteStartObject();
            json.WriteString("op"u8, NameOf(operation.Kind));
            json.WriteString("path"u8, operation.Path);
            if (operation.Kind == JsonPatchOperationKind.Remove)
            {
                json.WriteEndObject();
                continue;
            }

            if (operation.Map is { } map)
            {
                json.WriteStartObject("value"u8);
                foreach (var (key, value) in map)
                {
                    json.WriteString(key, value);
                }

                json.WriteEndObject();
            }
            else
            {
                json.WriteString("value"u8, operation.Text);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static ReadOnlySpan<byte> NameOf(JsonPatchOperationKind kind) => kind switch
    {
        JsonPatchOperationKind.Add => "add"u8,
        JsonPatchOperationKind.Replace => "replace"u8,
        _ => "remove"u8,
    };
}
