using System.Buffers;
using System.Text;
using AccessLogWebhook.Policy.Patching;

namespace AccessLogWebhook.Policy.Tests.Patching;

/// <summary>A patch as it goes over the wire.</summary>
internal static class WrittenPatch
{
    public static string Of(IEnumerable<JsonPatchOperation> operations)
    {
        var output = new ArrayBufferWriter<byte>();
        JsonPatchWriter.Write(output, [.. operations]);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
