using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using AccessLogWebhook.Policy.Json;

namespace AccessLogWebhook.Cluster;

/// <summary>
/// One page of a list. It is read item by item, since a page has no bound of its own: five hundred EnvoyFilters of a megabyte each are
/// within everybody's rights, and some servers pay no regard to the limit.
/// </summary>
internal sealed class LiveListPage
{
    private readonly Action<JsonElement> take;
    private JsonReaderState state = new(new JsonReaderOptions { MaxDepth = LiveJson.MostLevels });
    private bool inItems;
    private bool hasItems;

    private LiveListPage(Action<JsonElement> take) => this.take = take;

    public string ResourceVersion { get; private set; } = "";

    /// <summary>What to ask the next page with; empty on the last.</summary>
    public string Continue { get; private set; } = "";

    /// <param name="take">Gets each item; the element is not to be kept.</param>
    /// <exception cref="JsonException">It is not JSON, or ends too early.</exception>
    /// <exception cref="InvalidDataException">It is not a list of objects, or one of them is too large.</exception>
    public static async Task<LiveListPage> ReadAsync(
        Stream body, int largestObjectBytes, Action<JsonElement> take, CancellationToken cancellationToken)
    {
        var page = new LiveListPage(take);
        var pipe = PipeReader.Create(body, LiveJson.PipeOptions);
        try
        {
            while (true)
            {
                var read = await pipe.ReadAsync(cancellationToken).ConfigureAwait(false);
                var consumed = page.Read(read.Buffer, read.IsCompleted);
                if (read.Buffer.Slice(consumed).Length > largestObjectBytes)
                {
                    throw new InvalidDataException($"a list has an object of more than {largestObjectBytes} bytes");
                }

                pipe.AdvanceTo(consumed, read.Buffer.End);
                if (read.IsCompleted)
                {
                    return page is { hasItems: true, ResourceVersion.Length: > 0 } ? page : throw new InvalidDataException("an answer is not a list");
                }
            }
        }
        finally
        {
            await pipe.CompleteAsync().ConfigureAwait(false);
        }
    }

    private SequencePosition Read(in ReadOnlySequence<byte> buffer, bool isLast)
    {
        var reader = new Utf8JsonReader(buffer, isLast, state);
        while (true)
        {
            // A step that lacks bytes is taken again from its beginning when there are more.
            var before = reader;
            if (!Step(ref reader))
            {
                state = before.CurrentState;
                return before.Position;
            }
        }
    }

    private bool Step(ref Utf8JsonReader reader)
    {
        if (!reader.Read())
        {
            return false;
        }

        if (inItems)
        {
            return ReadItem(ref reader);
        }

        return reader.TokenType switch
        {
            JsonTokenType.PropertyName when Is(reader, "items"u8) => EnterItems(ref reader),
            JsonTokenType.PropertyName when Is(reader, "metadata"u8) => ReadMetadata(ref reader),
            JsonTokenType.PropertyName => reader.TrySkip(),
            JsonTokenType.StartObject or JsonTokenType.EndObject => true,
            _ => throw new InvalidDataException("an answer is not a list"),
        };
    }

    private static bool Is(in Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        try
        {
            return reader.ValueTextEquals(name);
        }
        catch (InvalidOperationException)
        {
            // It escapes half of a surrogate pair, and is no name that is known.
            return false;
        }
    }

    private bool EnterItems(ref Utf8JsonReader reader)
    {
        if (!reader.Read())
        {
            return false;
        }

        // Go writes an empty list as null, too.
        inItems = reader.TokenType == JsonTokenType.StartArray;
        hasItems = inItems || reader.TokenType == JsonTokenType.Null;
        return hasItems ? true : throw new InvalidDataException("an answer is not a list");
    }

    private bool ReadItem(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.EndArray)
        {
            inItems = false;
            return true;
        }

        if (!JsonDocument.TryParseValue(ref reader, out var item))
        {
            return false;
        }

        using (item)
        {
            take(item.RootElement);
            return true;
        }
    }

    private bool ReadMetadata(ref Utf8JsonReader reader)
    {
        if (!JsonDocument.TryParseValue(ref reader, out var metadata))
        {
            return false;
        }

        using (metadata)
        {
            ResourceVersion = metadata.RootElement.Text("resourceVersion") ?? "";
            Continue = metadata.RootElement.Text("continue") ?? "";
            return true;
        }
    }
}
