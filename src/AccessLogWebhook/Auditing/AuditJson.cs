using System.Buffers;
using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using AccessLogWebhook.Forms;
using AccessLogWebhook.Manifests;
using AccessLogWebhook.Policy.Decisions;

namespace AccessLogWebhook.Auditing;

/// <summary>Every workload by its own name, for programs: an array, in JSON or YAML. What does not apply is null.</summary>
internal static class AuditJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(TextWriter output, ImmutableArray<AuditRow> rows)
    {
        using var array = new JsonArrayText(output);
        foreach (var row in rows)
        {
            array.Add(row, WriteRow);
        }

        array.End();
    }

    public static void WriteYaml(TextWriter output, ImmutableArray<AuditRow> rows)
    {
        if (rows.IsEmpty)
        {
            output.Write("[]\n");
        }

        // Sequences of one, one below the other, are one sequence.
        var buffer = new ArrayBufferWriter<byte>();
        foreach (var row in rows)
        {
            buffer.ResetWrittenCount();
            using (var json = new Utf8JsonWriter(buffer, Options))
            {
                json.WriteStartArray();
                WriteRow(json, row);
                json.WriteEndArray();
            }

            output.Write(YamlWriter.Write(buffer.WrittenMemory));
        }
    }

    private static void WriteRow(Utf8JsonWriter json, AuditRow row)
    {
        json.WriteStartObject();
        json.WriteString("apiVersion"u8, row.ApiVersion);
        json.WriteString("kind"u8, row.Kind);
        json.WriteString("namespace"u8, row.Namespace);
        json.WriteString("name"u8, row.Name);
        json.WriteStartObject("owner"u8);
        json.WriteString("apiVersion"u8, row.Owner.ApiVersion);
        json.WriteString("kind"u8, row.Owner.Kind);
        json.WriteString("name"u8, row.Owner.Name);
        json.WriteEndObject();
        json.WriteString("mode"u8, row.Mode is { } mode ? Modes.NameOf(mode) : null);
        json.WriteStartArray("modes"u8);
        foreach (var asking in row.Modes)
        {
            json.WriteStringValue(Modes.NameOf(asking));
        }

        json.WriteEndArray();
        json.WriteString("profile"u8, row.Profile);
        json.WriteString("verdict"u8, row.Verdict.Name);
        json.WriteString("reason"u8, row.Reason);
        json.WriteString("message"u8, row.Message);
        json.WriteString("remedy"u8, row.Remedy.Length == 0 ? null : row.Remedy);
        if (row.Repair.Length > 0)
        {
            json.WriteString("repair"u8, row.Repair);
        }

        if (!row.Others.IsEmpty)
        {
            json.WriteStartArray("others"u8);
            foreach (var other in row.Others)
            {
                WriteOther(json, row, other);
            }

            json.WriteEndArray();
        }

        if (row.Source.Length > 0)
        {
            json.WriteString("source"u8, row.Source);
            json.WriteNumber("line"u8, row.Line);
        }

        json.WriteEndObject();
    }

    private static void WriteOther(Utf8JsonWriter json, AuditRow row, AuditFinding other)
    {
        json.WriteStartObject();
        json.WriteString("mode"u8, Modes.NameOf(other.Modes[0]));
        json.WriteString("profile"u8, other.Profile);
        json.WriteString("verdict"u8, (other.Judgement is { } judgement ? AuditVerdict.Of(judgement.Verdict) : AuditVerdict.Unknown).Name);
        json.WriteString("reason"u8, (other.Judgement?.Reason ?? other.Unusable!.Reason).ToString());
        json.WriteString("message"u8, other.Judgement is { } found ? $"{row.Title} {found.Explanation}" : $"{row.Title} cannot be judged. {other.Unusable!.Problem}");
        json.WriteEndObject();
    }
}
