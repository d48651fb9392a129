using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AccessLogWebhook.Policy.Patching;

/// <summary>
/// Applies the operations that this project makes, as an API server does. The new text is spliced into the old one, so that every byte
/// outside the members named stays what it was: the spelling of numbers and strings, the order of keys, fields that nobody knows.
/// </summary>
public static class JsonPatchApplier
{
    // The strictest reader of objects in this project stops at 256 levels; whatever it has read can be patched.
    private static readonly JsonReaderOptions Reading = new() { MaxDepth = 1000 };

    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The object with the operations carried out, one after the other.</summary>
    /// <exception cref="InvalidOperationException">An operation does not fit: it was not made for this object.</exception>
    /// <exception cref="JsonException">The JSON is broken.</exception>
    public static ReadOnlyMemory<byte> Apply(ReadOnlyMemory<byte> utf8, IEnumerable<JsonPatchOperation> operations) =>
        operations.Aggregate(utf8, (before, operation) => Apply(before.Span, operation));

    private static byte[] Apply(ReadOnlySpan<byte> utf8, JsonPatchOperation operation)
    {
        var keys = operation.Path.Split('/')[1..];
        if (keys.Length == 0)
        {
            throw DoesNotFit(operation, "it is about the object as a whole");
        }

        var json = new Utf8JsonReader(utf8, Reading);
        json.Read();
        foreach (var parent in keys.AsSpan(..^1))
        {
            if (json.TokenType != JsonTokenType.StartObject || !TryMoveTo(ref json, Unescape(parent), out _, out _))
            {
                throw DoesNotFit(operation, $"there is no object with the member {parent}");
            }
        }

        if (json.TokenType != JsonTokenType.StartObject)
        {
            throw DoesNotFit(operation, "its parent is no object");
        }

        var key = Unescape(keys[^1]);
        if (TryMoveTo(ref json, key, out var isEmpty, out var nameStart))
        {
            var start = (int)json.TokenStartIndex;
            json.Skip();
            if (operation.Kind == JsonPatchOperationKind.Remove)
            {
                return Without(utf8, nameStart, (int)json.BytesConsumed);
            }

            return [.. utf8[..start], .. Value(operation), .. utf8[(int)json.BytesConsumed..]];
        }

        if (operation.Kind != JsonPatchOperationKind.Add)
        {
            throw DoesNotFit(operation, $"there is nothing to {(operation.Kind == JsonPatchOperationKind.Replace ? "replace" : "remove")}");
        }

        // Behind the last member, before what may separate it from the closing brace.
        var end = (int)json.TokenStartIndex;
        end -= end - utf8[..end].LastIndexOfAnyExcept(" \t\r\n"u8) - 1;
        return [.. utf8[..end], .. isEmpty ? ""u8 : ","u8, .. Member(key), .. Value(operation), .. utf8[end..]];
    }

    /// <summary>Moves from an object's brace to the value of a member; to the closing brace where it has none of that name.</summary>
    /// <param name="nameStart">Where the member's name begins.</param>
    private static bool TryMoveTo(ref Utf8JsonReader json, string key, out bool isEmpty, out int nameStart)
    {
        isEmpty = true;
        nameStart = 0;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            isEmpty = false;
            nameStart = (int)json.TokenStartIndex;
            var found = json.ValueTextEquals(key);
            json.Read();
            if (found)
            {
                return true;
            }

            json.Skip();
        }

        return false;
    }

    // With the comma before it, or after it where it is the first. The text is JSON, so that what is next to a member is a blank, a comma or a brace.
    private static byte[] Without(ReadOnlySpan<byte> utf8, int start, int end)
    {
        var before = utf8[..start].LastIndexOfAnyExcept(" \t\r\n"u8);
        if (utf8[before] == ',')
        {
            return [.. utf8[..before], .. utf8[end..]];
        }

        var after = end + utf8[end..].IndexOfAnyExcept(" \t\r\n"u8);
        return [.. utf8[..start], .. utf8[(utf8[after] == ',' ? after + 1 : end)..]];
    }

    private static byte[] Member(string key) => [.. Encode(json => json.WriteStringValue(key)), (byte)':'];

    private static ReadOnlySpan<byte> Value(JsonPatchOperation operation) => Encode(json =>
    {
        if (operation.Map is not { } map)
        {
            json.WriteStringValue(operation.Text);
            return;
        }

        json.WriteStartObject();
        foreach (var (key, value) in map)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    });

    private static ReadOnlySpan<byte> Encode(Action<Utf8JsonWriter> write)
    {
        var output = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(output, Writing);
        write(json);
        json.Flush();
        return output.WrittenSpan;
    }

    private static string Unescape(string token) =>
        token.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);

    private static InvalidOperationException DoesNotFit(JsonPatchOperation operation, string why) =>
        new($"The operation on {operation.Path} does not fit the object: {why}.");
}
