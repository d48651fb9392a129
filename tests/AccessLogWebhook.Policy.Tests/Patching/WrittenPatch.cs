using System.Buffers;
using System.Text;
using System.Text.Json;
using AccessLogWebhook.Policy.Patching;

namespace AccessLogWebhook.Policy.Tests.Patching;

/// <summary>A patch as it goes over the wire.</summary>
internal static class WrittenPatch
{
    public static string Of(IEnumerable<JsonPatchOperation> operations)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output, JsonPatchWriter.Options))
        {
            JsonPatchWriter.Write(json, [.. operations]);
        }

        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
