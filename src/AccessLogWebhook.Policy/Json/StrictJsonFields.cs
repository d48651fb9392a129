using System.Buffers;
using System.Text.Json;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Json;

/// <summary>Reads members whose type is known: a null counts as absent, another type is a fault that names the path.</summary>
public static class StrictJsonFields
{
    /// <summary>Reads the map of strings that is the current property's value; null where it is null.</summary>
    /// <exception cref="UnexpectedFieldException">It is something else, or one of its values is.</exception>
    public static LabelSet? ReadMap(this ref StrictJsonReader json, string path)
    {
        if (!json.EnterObject(path))
        {
            return null;
        }

        var pool = ArrayPool<KeyValuePair<string, string>>.Shared;
        var entries = pool.Rent(16);
        try
        {
            var count = 0;
            while (json.NextMember())
            {
                var key = json.GetRecurringString();
                json.Read();
                if (count == entries.Length)
                {
                    var larger = pool.Rent(count * 2);
                    entries.CopyTo(larger, 0);
                    pool.Return(entries, clearArray: true);
                    entries = larger;
                }

                entries[count++] = KeyValuePair.Create(key, json.TokenType switch
                {
                    JsonTokenType.String => json.GetRecurringString(),
                    // Go reads a null in a map of strings as the empty string.
                    JsonTokenType.Null => "",
                    var other => throw WrongType(other, $"{path}[{Excerpt.Of(key)}]", "a string"),
                });
            }

            return LabelSet.From(entries.AsSpan(0, count));
        }
        finally
        {
            pool.Return(entries, clearArray: true);
        }
    }

    public static string ReadText(this ref StrictJsonReader json, string path)
    {
        json.Read();
        return json.TokenType switch
        {
            JsonTokenType.String => json.GetRecurringString(),
            JsonTokenType.Null => "",
            var other => throw WrongType(other, path, "a string"),
        };
    }

    public static bool ReadFlag(this ref StrictJsonReader json, string path)
    {
        json.Read();
        return json.TokenType switch
        {
            JsonTokenType.True => true,
            JsonTokenType.False or JsonTokenType.Null => false,
            var other => throw WrongType(other, path, "true or false"),
        };
    }

    /// <summary>Moves to the object that is the current property's value; false where it is null.</summary>
    public static bool EnterObject(this ref StrictJsonReader json, string path) => Enter(ref json, path, JsonTokenType.StartObject, "an object");

    public static bool EnterArray(this ref StrictJsonReader json, string path) => Enter(ref json, path, JsonTokenType.StartArray, "an array");

    private static bool Enter(ref StrictJsonReader json, string path, JsonTokenType expected, string description)
    {
        json.Read();
        return json.TokenType == expected
            || (json.TokenType == JsonTokenType.Null ? false : throw WrongType(json.TokenType, path, description));
    }

    /// <summary>Moves to the next member of the object; false at its end.</summary>
    public static bool NextMember(this ref StrictJsonReader json) => json.Read() && json.TokenType == JsonTokenType.PropertyName;

    public static UnexpectedFieldException WrongType(JsonTokenType actual, string path, string expected) =>
        new($"{path} is {Describe(actual)}, but must be {expected}.");

    public static string Describe(JsonTokenType type) => type switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.True or JsonTokenType.False => "a boolean",
        JsonTokenType.Null => "null",
        _ => "missing",
    };
}
