using System.Text;
using System.Text.Json;

namespace AccessLogWebhook.Policy.Tests.Support;

/// <summary>
/// JSON as it is spelled: scalars keep their very bytes, members their order, so that a patch which respells a number is seen. With a
/// small applier of RFC 6902's <c>add</c>, <c>replace</c> and <c>remove</c>, independent of what is tested.
/// </summary>
internal sealed class RawJson
{
    private readonly string? scalar;
    private readonly List<(string Key, RawJson Value)>? members;
    private readonly List<RawJson>? items;

    private RawJson(string? scalar, List<(string, RawJson)>? members, List<RawJson>? items) => (this.scalar, this.members, this.items) = (scalar, members, items);

    public static RawJson Parse(string json)
    {
        var utf8 = Encoding.UTF8.GetBytes(json);
        var reader = new Utf8JsonReader(utf8);
        reader.Read();
        var value = Parse(ref reader, utf8);
        Assert.False(reader.Read());
        return value;
    }

    /// <summary>Every place of the document: its pointer, and its spelling (a brace or bracket for what has members).</summary>
    public Dictionary<string, string> Places()
    {
        var places = new Dictionary<string, string>(StringComparer.Ordinal);
        Visit("");
        return places;

        void Visit(string pointer) => Walk(this, pointer, places);
    }

    /// <summary>Applies a patch document to a copy; asserts what RFC 6902 demands: a parent that exists, and for <c>replace</c> and <c>remove</c> a target.</summary>
    public RawJson Apply(string patch)
    {
        var result = Parse(ToString());
        using var document = JsonDocument.Parse(patch);
        foreach (var operation in document.RootElement.EnumerateArray())
        {
            var names = operation.EnumerateObject().Select(member => member.Name);
            var removes = operation.GetProperty("op").GetString() == "remove";
            Assert.Equal(removes ? ["op", "path"] : ["op", "path", "value"], names);
            var segments = operation.GetProperty("path").GetString()!.Split('/');
            Assert.Equal("", segments[0]);
            var parent = result;
            foreach (var segment in segments[1..^1])
            {
                parent = parent.Member(Unescape(segment))!;
                Assert.NotNull(parent?.members);
            }

            var key = Unescape(segments[^1]);
            var index = parent.members!.FindIndex(member => member.Key == key);
            if (removes)
            {
                Assert.True(index >= 0, $"nothing to remove at {operation}");
                parent.members.RemoveAt(index);
                continue;
            }

            var value = Parse(operation.GetProperty("value").GetRawText());
            if (operation.GetProperty("op").GetString() == "replace")
            {
                Assert.True(index >= 0, $"nothing to replace at {operation}");
            }
            else
            {
                Assert.Equal("add", operation.GetProperty("op").GetString());
            }

            if (index >= 0)
            {
                parent.members[index] = (key, value);
            }
            else
            {
                parent.members.Add((key, value));
            }
        }

        return result;
    }

    public RawJson? Member(string key) => members?.FirstOrDefault(member => member.Key == key).Value;

    public override string ToString() =>
        scalar
        ?? (members is not null
            ? $"{{{string.Join(',', members.Select(member => $"{JsonSerializer.Serialize(member.Key)}:{member.Value}"))}}}"
            : $"[{string.Join(',', items!)}]");

    private static string Unescape(string segment) => segment.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);

    private static void Walk(RawJson value, string pointer, Dictionary<string, string> places)
    {
        places.Add(pointer, value.scalar ?? (value.members is null ? "[" : "{"));
        foreach (var (key, member) in value.members ?? [])
        {
            Walk(member, $"{pointer}/{key.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}", places);
        }

        for (var index = 0; index < (value.items?.Count ?? 0); index++)
        {
            Walk(value.items![index], $"{pointer}/{index}", places);
        }
    }

    private static RawJson Parse(ref Utf8JsonReader reader, ReadOnlySpan<byte> utf8)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var members = new List<(string, RawJson)>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    var key = reader.GetString()!;
                    reader.Read();
                    members.Add((key, Parse(ref reader, utf8)));
                }

                return new(null, members, null);
            case JsonTokenType.StartArray:
                var items = new List<RawJson>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    items.Add(Parse(ref reader, utf8));
                }

                return new(null, null, items);
            default:
                return new(Encoding.UTF8.GetString(utf8[(int)reader.TokenStartIndex..(int)reader.BytesConsumed]), null, null);
        }
    }
}
