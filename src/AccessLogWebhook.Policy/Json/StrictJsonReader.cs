using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Unicode;

namespace AccessLogWebhook.Policy.Json;

/// <summary>
/// One forward pass over UTF-8 JSON (RFC 8259) that refuses what readers disagree about: duplicate keys, invalid UTF-8, comments, nesting
/// past <see cref="MaxDepth"/>. Everything read or skipped goes through <see cref="Read"/>, so nothing escapes the checks.
/// </summary>
/// <remarks>
/// <para>
/// It accepts what System.Text.Json's reader accepts, with the same tokens at the same places, in less time: most of a Pod is passed over, and that reader does for every
/// token what only a token that is looked at needs. Texts with escapes and the words for a fault are left to it: both are rare.
/// </para>
/// <para>
/// Invariants. <c>position</c> is behind the current token, and behind the colon of a key. <c>open</c> counts the objects and arrays that are open, the one that has just begun
/// included; <c>frames</c> has for each how many keys were open before it, and less than zero for an array. The keys of the innermost open object are the last ones of
/// <c>keys</c>.
/// </para>
/// <para>
/// Duplicates are found in two steps, since an exact check of every object would cost more than the rest of a decision: here only
/// 32-bit hashes of the keys of the objects that are open are compared; where two agree, or there are more keys than the buffer
/// holds, <see cref="Suspicious"/> is set, and <see cref="DuplicateKeys.Find"/> decides exactly. No duplicate goes unseen: equal
/// keys have equal hashes, whichever of them is escaped.
/// </para>
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

    // The keys of managedFields name fields by their JSON, and so every Pod has escaped ones; longer ones, with their quotes, are left to the exact search.
    private const int LongestEscapedKey = 514;

    private readonly ReadOnlySpan<byte> utf8;
    private readonly Span<int> keys;
    private readonly Span<int> frames;
    private int position;
    private int open;
    private int keyCount;
    private int tokenStart;
    private int valueStart;
    private int valueEnd;
    private bool isEscaped;
    private JsonTokenType tokenType;

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

        this.utf8 = utf8;
        this.keys = keys;
        this.frames = frames;
    }

    /// <summary>Whether two keys of one object may be equal.</summary>
    public bool Suspicious { get; private set; }

    public readonly JsonTokenType TokenType => tokenType;

    /// <summary>Where the current token begins, in bytes.</summary>
    public readonly int TokenStart => tokenStart;

    /// <summary>Where the next token will be looked for, in bytes.</summary>
    public readonly int Consumed => position;

    /// <summary>The depth of the current token: 0 for the document's own value.</summary>
    public readonly int Depth => tokenType is JsonTokenType.StartObject or JsonTokenType.StartArray ? open - 1 : open;

    private readonly ReadOnlySpan<byte> Value => utf8[valueStart..valueEnd];

    /// <summary>Moves to the next token; false at the end of the document.</summary>
    /// <exception cref="JsonException">The JSON is broken or too deep.</exception>
    public bool Read()
    {
        var next = Next(ref position);
        switch (tokenType)
        {
            case JsonTokenType.PropertyName or JsonTokenType.None:
                ReadValue(next);
                return true;
            case JsonTokenType.StartObject when next == '}':
                Close(JsonTokenType.EndObject);
                return true;
            case JsonTokenType.StartObject:
                ReadKey(next);
                return true;
            case JsonTokenType.StartArray when next == ']':
                Close(JsonTokenType.EndArray);
                return true;
            case JsonTokenType.StartArray:
                ReadValue(next);
                return true;
            default:
                return ReadAfterValue(next);
        }
    }

    /// <summary>Passes over the value of the current property, or over the current value.</summary>
    public void Skip()
    {
        if (tokenType == JsonTokenType.PropertyName)
        {
            Read();
        }

        if (tokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            SkipOpen();
        }
    }

    /// <exception cref="JsonException">It escapes half of a surrogate pair, which is no text.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool Is(ReadOnlySpan<byte> utf8Text) => isEscaped ? IsEscaped(utf8Text) : Value.SequenceEqual(utf8Text);

    /// <exception cref="JsonException">It escapes half of a surrogate pair, which is no text.</exception>
    public readonly string GetString()
    {
        try
        {
            return ReaderOf(utf8[tokenStart..(valueEnd + 1)]).GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw HalfSurrogatePair(tokenStart);
        }
    }

    /// <summary>As <see cref="GetString"/>, for texts of which the same few come again and again.</summary>
    /// <exception cref="JsonException">It escapes half of a surrogate pair, which is no text.</exception>
    public readonly string GetRecurringString() => isEscaped ? GetString() : RecurringTexts.Of(Value);

    /// <summary>What System.Text.Json takes for a misuse of its reader is a fault of the document.</summary>
    internal static JsonException HalfSurrogatePair(long position) => new($"it escapes half of a surrogate pair at byte {position}.");

    /// <summary>
    /// Passes over the object or array that has just begun. What <see cref="Read"/> does token by token is done here without a word of it kept: most of a Pod is in one of those.
    /// </summary>
    private void SkipOpen()
    {
        var (at, around) = (position, open - 1);
        var (isObject, isFirst) = (tokenType == JsonTokenType.StartObject, true);
        while (true)
        {
            var octet = Next(ref at);
            if (octet == (isObject ? '}' : ']'))
            {
                open--;
                keyCount = isObject ? frames[open] : keyCount;
                position = at;
                if (open == around)
                {
                    EndToken(isObject ? JsonTokenType.EndObject : JsonTokenType.EndArray, at + 1);
                    return;
                }

                at++;
                (isObject, isFirst) = (frames[open - 1] >= 0, false);
                continue;
            }

            if (!isFirst)
            {
                Expect(octet == ',', at);
                at++;
                octet = Next(ref at);
            }

            if (isObject)
            {
                Expect(octet == '"', at);
                var end = JsonGrammar.EndOfText(utf8, at + 1, out var escaped);
                Expect(end >= 0, at);
                Remember(at + 1, end, escaped);
                at = end + 1;
                Expect(Next(ref at) == ':', at);
                at++;
                octet = Next(ref at);
            }

            if (octet is '{' or '[')
            {
                Expect(open < MaxDepth, at);
                (isObject, isFirst) = (octet == '{', true);
                frames[open++] = isObject ? keyCount : -1;
                at++;
                continue;
            }

            isFirst = false;
            var behind = octet == '"' ? JsonGrammar.EndOfText(utf8, at + 1, out _) + 1 : JsonGrammar.EndOfNumberOrWord(utf8, at);
            Expect(behind > 0, at);
            at = behind;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Expect(bool isSo, int at)
    {
        if (!isSo)
        {
            throw Broken(at);
        }
    }

    /// <summary>Passes over white space.</summary>
    /// <returns>The octet that is there then; zero at the end of the document.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly int Next(ref int at)
    {
        while ((uint)at < (uint)utf8.Length)
        {
            int octet = utf8[at];
            if (octet > ' ' || octet is not (' ' or '\n' or '\r' or '\t'))
            {
                return octet;
            }

            at++;
        }

        return 0;
    }

    private bool ReadAfterValue(int next)
    {
        if (open == 0)
        {
            Expect(position == utf8.Length, position);
            return false;
        }

        var isObject = frames[open - 1] >= 0;
        if (next == ',')
        {
            position++;
            next = Next(ref position);
            if (isObject)
            {
                ReadKey(next);
            }
            else
            {
                ReadValue(next);
            }
        }
        else if (next == (isObject ? '}' : ']'))
        {
            Close(isObject ? JsonTokenType.EndObject : JsonTokenType.EndArray);
        }
        else
        {
            throw Broken(position);
        }

        return true;
    }

    /// <summary>Reads a key with its colon.</summary>
    private void ReadKey(int next)
    {
        Expect(next == '"', position);
        ReadText(JsonTokenType.PropertyName);
        Expect(Next(ref position) == ':', position);
        position++;
        Remember(valueStart, valueEnd, isEscaped);
    }

    private void ReadValue(int next)
    {
        switch (next)
        {
            case '"':
                ReadText(JsonTokenType.String);
                break;
            case '{':
                Open(JsonTokenType.StartObject);
                break;
            case '[':
                Open(JsonTokenType.StartArray);
                break;
            default:
                var end = JsonGrammar.EndOfNumberOrWord(utf8, position);
                Expect(end >= 0, position);
                EndToken(next switch { 't' => JsonTokenType.True, 'f' => JsonTokenType.False, 'n' => JsonTokenType.Null, _ => JsonTokenType.Number }, end);
                break;
        }
    }

    private void Open(JsonTokenType type)
    {
        if (open == MaxDepth)
        {
            throw Broken(position);
        }

        frames[open++] = type == JsonTokenType.StartObject ? keyCount : -1;
        EndToken(type, position + 1);
    }

    private void Close(JsonTokenType type)
    {
        open--;
        keyCount = type == JsonTokenType.EndObject ? frames[open] : keyCount;
        EndToken(type, position + 1);
    }

    private void EndToken(JsonTokenType type, int end)
    {
        (tokenType, tokenStart, position) = (type, position, end);
        (valueStart, valueEnd, isEscaped) = (tokenStart, end, false);
    }

    private void ReadText(JsonTokenType type)
    {
        var end = JsonGrammar.EndOfText(utf8, position + 1, out var escaped);
        if (end < 0)
        {
            throw Broken(position);
        }

        (tokenType, tokenStart, position) = (type, position, end + 1);
        (valueStart, valueEnd, isEscaped) = (tokenStart + 1, end, escaped);
    }

    private readonly bool IsEscaped(ReadOnlySpan<byte> utf8Text)
    {
        try
        {
            return ReaderOf(utf8[tokenStart..(valueEnd + 1)]).ValueTextEquals(utf8Text);
        }
        catch (InvalidOperationException)
        {
            throw HalfSurrogatePair(tokenStart);
        }
    }

    /// <summary>A reader that stands on a text in its quotes.</summary>
    private static Utf8JsonReader ReaderOf(ReadOnlySpan<byte> quoted)
    {
        var json = new Utf8JsonReader(quoted);
        json.Read();
        return json;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Remember(int start, int end, bool escaped)
    {
        if (Suspicious)
        {
            // The exact search will be asked anyway.
            return;
        }

        var hash = 0;
        if (keyCount == keys.Length || (escaped && !TryHashEscaped(utf8[(start - 1)..(end + 1)], out hash)))
        {
            Suspicious = true;
            return;
        }

        hash = escaped ? hash : TextHash.Of(utf8[start..end]);
        if (keys[frames[open - 1]..keyCount].Contains(hash))
        {
            Suspicious = true;
        }

        keys[keyCount++] = hash;
    }

    private static bool TryHashEscaped(ReadOnlySpan<byte> quoted, out int hash)
    {
        hash = 0;
        if (quoted.Length > LongestEscapedKey)
        {
            return false;
        }

        Span<byte> plain = stackalloc byte[LongestEscapedKey];
        try
        {
            hash = TextHash.Of(plain[..ReaderOf(quoted).CopyString(plain)]);
            return true;
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair: the exact search says so, with its place.
            return false;
        }
    }

    /// <summary>What is wrong, in the words of System.Text.Json.</summary>
    private readonly JsonException Broken(int at)
    {
        try
        {
            var json = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = MaxDepth });
            while (json.Read())
            {
            }
        }
        catch (JsonException broken)
        {
            return broken;
        }

        return new JsonException($"it is broken at byte {at}.");
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
