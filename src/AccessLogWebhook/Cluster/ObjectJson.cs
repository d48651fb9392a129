using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AccessLogWebhook.Cluster;

/// <summary>The small documents that requests about objects carry.</summary>
internal static class ObjectJson
{
    // Read by an API server only: HTML's characters need no escapes.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="write">Writes one value.</param>
    public static ReadOnlyMemory<byte> Of(Action<Utf8JsonWriter> write)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output, Options))
        {
            write(json);
        }

        return output.WrittenMemory;
    }

    /// <summary>An RFC 6902 document. That the resource version must be the same comes first: it makes a change meanwhile a conflict.</summary>
    public static ReadOnlyMemory<byte> SpecReplacement(string resourceVersion, JsonElement spec) => Of(json =>
    {
        json.WriteStartArray();
        json.WriteStartObject();
        json.WriteString("op"u8, "replace"u8);
        json.WriteString("path"u8, "/metadata/resourceVersion"u8);
        json.WriteString("value"u8, resourceVersion);
        json.WriteEndObject();
        json.WriteStartObject();
        json.WriteString("op"u8, "replace"u8);
        json.WriteString("path"u8, "/spec"u8);
        json.WritePropertyName("value"u8);
        spec.WriteTo(json);
        json.WriteEndObject();
        json.WriteEndArray();
    });

    public static ReadOnlyMemory<byte> DeleteOptions(string uid, string? resourceVersion) => Of(json =>
    {
        json.WriteStartObject();
        json.WriteString("apiVersion"u8, "v1"u8);
        json.WriteString("kind"u8, "DeleteOptions"u8);
        json.WriteStartObject("preconditions"u8);
        json.WriteString("uid"u8, uid);
        if (resourceVersion is not null)
        {
            json.WriteString("resourceVersion"u8, resourceVersion);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    });

    /// <summary>An RFC 7386 document that sets the finalizers of an unchanged object.</summary>
    public static ReadOnlyMemory<byte> Finalizers(string uid, string resourceVersion, IEnumerable<string> finalizers) => Of(json =>
    {
        json.WriteStartObject();
        json.WriteStartObject("metadata"u8);
        json.WriteString("uid"u8, uid);
        json.WriteString("resourceVersion"u8, resourceVersion);
        json.WriteStartArray("finalizers"u8);
        foreach (var finalizer in finalizers)
        {
            json.WriteStringValue(finalizer);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    });
}
