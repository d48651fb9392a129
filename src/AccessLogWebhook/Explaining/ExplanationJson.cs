using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Explaining;
using AccessLogWebhook.Policy.Logging;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Explaining;

/// <summary>An explanation for programs. What does not apply is null or empty; members are added, and keep their meaning.</summary>
internal static class ExplanationJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = true, NewLine = "\n" };

    public static string Write(Explanation explanation, string kind, ObjectKey key)
    {
        var output = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(output, Options);
        json.WriteStartObject();
        json.WriteString("kind"u8, kind);
        json.WriteString("namespace"u8, key.Namespace);
        json.WriteString("name"u8, key.Name);
        json.WriteBoolean("logged"u8, explanation.IsLogged);
        json.WriteString("proxy"u8, explanation.Proxy);
        json.WriteString("answer"u8, explanation.Answer);
        json.WriteStartArray("verdicts"u8);
        foreach (var verdict in explanation.Verdicts)
        {
            Write(json, verdict);
        }

        json.WriteEndArray();
        json.WriteStartArray("events"u8);
        foreach (var events in explanation.Logging?.Events ?? [])
        {
            Write(json, events);
        }

        json.WriteEndArray();
        Write(json, "chain"u8, explanation.Chain);
        json.WriteStartArray("considered"u8);
        foreach (var considered in explanation.Considered)
        {
            json.WriteStartObject();
            json.WriteString("kind"u8, considered.Kind.ToString());
            json.WriteString("namespace"u8, considered.Key.Namespace);
            json.WriteString("name"u8, considered.Key.Name);
            json.WriteString("reason"u8, considered.Reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        Write(json, "unknown"u8, explanation.Doubts);
        json.WriteString("change"u8, explanation.Change.Length == 0 ? null : explanation.Change);
        json.WriteEndObject();
        json.Flush();
        return $"{Encoding.UTF8.GetString(output.WrittenSpan)}\n";
    }

    private static void Write(Utf8JsonWriter json, ExplainedVerdict verdict)
    {
        json.WriteStartObject();
        json.WriteString("mode"u8, verdict.Mode is { } mode ? Modes.NameOf(mode) : null);
        json.WriteString("profile"u8, verdict.Judgement.Profile);
        json.WriteString("verdict"u8, verdict.Title);
        json.WriteString("reason"u8, verdict.Judgement.Reason.ToString());
        json.WriteString("problem"u8, verdict.Judgement.Problem);
        json.WriteString("remedy"u8, verdict.Judgement.Remedy.Length == 0 ? null : verdict.Judgement.Remedy);
        json.WriteBoolean("refusedByEnforce"u8, verdict.Judgement.RefusedByEnforce);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, LoggedEvents events)
    {
        var lines = LineCount.Of(events.Loggers);
        json.WriteStartObject();
        json.WriteString("direction"u8, events.Direction.ToString().ToLowerInvariant());
        json.WriteString("protocol"u8, events.Protocol.ToString().ToLowerInvariant());
        json.WriteStartObject("lines"u8);
        json.WriteNumber("always"u8, lines.Always);
        json.WriteNumber("sometimes"u8, lines.Sometimes);
        json.WriteNumber("perhaps"u8, lines.Perhaps);
        json.WriteEndObject();
        json.WriteStartArray("loggers"u8);
        foreach (var logger in events.Loggers)
        {
            json.WriteStartObject();
            json.WriteString("origin"u8, logger.Origin.Title);
            json.WriteString("sink"u8, logger.Content.Sink.Title);
            json.WriteString("format"u8, logger.Content.Format.Description);
            json.WriteString("formatFingerprint"u8, logger.Content.Format.Fingerprint);
            json.WriteString("filter"u8, logger.Content.Filter?.Description);
            json.WriteString("where"u8, logger.Where.Length == 0 ? null : logger.Where);
            json.WriteString("doubt"u8, logger.IsCertain ? null : logger.Doubt);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }
}
