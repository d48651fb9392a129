using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessLogWebhook.Manifests;

namespace AccessLogWebhook.Tests.Install;

/// <summary>The chart's README has a table of every value, of the schema's descriptions and the defaults of values.yaml.</summary>
public sealed class ChartReadmeTests
{
    private const string Begin = "<!-- values: generated -->\n";
    private const string End = "<!-- /values -->\n";

    [Fact]
    public void The_table_of_values_is_that_of_the_schema_with_the_defaults()
    {
        var readme = File.ReadAllText(Repository.In("charts/accesslog-webhook/README.md"));
        var start = readme.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        var table = new StringBuilder("| value | default | what |\n|---|---|---|\n");
        AddRows(table, "", Schema(), Values());

        Repository.AssertGenerated("charts/accesslog-webhook/README.md", readme[..start] + table + readme[readme.IndexOf(End, StringComparison.Ordinal)..]);
    }

    [Fact]
    public void Every_value_with_a_default_is_in_the_schema() => AssertKnown("", Schema(), Values());

    [Fact]
    public void The_schema_of_the_configuration_takes_every_field_that_the_program_does()
    {
        var readme = File.ReadAllText(Repository.In("README.md"));
        var section = readme[readme.IndexOf("\n## Configuration\n", StringComparison.Ordinal)..];
        var start = section.IndexOf("```yaml\n", StringComparison.Ordinal) + "```yaml\n".Length;
        var configuration = Json(section[start..section.IndexOf("\n```", start, StringComparison.Ordinal)]);

        AssertKnown("config", Schema()["properties"]!["config"]!.AsObject(), configuration);
        Assert.Equal(
            configuration.SelectMany(part => part.Value!.AsObject().Select(field => $"{part.Key}.{field.Key}")).Order(StringComparer.Ordinal),
            Schema()["properties"]!["config"]!["properties"]!.AsObject()
                .SelectMany(part => part.Value!["properties"]!.AsObject().Select(field => $"{part.Key}.{field.Key}")).Order(StringComparer.Ordinal));
    }

    private static void AddRows(StringBuilder table, string prefix, JsonObject schema, JsonObject values)
    {
        foreach (var (name, property) in schema["properties"]!.AsObject())
        {
            var value = values[name];
            if (property!["properties"] is not null && value is JsonObject { Count: > 0 } inner)
            {
                AddRows(table, $"{prefix}{name}.", property.AsObject(), inner);
            }
            else if (value is not null)
            {
                table.Append($"| `{prefix}{name}` | `{value.ToJsonString(Readable)}` | {property["description"]} |\n");
            }
        }
    }

    private static void AssertKnown(string path, JsonObject schema, JsonObject values)
    {
        foreach (var (name, value) in values)
        {
            if (schema["properties"] is JsonObject properties)
            {
                Assert.True(properties.ContainsKey(name), $"{path}.{name} is not in values.schema.json.");
                if (value is JsonObject inner)
                {
                    AssertKnown($"{path}.{name}", properties[name]!.AsObject(), inner);
                }
            }
        }
    }

    private static JsonSerializerOptions Readable { get; } = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static JsonObject Schema() => JsonNode.Parse(File.ReadAllText(Repository.In("charts/accesslog-webhook/values.schema.json")))!.AsObject();

    private static JsonObject Values() => Json(File.ReadAllText(Repository.In("charts/accesslog-webhook/values.yaml")));

    private static JsonObject Json(string yaml)
    {
        var bytes = Encoding.UTF8.GetBytes(yaml);
        return JsonNode.Parse(new NodeJson("values.yaml", bytes.Length, []).Write(YamlDocuments.Read("values.yaml", bytes).Documents[0].Root)!)!.AsObject();
    }
}
