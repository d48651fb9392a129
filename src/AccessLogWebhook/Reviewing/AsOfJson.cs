using System.Text.Json;
using AccessLogWebhook.Forms;

namespace AccessLogWebhook.Reviewing;

/// <summary>Every object, as it is decided about now and as it would be, for programs: an array.</summary>
internal static class AsOfJson
{
    public static void Write(TextWriter output, IEnumerable<ReviewComparison> comparisons)
    {
        using var array = new JsonArrayText(output);
        foreach (var comparison in comparisons)
        {
            array.Add(comparison, Write);
        }

        array.End();
    }

    private static void Write(Utf8JsonWriter json, ReviewComparison comparison)
    {
        var (manifest, then) = (comparison.Then.Manifest, comparison.Then);
        json.WriteStartObject();
        json.WriteString("apiVersion"u8, manifest.ApiVersion);
        json.WriteString("kind"u8, manifest.Kind);
        json.WriteString("namespace"u8, then.Namespace);
        json.WriteString("name"u8, then.Name);
        json.WriteString("change"u8, AsOfTable.NameOf(comparison.Change));
        json.WriteStartObject("now"u8);
        ReviewJson.WriteDecision(json, comparison.Now);
        json.WriteEndObject();
        json.WriteStartObject("then"u8);
        ReviewJson.WriteDecision(json, comparison.Then);
        json.WriteEndObject();
        if (manifest.Source.Length > 0)
        {
            json.WriteString("source"u8, manifest.Source);
            json.WriteNumber("line"u8, manifest.Line);
        }

        json.WriteEndObject();
    }
}
