using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AccessLogWebhook.Policy.Json;

/// <summary>Where the tokens of JSON end (RFC 8259, sections 6 and 7).</summary>
internal static class JsonGrammar
{
    /// <summary>The closing quote of a text; negative where it has none, or is broken before it.</summary>
    /// <param name="utf8">The whole document, valid UTF-8.</param>
    /// <param name="start">Behind the opening quote.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int EndOfText(ReadOnlySpan<byte> utf8, int start, out bool isEscaped)
    {
        // Most texts end within a block.
        if (utf8.Length - start >= Vector128<byte>.Count)
        {
            var special = SpecialOf(utf8.Slice(start, Vector128<byte>.Count));
            if (special != 0 && utf8[start + BitOperations.TrailingZeroCount(special)] == '"')
            {
                isEscaped = false;
                return start + BitOperations.TrailingZeroCount(special);
            }
        }

        return EndOfLongText(utf8, start, out isEscaped);
    }

    private static int EndOfLongText(ReadOnlySpan<byte> utf8, int start, out bool isEscaped)
    {
        isEscaped = false;
        var at = start;
        while (true)
        {
            at = NextSpecial(utf8, at);
            if (at == utf8.Length || utf8[at] < ' ')
            {
                return -1;
            }

            if (utf8[at] == '"')
            {
                return at;
            }

            isEscaped = true;
            var length = LengthOfEscape(utf8[at..]);
            if (length == 0)
            {
                return -1;
            }

            at += length;
        }
    }

    /// <summary>Behind the number or word that begins at a place; negative where none does.</summary>
    public static int EndOfNumberOrWord(ReadOnlySpan<byte> utf8, int start)
    {
        if (start >= utf8.Length)
        {
            return -1;
        }

        switch (utf8[start])
        {
            case (byte)'t':
                return utf8[start..].StartsWith("true"u8) ? start + 4 : -1;
            case (byte)'f':
                return utf8[start..].StartsWith("false"u8) ? start + 5 : -1;
            case (byte)'n':
                return utf8[start..].StartsWith("null"u8) ? start + 4 : -1;
            default:
                return EndOfNumber(utf8, start);
        }
    }

    /// <summary>Behind the number that begins at a place; negative where none does.</summary>
    private static int EndOfNumber(ReadOnlySpan<byte> utf8, int start)
    {
        var at = start < utf8.Length && utf8[start] == '-' ? start + 1 : start;
        var digits = DigitsAt(utf8, at);
        if (digits == 0 || (digits > 1 && utf8[at] == '0'))
        {
            return -1;
        }

        at += digits;
        if (at < utf8.Length && utf8[at] == '.')
        {
            digits = DigitsAt(utf8, at + 1);
            if (digits == 0)
            {
                return -1;
            }

            at += 1 + digits;
        }

        if (at < utf8.Length && (utf8[at] | 0x20) == 'e')
        {
            at += at + 1 < utf8.Length && utf8[at + 1] is (byte)'+' or (byte)'-' ? 2 : 1;
            digits = DigitsAt(utf8, at);
            if (digits == 0)
            {
                return -1;
            }

            at += digits;
        }

        return at == utf8.Length || EndsNumber(utf8[at]) ? at : -1;
    }

    // What cannot be part of a number: System.Text.Json takes a slash for one of them, and refuses it as the token that comes next.
    private static bool EndsNumber(byte octet) => octet is (byte)',' or (byte)'}' or (byte)']' or (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t' or (byte)'/';

    /// <summary>The next quote, backslash or control character; the document's length where there is none.</summary>
    private static int NextSpecial(ReadOnlySpan<byte> utf8, int at)
    {
        while (utf8.Length - at >= Vector128<byte>.Count)
        {
            var special = SpecialOf(utf8.Slice(at, Vector128<byte>.Count));
            if (special != 0)
            {
                return at + BitOperations.TrailingZeroCount(special);
            }

            at += Vector128<byte>.Count;
        }

        while (at < utf8.Length && utf8[at] is >= (byte)' ' and not ((byte)'"' or (byte)'\\'))
        {
            at++;
        }

        return at;
    }

    /// <summary>A bit for each quote, backslash and control character of a block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint SpecialOf(ReadOnlySpan<byte> octets)
    {
        var block = Vector128.Create(octets);
        var special = Vector128.Equals(block, Vector128.Create((byte)'"'))
            | Vector128.Equals(block, Vector128.Create((byte)'\\'))
            | Vector128.LessThan(block, Vector128.Create((byte)' '));
        return special.ExtractMostSignificantBits();
    }

    /// <summary>How long the escape is that begins with a backslash; zero where it is none.</summary>
    private static int LengthOfEscape(ReadOnlySpan<byte> utf8) => utf8.Length < 2 ? 0 : utf8[1] switch
    {
        (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t' => 2,
        (byte)'u' when utf8.Length >= 6 && IsHex(utf8[2]) && IsHex(utf8[3]) && IsHex(utf8[4]) && IsHex(utf8[5]) => 6,
        _ => 0,
    };

    private static bool IsHex(byte octet) => char.IsAsciiHexDigit((char)octet);

    private static int DigitsAt(ReadOnlySpan<byte> utf8, int at)
    {
        var end = at;
        while (end < utf8.Length && char.IsAsciiDigit((char)utf8[end]))
        {
            end++;
        }

        return end - at;
    }
}
