using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using AccessLogWebhook.Forms;
using AccessLogWebhook.Manifests;
using AccessLogWebhook.Reviewing;
using Spectre.Console;

namespace AccessLogWebhook.Auditing;

/// <summary>The summary of a log, in the forms that make sense for it.</summary>
internal static class LogForms
{
    private static readonly ImmutableArray<string> Headings = ["OUTCOME", "NAMESPACE", "USER", "MODE", "PROFILE", "REASON", "COUNT", "LAST", "FOR EXAMPLE"];

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static bool Has(AuditFormat format) => format is AuditFormat.Table or AuditFormat.Json or AuditFormat.Yaml or AuditFormat.Csv or AuditFormat.Markdown;

    public static void Write(TextWriter output, Func<TextWriter, IAnsiConsole> console, AuditFormat format, ImmutableArray<DecisionGroup> groups)
    {
        switch (format)
        {
            case AuditFormat.Json:
                using (var array = new JsonArrayText(output))
                {
                    foreach (var group in groups)
                    {
                        array.Add(group, WriteJson);
                    }

                    array.End();
                }

                break;
            case AuditFormat.Yaml:
                WriteYaml(output, groups);
                break;
            case AuditFormat.Csv:
                CsvText.WriteLine(output, "outcome", "namespace", "user", "mode", "profile", "reason", "count", "first", "last", "kind", "name", "message");
                foreach (var group in groups)
                {
                    var example = group.Example;
                    CsvText.WriteLine(
                        output, example.Outcome, example.Namespace, example.User, example.Mode, example.Profile, example.Reason, group.Count.ToString(CultureInfo.InvariantCulture),
                        group.First, group.Last, example.Kind, example.Name, example.Message);
                }

                break;
            case AuditFormat.Markdown:
                WriteMarkdown(output, groups);
                break;
            default:
                WriteTable(console(output), groups);
                break;
        }
    }

    private static ImmutableArray<string> Cells(DecisionGroup group)
    {
        var example = group.Example;
        return
        [
            example.Outcome, example.Namespace, example.User, example.Mode, example.Profile, example.Reason, group.Count.ToString(CultureInfo.InvariantCulture), group.Last,
            example.Name.Length == 0 ? example.Kind : $"{example.Kind}/{example.Name}",
        ];
    }

    private static string Sum(ImmutableArray<DecisionGroup> groups)
    {
        var counts = groups.GroupBy(group => group.Example.Outcome, StringComparer.Ordinal)
            .OrderBy(outcome => LogSummary.RankOf(outcome.Key))
            .Select(outcome => FormattableString.Invariant($"{outcome.Sum(group => group.Count)} {outcome.Key}"));
        return groups.IsEmpty ? "No decision that changed, refused, warned or exempted." : $"{string.Join(", ", counts)}.";
    }

    private static void WriteTable(IAnsiConsole console, ImmutableArray<DecisionGroup> groups)
    {
        if (!groups.IsEmpty)
        {
            var table = new Table { Border = TableBorder.None };
            foreach (var heading in Headings)
            {
                table.AddColumn(new TableColumn(new Text(heading, new Style(decoration: Decoration.Bold))) { Padding = new Padding(0, 0, heading == Headings[^1] ? 0 : 2, 0) });
            }

            foreach (var group in groups)
            {
                table.AddRow(Cells(group).Select((cell, index) => new Text(cell.Length == 0 ? "-" : TerminalText.Safe(cell), index == 0 ? StyleOf(group.Example.Outcome) : Style.Plain)));
            }

            console.Write(table);
            console.WriteLine();
        }

        console.WriteLine(Sum(groups));
    }

    private static Style StyleOf(string outcome) => new(outcome switch
    {
        DecisionOutcome.Refused => Color.Red,
        DecisionOutcome.Exempted => Color.Yellow,
        DecisionOutcome.Warned => Color.Yellow,
        _ => Color.Aqua,
    });

    private static void WriteMarkdown(TextWriter output, ImmutableArray<DecisionGroup> groups)
    {
        output.Write($"# Admission decisions\n\n{Sum(groups)}\n");
        if (groups.IsEmpty)
        {
            return;
        }

        output.Write($"\n| {string.Join(" | ", Headings.Select(heading => char.ToUpperInvariant(heading[0]) + heading[1..].ToLowerInvariant()))} |\n");
        output.Write($"|{string.Concat(Enumerable.Repeat("---|", Headings.Length))}\n");
        foreach (var group in groups)
        {
            output.Write($"| {string.Join(" | ", Cells(group).Select(MarkdownText.Code))} |\n");
        }
    }

    private static void WriteYaml(TextWriter output, ImmutableArray<DecisionGroup> groups)
    {
        if (groups.IsEmpty)
        {
            output.Write("[]\n");
        }

        var buffer = new ArrayBufferWriter<byte>();
        foreach (var group in groups)
        {
            buffer.ResetWrittenCount();
            using (var json = new Utf8JsonWriter(buffer, Options))
            {
                json.WriteStartArray();
                WriteJson(json, group);
                json.WriteEndArray();
            }

            output.Write(YamlWriter.Write(buffer.WrittenMemory));
        }
    }

    private static void WriteJson(Utf8JsonWriter json, DecisionGroup group)
    {
        var example = group.Example;
        json.WriteStartObject();
        json.WriteString("outcome"u8, example.Outcome);
        json.WriteString("namespace"u8, example.Namespace);
        json.WriteString("user"u8, example.User);
        json.WriteString("mode"u8, NullIfEmpty(example.Mode));
        json.WriteString("profile"u8, NullIfEmpty(example.Profile));
        json.WriteString("reason"u8, example.Reason);
        json.WriteNumber("count"u8, group.Count);
        json.WriteString("first"u8, NullIfEmpty(group.First));
        json.WriteString("last"u8, NullIfEmpty(group.Last));
        json.WriteStartObject("example"u8);
        json.WriteString("kind"u8, example.Kind);
        json.WriteString("name"u8, NullIfEmpty(example.Name));
        json.WriteString("message"u8, NullIfEmpty(example.Message));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
