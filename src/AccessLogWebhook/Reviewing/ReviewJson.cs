using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Patching;

namespace AccessLogWebhook.Reviewing;

/// <summary>What was judged, for programs: an array with an element for every object, in their order. What does not apply is null.</summary>
internal static class ReviewJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = true, NewLine = "\n" };

    public static string Write(IEnumerable<ManifestReview> reviews)
    {
        var output = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(output, Options);
        json.WriteStartArray();
        foreach (var judged in reviews.OfType<ManifestReview.Judged>())
        {
            Write(json, judged);
        }

        json.WriteEndArray();
        json.Flush();
        return $"{Encoding.UTF8.GetString(output.WrittenSpan)}\n";
    }

    private static void Write(Utf8JsonWriter json, ManifestReview.Judged judged)
    {
        var manifest = judged.Manifest;
        json.WriteStartObject();
        json.WriteString("apiVersion"u8, manifest.ApiVersion);
        json.WriteString("kind"u8, manifest.Kind);
        json.WriteString("namespace"u8, judged.Namespace);
        json.WriteString("name"u8, judged.Name);
        WriteDecision(json, judged);
        json.WriteString("source"u8, manifest.Source);
        json.WriteNumber("line"u8, manifest.Line);
        json.WriteEndObject();
    }

    /// <summary>What was decided, as fields of an object that is open.</summary>
    public static void WriteDecision(Utf8JsonWriter json, ManifestReview.Judged judged)
    {
        var decision = judged.Decision;
        json.WriteString("mode"u8, decision.Mode is { } mode ? Modes.NameOf(mode) : null);
        json.WriteString("profile"u8, decision.Profile);
        json.WriteString("verdict"u8, decision.Verdict?.ToString());
        json.WriteString("reason"u8, decision.Reason.ToString());
        json.WriteString("message"u8, decision.Message);
        json.WriteBoolean("allowed"u8, judged.Result != ReviewResult.Refused);
        json.WritePropertyName("patch"u8);
        JsonPatchWriter.Write(json, judged.Patch);
        json.WriteStartArray("warnings"u8);
        foreach (var warning in judged.Warnings)
        {
            json.WriteStringValue(warning);
        }

        json.WriteEndArray();
    }
}
