using System.Buffers;
using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using AccessLogWebhook.Policy.Patching;

namespace AccessLogWebhook.Admission;

/// <summary>
/// The writers of answers, one set for each thread: an answer is written without a pause, so that its writers can serve the next one. What a fault
/// leaves in them is dropped when they are taken again.
/// </summary>
#pragma warning disable CA1001 // They live as long as their thread, and hold nothing but memory.
internal sealed class AnswerWriters
#pragma warning restore CA1001
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [ThreadStatic]
    private static AnswerWriters? ofThisThread;

    private readonly ArrayBufferWriter<byte> patch = new(512);
    private readonly ArrayBufferWriter<byte> answer = new(2048);
    private readonly Utf8JsonWriter patchJson;
    private readonly Utf8JsonWriter answerJson;

    private AnswerWriters()
    {
        patchJson = new Utf8JsonWriter(patch, JsonPatchWriter.Options);
        answerJson = new Utf8JsonWriter(patch, Options);
    }

    public static AnswerWriters OfThisThread => ofThisThread ??= new AnswerWriters();

    /// <summary>Where an answer is put together, so that its length is known before its first byte is sent. Empty; until the next call.</summary>
    public ArrayBufferWriter<byte> Buffer()
    {
        answer.ResetWrittenCount();
        return answer;
    }

    public Utf8JsonWriter Answer(IBufferWriter<byte> output)
    {
        answerJson.Reset(output);
        return answerJson;
    }

    /// <summary>A patch's document, until the next call.</summary>
    public ReadOnlySpan<byte> Patch(ImmutableArray<JsonPatchOperation> operations)
    {
        patch.ResetWrittenCount();
        patchJson.Reset(patch);
        JsonPatchWriter.Write(patchJson, operations);
        patchJson.Flush();
        return patch.WrittenSpan;
    }
}
