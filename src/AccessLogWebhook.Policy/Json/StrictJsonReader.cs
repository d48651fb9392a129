using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;

namespace AccessLogWebhook.Policy.Json;

/// <summary>
/// One forward pass over UTF-8 JSON that refuses what readers disagree about: duplicate keys, invalid UTF-8, comments, nesting
/// past <see cref="MaxDepth"/>. Everything read or skipped goes through <see cref="Read"/>, so nothing escapes the checks.
/// </summary>
/// <remarks>
/// Duplicates are found in two steps, since an exact check of every object would cost more than the rest of a decision: here only
/// 32-bit hashes of the keys of the objects that are open are compared; where two agree, or there are more keys than the buffer
/// holds, <see cref="Suspicious"/> is set, and <see cref="DuplicateKeys.Find"/> decides exactly. No duplicate goes unseen: equal
/// keys have equal hashes, whichever of them is escaped.
/// </remarks>
public ref struct StrictJsonReader
{
    /// <summary>
    /// The deepest nesting that is read. Pods and Gateways stay under 15; a schema's recursion is bounded by far less than this by
    /// the API server, and a stack never grows with the input here.
    /// </summary>
    public const int MaxDepth = 256;

    /// <summary>How many hashes a buffer should hold: the keys of all objects that are open at once, with an ample margin.</summary>
    public const int KeyBufferLength = 256;

    // The keys of managedFields name fields by their JSON, and so every Pod has escaped ones; longer ones are left to the exact search.
    private const int LongestEscapedKey = 512;

    private readonly Span<int> keys;
    private readonly Span<int> frames;
    private Utf8JsonReader json;
    private int keyCount;

    /// <param name="utf8">The whole document.</param>
    /// <param name="keys">Scratch space of <see cref="KeyBufferLength"/>.</param>
    /// <param name="frames">Scratch space of <see cref="MaxDepth"/> + 1.</param>
    /// <exception cref="JsonException">It is not valid UTF-8.</exception>
    public StrictJsonReader(ReadOnlySpan<byte> utf8, Span<int> keys, Span<int> frames)
    {
        if (!Utf8.IsValid(utf8))
        {
            throw new JsonException($"it is not valid UTF-8 at byte {InvalidUtf8At(utf8)}.");
        }

        json = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = MaxDepth });
        this.keys = keys;
        this.frames = frames;
    }

    /// <summary>Whether two keys of one object may be equal.</summary>
    public bool Suspicious { get; private set; }

    public readonly JsonTokenType TokenType => json.TokenType;

    /// <summary>Where the current token begins, in bytes.</summary>
    public readonly int TokenStart => (int)json.TokenStartIndex;

    /// <summary>Where the next token will be looked for, in bytes.</summary>
    public readonly int Consumed => (int)json.BytesConsumed;

    /// <summary>The depth of the current token: 0 for the document's own value.</summary>
    public readonly int Depth => json.CurrentDepth;

    /// <exception cref="JsonException">The JSON is broken or too deep.</exception>
    public bool Read()
    {
        if (!json.Read())
        {
            return false;
        }

        switch (json.TokenType)
        {
            case JsonTokenType.StartObject:
                frames[json.CurrentDepth] = keyCount;
                break;
            case JsonTokenType.EndObject:
                keyCount = frames[json.CurrentDepth];
                break;
            case JsonTokenType.PropertyName:
                Remember();
                break;
        }

        return true;
    }

    /// <summary>Passes over the value of the current property, or over the current value.</summary>
    public void Skip()
    {
        if (json.TokenType == JsonTokenType.PropertyName)
        {
            Read();
        }

        if (json.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            var depth = json.CurrentDepth;
            while (Read() && !(json.CurrentDepth == depth && json.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray))
            {
            }
        }
    }

    /// <exception cref="JsonException">It escapes half of a surrogate pair, which is no text.</exception>
    public readonly bool Is(ReadOnlySpan<byte> utf8Text)
    {
        try
        {
            return json.ValueTextEquals(utf8Text);
        }
        catch (InvalidOperationException) when (json.ValueIsEscaped)
        {
            throw HalfSurrogatePair(json.TokenStartIndex);
        }
    }

    /// <exception cref="JsonException">It escapes half of a surrogate pair, which is no text.</exception>
    public readonly string GetString()
    {
        try
        {
            return json.GetString()!;
        }
        catch (InvalidOperationException) when (json.ValueIsEscaped)
        {
            throw HalfSurrogatePair(json.TokenStartIndex);
        }
    }

    /// <summary>As <see cref="GetString"/>, for texts of which the same few come again and again.</summary>
    /// <exception cref="JsonException">It escapes half of a surrogate pair, which is no text.</exception>
    public readonly string GetRecurringString() => json.ValueIsEscaped ? GetString() : RecurringTexts.Of(json.ValueSpan);

    /// <summary>What System.Text.Json takes for a misuse of its reader is a fault of the document.</summary>
    internal static JsonException HalfSurrogatePair(long position) => new($"it escapes half of a surrogate pair at byte {position}.");

    private void Remember()
    {
        if (Suspicious)
        {
            // The exact search will be asked anyway.
            return;
        }

        if (keyCount == keys.Length || !TryHash(out var hash))
        {
            Suspicious = true;
            return;
        }

        // A key's depth is that of its object's members, one more than that of the object's braces.
        if (keys[frames[json.CurrentDepth - 1]..keyCount].Contains(hash))
        {
            Suspicious = true;
        }

        keys[keyCount++] = hash;
    }

    private readonly bool TryHash(out int hash)
    {
        if (json.ValueIsEscaped)
        {
            return TryHashEscaped(out hash);
        }

        hash = Hash(json.ValueSpan);
        return true;
    }

    private readonly bool TryHashEscaped(out int hash)
    {
        hash = 0;
        if (json.ValueSpan.Length > LongestEscapedKey)
        {
            return false;
        }

        Span<byte> plain = stackalloc byte[LongestEscapedKey];
        try
        {
            hash = Hash(plain[..json.CopyString(plain)]);
            return true;
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair: the exact search says so, with its place.
            return false;
        }
    }

    internal static int Hash(ReadOnlySpan<byte> key)
    {
        var hash = (ulong)key.Length * 0x9E3779B97F4A7C15;
        while (key.Length >= sizeof(ulong))
        {
            hash = (hash ^ MemoryMarshal.Read<ulong>(key)) * 0xFF51AFD7ED558CCD;
            hash ^= hash >> 32;
            key = key[sizeof(ulong)..];
        }

        foreach (var octet in key)
        {
            hash = (hash ^ octet) * 0x100000001B3;
        }

        return (int)(hash ^ (hash >> 32));
    }

    private static int InvalidUtf8At(ReadOnlySpan<byte> utf8)
    {
        var position = 0;
        while (System.Text.Rune.DecodeFromUtf8(utf8[position..], out _, out var length) == OperationStatus.Done)
        {
            position += length;
        }

        return position;
    }
}
