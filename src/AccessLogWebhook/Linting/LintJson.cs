using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using AccessLogWebhook.Forms;

namespace AccessLogWebhook.Linting;

/// <summary>What was found, for programs: an array with an element for every finding. Where there is no file, it and the place are null.</summary>
internal static class LintJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = true, NewLine = "\n" };

    public static string Write(IEnumerable<LintedObject> linted)
    {
        var output = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(output, Options);
        json.WriteStartArray();
        foreach (var @object in linted)
        {
            foreach (var found in @object.Findings)
            {
                Write(json, @object, found);
            }
        }

        json.WriteEndArray();
        json.Flush();
        return JsonText.Of(output.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, LintedObject @object, PlacedFinding found)
    {
        var (finding, subject) = (found.Finding, @object.Subject);
        json.WriteStartObject();
        json.WriteString("id"u8, finding.Rule.Id);
        json.WriteString("rule"u8, finding.Rule.Name);
        json.WriteString("severity"u8, LintNames.Of(finding.Rule.Severity));
        json.WriteString("kind"u8, subject.Kind.ToString());
        json.WriteString("namespace"u8, subject.Namespace);
        json.WriteString("name"u8, subject.Name);
        if (@object.Source.Length > 0)
        {
            json.WriteString("file"u8, @object.Source);
            json.WriteNumber("line"u8, found.Line);
            json.WriteNumber("column"u8, found.Column);
        }
        else
        {
            json.WriteNull("file"u8);
            json.WriteNull("line"u8);
            json.WriteNull("column"u8);
        }

        json.WriteString("path"u8, finding.Path);
        json.WriteString("message"u8, finding.Message);
        json.WriteString("fix"u8, finding.Fix);
        json.WriteEndObject();
    }
}
