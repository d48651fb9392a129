using System.Globalization;
using System.Text;
using System.Text.Json;

namespace AccessLogWebhook.Manifests;

/// <summary>
/// Writes JSON as YAML in the style of kubectl: block collections, lists not indented below their key, keys in their order.
/// Post-condition: kubectl reads back exactly the same JSON, and so does <see cref="ManifestReader"/>, numbers in the same spelling;
/// no text is a number, a date or anything but text to other readers of YAML 1.1 and 1.2.
/// </summary>
internal static class YamlWriter
{
    // A key is told from a text by a ':' within 1024 characters, escapes and quotes included; a longer one must be announced by '?'.
    private const int LongestSimpleKey = 1000;

    /// <summary>One document, without a separator, ending in a line break.</summary>
    public static string Write(ReadOnlyMemory<byte> json)
    {
        // Aliases may have nested a document deeper than the parser lets any text be.
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 1000 });
        var output = new StringBuilder();
        WriteRoot(output, document.RootElement);
        return output.ToString();
    }

    /// <summary>Documents of one stream, each ending in a line break.</summary>
    public static string WriteAll(IEnumerable<ReadOnlyMemory<byte>> documents) => string.Join("---\n", documents.Select(Write));

    private static void WriteRoot(StringBuilder output, JsonElement root)
    {
        switch (root.ValueKind)
        {
            case JsonValueKind.Object when root.GetPropertyCount() > 0:
                WriteMapping(output, root, 0);
                break;
            case JsonValueKind.Array when root.GetArrayLength() > 0:
                WriteSequence(output, root, 0);
                break;
            default:
                WriteScalar(output, root, 2);
                break;
        }
    }

    /// <summary>Entries, each on its own line; the first one follows what is on the line already.</summary>
    private static void WriteMapping(StringBuilder output, JsonElement mapping, int indent)
    {
        var first = true;
        foreach (var property in mapping.EnumerateObject())
        {
            if (!first)
            {
                output.Append(' ', indent);
            }

            first = false;
            var key = YamlText.IsPlain(property.Name, isKey: true) ? property.Name : YamlText.DoubleQuoted(property.Name);
            if (key.Length <= LongestSimpleKey)
            {
                output.Append(key).Append(':');
                WriteEntryValue(output, property.Value, indent, sequenceIndent: indent);
            }
            else
            {
                output.Append("? ").Append(key).Append('\n').Append(' ', indent).Append(':');
                WriteEntryValue(output, property.Value, indent, sequenceIndent: indent + 2);
            }
        }
    }

    private static void WriteEntryValue(StringBuilder output, JsonElement value, int indent, int sequenceIndent)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object when value.GetPropertyCount() > 0:
                output.Append('\n').Append(' ', indent + 2);
                WriteMapping(output, value, indent + 2);
                break;
            case JsonValueKind.Array when value.GetArrayLength() > 0:
                output.Append('\n').Append(' ', sequenceIndent);
                WriteSequence(output, value, sequenceIndent);
                break;
            default:
                output.Append(' ');
                WriteScalar(output, value, indent + 2);
                break;
        }
    }

    private static void WriteSequence(StringBuilder output, JsonElement sequence, int indent)
    {
        var first = true;
        foreach (var item in sequence.EnumerateArray())
        {
            if (!first)
            {
                output.Append(' ', indent);
            }

            first = false;
            output.Append("- ");
            switch (item.ValueKind)
            {
                case JsonValueKind.Object when item.GetPropertyCount() > 0:
                    WriteMapping(output, item, indent + 2);
                    break;
                case JsonValueKind.Array when item.GetArrayLength() > 0:
                    WriteSequence(output, item, indent + 2);
                    break;
                default:
                    WriteScalar(output, item, indent + 2);
                    break;
            }
        }
    }

    /// <param name="indent">Of the lines of a block of text.</param>
    private static void WriteScalar(StringBuilder output, JsonElement value, int indent)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                output.Append("{}\n");
                break;
            case JsonValueKind.Array:
                output.Append("[]\n");
                break;
            case JsonValueKind.String:
                WriteText(output, value.GetString()!, indent);
                break;
            default:
                output.Append(CultureInfo.InvariantCulture, $"{value.GetRawText()}\n");
                break;
        }
    }

    private static void WriteText(StringBuilder output, string text, int indent)
    {
        if (YamlText.IsPlain(text, isKey: false))
        {
            output.Append(text).Append('\n');
        }
        else if (YamlText.IsLiteral(text))
        {
            output.Append(text[^1] == '\n' ? "|\n" : "|-\n");
            foreach (var line in text.AsSpan(0, text[^1] == '\n' ? text.Length - 1 : text.Length).EnumerateLines())
            {
                if (line.Length > 0)
                {
                    output.Append(' ', indent).Append(line);
                }

                output.Append('\n');
            }
        }
        else
        {
            output.Append(YamlText.DoubleQuoted(text)).Append('\n');
        }
    }
}
