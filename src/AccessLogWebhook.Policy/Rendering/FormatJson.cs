using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessLogWebhook.Policy.Formats;
using AccessLogWebhook.Policy.Profiles;

namespace AccessLogWebhook.Policy.Rendering;

/// <summary>
/// A format in the two shapes in which Envoy takes one. Members are in ordinal order, in which Envoy logs them whatever their order here
/// (<c>envoy/config/core/v3/substitution_format_string.proto</c>, JsonFormatOptions), so that equal formats have equal bytes.
/// </summary>
internal static class FormatJson
{
    /// <summary>As <c>google.protobuf.Struct</c>.</summary>
    public static JsonObject Struct(FormatValue.Object fields)
    {
        var result = new JsonObject();
        foreach (var member in Ordered(fields))
        {
            result[member.Name] = Value(member.Value);
        }

        return result;
    }

    /// <summary>As <c>opentelemetry.proto.common.v1.KeyValueList</c>. Numbers, booleans and nulls are not among what Envoy takes there; the profile's reader refuses them.</summary>
    public static JsonObject KeyValueList(FormatValue.Object fields) => new()
    {
        ["values"] = new JsonArray([.. Ordered(fields).Select(member => new JsonObject { ["key"] = member.Name, ["value"] = AnyValue(member.Value) })]),
    };

    /// <summary>A line, ending in one line break. Envoy writes none of its own after a text format.</summary>
    public static string LineWithBreak(LogFormat.Text text) => $"{LineWithoutBreak(text)}\n";

    /// <summary>A line without the line break that may end it, for records that have no lines.</summary>
    public static string LineWithoutBreak(LogFormat.Text text)
    {
        var line = text.Line.ToString();
        return line.EndsWith('\n') ? line[..^1] : line;
    }

    private static IEnumerable<FormatMember> Ordered(FormatValue.Object fields) => fields.Members.OrderBy(member => member.Name, StringComparer.Ordinal);

    private static JsonNode? Value(FormatValue value) => value switch
    {
        FormatValue.Text text => JsonValue.Create(text.Format.ToString()),
        FormatValue.Number number => Number(number),
        FormatValue.Flag flag => JsonValue.Create(flag.Value),
        FormatValue.Null => null,
        FormatValue.Object fields => Struct(fields),
        FormatValue.List list => new JsonArray([.. list.Items.Select(Value)]),
        _ => throw new UnreachableException(),
    };

    private static JsonObject AnyValue(FormatValue value) => value switch
    {
        FormatValue.Text text => new JsonObject { ["string_value"] = text.Format.ToString() },
        FormatValue.Object fields => new JsonObject { ["kvlist_value"] = KeyValueList(fields) },
        FormatValue.List list => new JsonObject { ["array_value"] = new JsonObject { ["values"] = new JsonArray([.. list.Items.Select(AnyValue)]) } },
        _ => throw new UnreachableException(),
    };

    private static JsonNode? Number(FormatValue.Number number)
    {
        using var document = JsonDocument.Parse(number.Spelling);
        return JsonNode.Parse(CanonicalJson.Number(document.RootElement));
    }
}
