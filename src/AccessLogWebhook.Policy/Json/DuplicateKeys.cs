using System.Text.Json;

namespace AccessLogWebhook.Policy.Json;

/// <summary>The exact search for a key that an object has twice; asked only where <see cref="StrictJsonReader"/> suspects one.</summary>
public static class DuplicateKeys
{
    /// <summary>The path of the first key that comes twice in its object (<c>request.object.metadata.labels.app</c>), or null.</summary>
    /// <exception cref="JsonException">The JSON is broken or deeper than <see cref="StrictJsonReader.MaxDepth"/>.</exception>
    public static string? Find(ReadOnlySpan<byte> utf8)
    {
        var json = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = StrictJsonReader.MaxDepth });
        var open = new Stack<HashSet<string>>();
        var path = new Stack<string>();
        while (json.Read())
        {
            switch (json.TokenType)
            {
                case JsonTokenType.StartObject:
                    open.Push(new HashSet<string>(StringComparer.Ordinal));
                    path.Push("");
                    break;
                case JsonTokenType.EndObject:
                    open.Pop();
                    path.Pop();
                    break;
                case JsonTokenType.PropertyName:
                    var name = Name(ref json);
                    path.Pop();
                    path.Push(name);
                    if (!open.Peek().Add(name))
                    {
                        return Excerpt.Of(string.Join('.', path.Reverse()), longest: 300);
                    }

                    break;
            }
        }

        return null;
    }

    private static string Name(ref Utf8JsonReader json)
    {
        try
        {
            return json.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw StrictJsonReader.HalfSurrogatePair(json.TokenStartIndex);
        }
    }
}
