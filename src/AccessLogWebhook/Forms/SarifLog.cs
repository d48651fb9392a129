using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AccessLogWebhook.Forms;

/// <param name="Name">Words with hyphens, or in Pascal case.</param>
/// <param name="Level"><c>error</c>, <c>warning</c> or <c>note</c>.</param>
internal sealed record SarifRule(string Id, string Name, string Description, string Help, string Level);

/// <param name="Rule">The index of its rule.</param>
/// <param name="File">Empty where there is no file that others can open.</param>
/// <param name="Subject">The object, and perhaps the field in it: <c>Pod shop/api</c>.</param>
internal sealed record SarifResult(int Rule, string Level, string Message, string File, int Line, int Column, string Subject);

/// <summary>SARIF 2.1.0 (OASIS), which code scanning reads.</summary>
internal static class SarifLog
{
    private const string Schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

    // As in JsonArrayText.
    private const int DrainAt = 64 * 1024;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = true, NewLine = "\n" };

    public static void Write(TextWriter output, ImmutableArray<SarifRule> rules, IEnumerable<SarifResult> results)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, Options);
        json.WriteStartObject();
        json.WriteString("$schema"u8, Schema);
        json.WriteString("version"u8, "2.1.0"u8);
        json.WriteStartArray("runs"u8);
        json.WriteStartObject();
        json.WriteStartObject("tool"u8);
        WriteDriver(json, rules);
        json.WriteEndObject();
        json.WriteString("columnKind"u8, "utf16CodeUnits"u8);
        json.WriteStartArray("results"u8);
        foreach (var result in results)
        {
            WriteResult(json, rules, result);
            if (json.BytesPending + buffer.WrittenCount > DrainAt)
            {
                Drain();
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        Drain();
        output.Write('\n');

        void Drain()
        {
            json.Flush();
            output.Write(JsonText.Escaped(buffer.WrittenSpan));
            buffer.ResetWrittenCount();
        }
    }

    private static void WriteDriver(Utf8JsonWriter json, ImmutableArray<SarifRule> rules)
    {
        json.WriteStartObject("driver"u8);
        json.WriteString("name"u8, "accesslog"u8);
        json.WriteStartArray("rules"u8);
        foreach (var rule in rules)
        {
            json.WriteStartObject();
            json.WriteString("id"u8, rule.Id);
            json.WriteString("name"u8, PascalCase(rule.Name));
            WriteText(json, "shortDescription", rule.Description);
            WriteText(json, "fullDescription", rule.Description);
            WriteText(json, "help", rule.Help);
            json.WriteStartObject("defaultConfiguration"u8);
            json.WriteString("level"u8, rule.Level);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteResult(Utf8JsonWriter json, ImmutableArray<SarifRule> rules, SarifResult result)
    {
        json.WriteStartObject();
        json.WriteString("ruleId"u8, rules[result.Rule].Id);
        json.WriteNumber("ruleIndex"u8, result.Rule);
        json.WriteString("level"u8, result.Level);
        WriteText(json, "message", WithoutLinks(result.Message));
        json.WriteStartArray("locations"u8);
        json.WriteStartObject();
        if (result.File.Length > 0)
        {
            json.WriteStartObject("physicalLocation"u8);
            json.WriteStartObject("artifactLocation"u8);
            json.WriteString("uri"u8, UriOf(result.File));
            json.WriteEndObject();
            json.WriteStartObject("region"u8);
            json.WriteNumber("startLine"u8, Math.Max(1, result.Line));
            json.WriteNumber("startColumn"u8, Math.Max(1, result.Column));
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteStartArray("logicalLocations"u8);
        json.WriteStartObject();
        json.WriteString("fullyQualifiedName"u8, result.Subject);
        json.WriteString("kind"u8, "object"u8);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, string name, string text)
    {
        json.WriteStartObject(name);
        json.WriteString("text"u8, text);
        json.WriteEndObject();
    }

    /// <summary>
    /// In a result's message [text](destination) is a link (SARIF 2.1.0, 3.11.6). Names are others' text, and paths of fields have brackets: with a backslash they are just that.
    /// </summary>
    private static string WithoutLinks(string message)
    {
        if (message.AsSpan().IndexOfAny('\\', '[', ']') < 0)
        {
            return message;
        }

        var text = new StringBuilder(message.Length + 16);
        foreach (var character in message)
        {
            if (character is '\\' or '[' or ']')
            {
                text.Append('\\');
            }

            text.Append(character);
        }

        return text.ToString();
    }

    /// <summary>A relative path stays one, so that the reader finds it below the checkout.</summary>
    private static string UriOf(string path)
    {
        if (Path.IsPathFullyQualified(path))
        {
            return new Uri(path).AbsoluteUri;
        }

        var segments = path.Split(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar).Where(segment => segment is not "" and not ".").Select(Uri.EscapeDataString).ToImmutableArray();
        return string.Join('/', segments);
    }

    private static string PascalCase(string name) =>
        string.Concat(name.Split('-').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
}
