using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AccessLogWebhook.Forms;

/// <summary>A JSON array that goes out element by element, so that its length costs no memory.</summary>
internal sealed class JsonArrayText : IDisposable
{
    // Enough for a write to be worth its call.
    private const int DrainAt = 64 * 1024;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = true, NewLine = "\n" };

    private readonly ArrayBufferWriter<byte> buffer = new();
    private readonly TextWriter output;
    private readonly Utf8JsonWriter json;

    public JsonArrayText(TextWriter output)
    {
        this.output = output;
        json = new Utf8JsonWriter(buffer, Options);
        json.WriteStartArray();
    }

    public void Add<T>(T element, Action<Utf8JsonWriter, T> write)
    {
        write(json, element);
        if (json.BytesPending + buffer.WrittenCount > DrainAt)
        {
            Drain();
        }
    }

    /// <summary>Ends the array and its line.</summary>
    public void End()
    {
        json.WriteEndArray();
        Drain();
        output.Write('\n');
    }

    public void Dispose() => json.Dispose();

    private void Drain()
    {
        json.Flush();
        output.Write(JsonText.Escaped(buffer.WrittenSpan));
        buffer.ResetWrittenCount();
    }
}
