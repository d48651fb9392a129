using System.Buffers;
using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using AccessLogWebhook.Policy.Linting;

namespace AccessLogWebhook.Linting;

/// <summary>SARIF 2.1.0 (OASIS), which code scanning reads: all rules, and a result for each finding.</summary>
internal static class LintSarif
{
    private const string Schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = true, NewLine = "\n" };

    public static string Write(IEnumerable<LintedObject> linted)
    {
        var output = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(output, Options);
        json.WriteStartObject();
        json.WriteString("$schema"u8, Schema);
        json.WriteString("version"u8, "2.1.0"u8);
        json.WriteStartArray("runs"u8);
        json.WriteStartObject();
        json.WriteStartObject("tool"u8);
        WriteDriver(json);
        json.WriteEndObject();
        json.WriteString("columnKind"u8, "utf16CodeUnits"u8);
        json.WriteStartArray("results"u8);
        foreach (var @object in linted)
        {
            foreach (var found in @object.Findings)
            {
                WriteResult(json, @object, found);
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return JsonText.Of(output.WrittenSpan);
    }

    private static void WriteDriver(Utf8JsonWriter json)
    {
        json.WriteStartObject("driver"u8);
        json.WriteString("name"u8, "accesslog"u8);
        json.WriteStartArray("rules"u8);
        foreach (var rule in LintRules.All)
        {
            json.WriteStartObject();
            json.WriteString("id"u8, rule.Id);
            json.WriteString("name"u8, PascalCase(rule.Name));
            WriteText(json, "shortDescription", rule.Description);
            WriteText(json, "fullDescription", rule.Description);
            WriteText(json, "help", $"{rule.Description} {rule.Fix}");
            json.WriteStartObject("defaultConfiguration"u8);
            json.WriteString("level"u8, LintNames.Of(rule.Severity));
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteResult(Utf8JsonWriter json, LintedObject @object, PlacedFinding found)
    {
        var finding = found.Finding;
        json.WriteStartObject();
        json.WriteString("ruleId"u8, finding.Rule.Id);
        json.WriteNumber("ruleIndex"u8, LintRules.All.IndexOf(finding.Rule));
        json.WriteString("level"u8, LintNames.Of(finding.Rule.Severity));
        WriteText(json, "message", LintNames.TextOf(finding));
        json.WriteStartArray("locations"u8);
        json.WriteStartObject();
        if (@object.HasFile)
        {
            json.WriteStartObject("physicalLocation"u8);
            json.WriteStartObject("artifactLocation"u8);
            json.WriteString("uri"u8, UriOf(@object.Source));
            json.WriteEndObject();
            json.WriteStartObject("region"u8);
            json.WriteNumber("startLine"u8, Math.Max(1, found.Line));
            json.WriteNumber("startColumn"u8, Math.Max(1, found.Column));
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteStartArray("logicalLocations"u8);
        json.WriteStartObject();
        json.WriteString("fullyQualifiedName"u8, $"{@object.Title} {finding.Path}");
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
