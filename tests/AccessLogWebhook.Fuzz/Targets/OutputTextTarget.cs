using System.Buffers;
using System.Text.Json;
using AccessLogWebhook.Forms;
using AccessLogWebhook.Manifests;
using AccessLogWebhook.Reviewing;

namespace AccessLogWebhook.Fuzz.Targets;

/// <summary>Any text, as names and values get into what is printed: a CSV field stays one and no formula, a terminal is not controlled, YAML gives the same text back.</summary>
internal sealed class OutputTextTarget() : FuzzTarget("output-text")
{
    public override IEnumerable<string> Words => ["=1+1", ";=", "\u001b[2J", "\u202e", "\t", "'", "\"", "``", "|", "- ", ": ", " #", "true", "0x1", "1e3", "~", "%", "\u2028", "\u0085", "\ufeff", "\ud83d\ude00", "y", "1:20"];

    public override IEnumerable<byte[]> Seeds(string tests) => Words.Concat(["plain", "a; =b", "line\nline\n", "", " x ", "2001-01-01"]).Select(Utf8);

    protected override void Run(ReadOnlySpan<byte> input)
    {
        var text = Text(input);
        OutputTexts.ExpectHarmless(TerminalText.Safe(text));
        var field = CsvText.Field(text);
        OutputTexts.ExpectHarmless(field);
        CheckCell(field);
        var markdown = MarkdownText.Code(text);
        Expect.That(!markdown.Contains('\n', StringComparison.Ordinal), $"a cell of two lines: {markdown}");

        var output = new ArrayBufferWriter<byte>(64);
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            json.WriteString("apiVersion", "v1");
            json.WriteString("kind", "Text");
            json.WriteString("text", text);
            json.WriteString(text is "apiVersion" or "kind" or "text" or "metadata" or "<<" ? "other" : text, "key");
            json.WriteEndObject();
        }

        var yaml = YamlWriter.Write(output.WrittenMemory);
        var back = ManifestReader.Read("back.yaml", Utf8(yaml));
        Expect.That(back.Errors.IsEmpty && back.Manifests is [var same] && same.ToElement().GetProperty("text").GetString() == text && same.ToElement().GetPropertyCount() == 4, $"another text comes back: {back.Errors.FirstOrDefault()} {yaml}");
    }

    // Where semicolons part cells, a quote that is not the first character of a line is a character, and may stand before a cell of its own.
    private static void CheckCell(string field)
    {
        var isQuoted = field.StartsWith('"');
        Expect.That(isQuoted == field.EndsWith('"') || !isQuoted, $"a field that is not closed: {field}");
        var cell = isQuoted ? field[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : field;
        Expect.That(isQuoted || cell.AsSpan().IndexOfAny(",\r\n\"") < 0, $"a field of several: {field}");
        Expect.That(!IsFormula(cell), $"a formula: {field}");
        foreach (var part in cell.Split(';').Skip(1))
        {
            Expect.That(!IsFormula(part.TrimStart('"', ' ')), $"a formula behind a semicolon: {field}");
        }
    }

    private static bool IsFormula(string cell) => cell.TrimStart() is ['=' or '+' or '-' or '@' or '|' or '%', ..];
}
