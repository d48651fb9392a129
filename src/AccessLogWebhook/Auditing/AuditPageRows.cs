using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Reviewing;

namespace AccessLogWebhook.Auditing;

/// <summary>The rows of the page, as JSON within an element of it: groups by owner, and each text once, since ten thousand explanations are a dozen.</summary>
internal static class AuditPageRows
{
    // The default encoder leaves no angle bracket, ampersand or quotation mark, so that nothing in it ends the element that it is in.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.Default };

    public static void Write(TextWriter output, ImmutableArray<AuditRow> rows)
    {
        var groups = AuditGroups.ByOwner(rows);
        var texts = new Dictionary<string, int>(StringComparer.Ordinal);
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, Options);
        json.WriteStartObject();
        json.WriteNumber("workloads"u8, rows.Length);
        json.WriteStartArray("verdicts"u8);
        foreach (var verdict in AuditVerdict.All)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, verdict.Name);
            json.WriteString("level"u8, verdict.Level ?? "fine");
            json.WriteString("meaning"u8, verdict.Meaning);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("groups"u8);
        foreach (var group in groups)
        {
            WriteGroup(json, group, texts);
        }

        json.WriteEndArray();
        json.WriteStartArray("strings"u8);
        foreach (var text in texts.OrderBy(text => text.Value))
        {
            json.WriteStringValue(text.Key);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        output.Write(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    private static void WriteGroup(Utf8JsonWriter json, OwnerGroup group, Dictionary<string, int> texts)
    {
        var row = group.First;
        json.WriteStartArray();
        json.WriteNumberValue(AuditVerdict.All.IndexOf(row.Verdict));
        foreach (var text in (ReadOnlySpan<string>)
            [row.Namespace, row.Owner.ToString(), row.Kind, string.Join(", ", row.Modes.Select(Modes.NameOf)), row.Profile ?? "", row.Reason, row.Explanation])
        {
            var safe = TerminalText.Safe(text);
            if (!texts.TryGetValue(safe, out var index))
            {
                index = texts.Count;
                texts.Add(safe, index);
            }

            json.WriteNumberValue(index);
        }

        json.WriteStartArray();
        foreach (var name in group.Names)
        {
            json.WriteStringValue(TerminalText.Safe(name));
        }

        json.WriteEndArray();
        json.WriteEndArray();
    }
}
