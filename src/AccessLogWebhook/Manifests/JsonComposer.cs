using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace AccessLogWebhook.Manifests;

/// <summary>Builds the documents of a JSON file, or of several JSON texts in one file.</summary>
internal ref struct JsonComposer
{
    private readonly string source;
    private readonly ReadOnlySpan<byte> utf8;
    private readonly List<ManifestError> errors = [];
    private Utf8JsonReader reader;
    private int positionOffset;
    private TextPosition position = TextPosition.Start;

    private JsonComposer(string source, ReadOnlySpan<byte> utf8)
    {
        this.source = source;
        this.utf8 = utf8;
        // The reader's own limit is above ours, so that ours is the one that speaks.
        reader = new Utf8JsonReader(utf8, new JsonReaderOptions { AllowMultipleValues = true, MaxDepth = YamlDocuments.DeepestNesting + 2 });
    }

    /// <returns>False where the file is no JSON; the documents then hold that one error.</returns>
    public static bool TryRead(string source, ReadOnlyMemory<byte> utf8, out YamlDocuments documents)
    {
        var composer = new JsonComposer(source, utf8.Span);
        try
        {
            documents = composer.ReadAll();
            return true;
        }
        catch (JsonException exception)
        {
            var place = PlaceOf(exception, utf8.Span);
            documents = new YamlDocuments([], [new ManifestError(source, place.Line, place.Column, $"invalid JSON: {Plain(exception)}")]);
            return false;
        }
    }

    private YamlDocuments ReadAll()
    {
        var documents = ImmutableArray.CreateBuilder<YamlDocument>();
        while (reader.Read())
        {
            var before = errors.Count;
            if (Compose(0) is not { } root)
            {
                break;
            }

            if (root is not YamlNode.Scalar { Value.Kind: ScalarKind.Null })
            {
                documents.Add(new YamlDocument(root, errors.Count == before));
            }
        }

        return new YamlDocuments(documents.ToImmutable(), [.. errors]);
    }

    /// <summary>The value at the reader's token; null where the rest of the file is given up.</summary>
    private YamlNode? Compose(int depth)
    {
        var (line, column) = Place();
        if (depth > YamlDocuments.DeepestNesting)
        {
            errors.Add(new ManifestError(source, line, column, YamlDocuments.TooDeep));
            return null;
        }

        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return ComposeMapping(line, column, depth);
            case JsonTokenType.StartArray:
                var items = ImmutableArray.CreateBuilder<YamlNode>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    if (Compose(depth + 1) is not { } item)
                    {
                        return null;
                    }

                    items.Add(item);
                }

                return new YamlNode.Sequence(line, column, items.ToImmutable());
            case JsonTokenType.String:
                var text = Text(line, column);
                return new YamlNode.Scalar(line, column, text, ScalarValue.Of(text));
            case JsonTokenType.Number:
                var number = Encoding.UTF8.GetString(reader.ValueSpan);
                return new YamlNode.Scalar(line, column, number, ScalarValue.Number(number));
            case JsonTokenType.Null:
                return new YamlNode.Scalar(line, column, "null", ScalarValue.Null);
            default:
                var value = reader.TokenType == JsonTokenType.True;
                return new YamlNode.Scalar(line, column, value ? "true" : "false", ScalarValue.Boolean(value));
        }
    }

    private YamlNode.Mapping? ComposeMapping(int line, int column, int depth)
    {
        var entries = new MappingEntries();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var (keyLine, keyColumn) = Place();
            var key = Text(keyLine, keyColumn);
            reader.Read();
            if (Compose(depth + 1) is not { } value)
            {
                return null;
            }

            if (!entries.TryAdd(new MappingEntry(key, keyLine, keyColumn, value), out var earlier))
            {
                errors.Add(new ManifestError(source, keyLine, keyColumn, YamlComposer.DuplicateKey(key, earlier.Line)));
            }
        }

        return new YamlNode.Mapping(line, column, entries.ToImmutable());
    }

    private string Text(int line, int column)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // The file is valid UTF-8, so that only an escape like \ud800 without its other half is left.
            errors.Add(new ManifestError(source, line, column, "has half of a surrogate pair, which is no character."));
            return "";
        }
    }

    private TextPosition Place()
    {
        var at = (int)reader.TokenStartIndex;
        position = position.After(utf8[positionOffset..at]);
        positionOffset = at;
        return position;
    }

    private static TextPosition PlaceOf(JsonException exception, ReadOnlySpan<byte> utf8)
    {
        var lineStart = 0;
        for (var line = exception.LineNumber ?? 0; line > 0; line--)
        {
            lineStart += utf8[lineStart..].IndexOf((byte)'\n') + 1;
        }

        var end = Math.Min(utf8.Length, lineStart + (int)(exception.BytePositionInLine ?? 0));
        return new TextPosition((int)(exception.LineNumber ?? 0) + 1, TextPosition.Start.After(utf8[lineStart..end]).Column);
    }

    // The message ends with a position in another form, which ours replaces.
    private static string Plain(JsonException exception)
    {
        var end = exception.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return end < 0 ? exception.Message : exception.Message[..end];
    }
}
