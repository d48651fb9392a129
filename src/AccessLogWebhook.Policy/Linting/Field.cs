using System.Text;
using System.Text.Json;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Linting.Protos;

namespace AccessLogWebhook.Policy.Linting;

/// <summary>
/// A value of the document that knows its way there. The path is put together only for a finding: with a text for every value, a deep
/// document with long keys would cost its length squared.
/// </summary>
internal sealed class Field
{
    private readonly Field? parent;
    private readonly string segment;

    private Field(Field? parent, string segment, JsonElement value)
    {
        (this.parent, this.segment, Value) = (parent, segment, value);
        Depth = parent is null ? 0 : parent.Depth + 1;
    }

    public JsonElement Value { get; }

    /// <summary>How many values it stands in.</summary>
    public int Depth { get; }

    public bool IsObject => Value.ValueKind == JsonValueKind.Object;

    public bool IsArray => Value.ValueKind == JsonValueKind.Array;

    /// <summary>The string that this is; null where it is none.</summary>
    public string? Text => Value.Text();

    public string Path
    {
        get
        {
            var segments = new Stack<string>();
            for (var at = this; at is not null; at = at.parent)
            {
                segments.Push(at.segment);
            }

            return new StringBuilder().AppendJoin("", segments).ToString();
        }
    }

    public static Field Of(string name, JsonElement value) => new(null, name, value);

    /// <summary>A member of an object, by exactly this name. A null counts as absent, as in protobuf's JSON.</summary>
    public Field? this[string name] =>
        Value.Member(name) is { ValueKind: not JsonValueKind.Null } value ? new Field(this, SegmentOf(name), value) : null;

    /// <summary>A field of a protobuf message, by its name in snake case or by its JSON name: parsers take both.</summary>
    public Field? Proto(string snakeCase) => this[snakeCase] ?? this[ProtoNames.Camel(snakeCase)];

    /// <summary>The members of an object in their order; none where it is no object. Members whose name is no text are passed over.</summary>
    public IEnumerable<(string Name, Field Field)> Members()
    {
        if (!IsObject)
        {
            yield break;
        }

        foreach (var member in Value.EnumerateObject())
        {
            if (member.Key() is { } name)
            {
                yield return (name, new Field(this, SegmentOf(name), member.Value));
            }
        }
    }

    /// <summary>The items of an array; none where it is no array.</summary>
    public IEnumerable<Field> Items()
    {
        if (!IsArray)
        {
            yield break;
        }

        var index = 0;
        foreach (var item in Value.EnumerateArray())
        {
            yield return new Field(this, $"[{index++}]", item);
        }
    }

    private static string SegmentOf(string name) =>
        name.Length is > 0 and < 64 && name.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '@')
            ? $".{name}"
            : $"[{Excerpt.Of(name)}]";
}
