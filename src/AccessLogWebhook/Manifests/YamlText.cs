using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace AccessLogWebhook.Manifests;

/// <summary>In which styles YAML can hold a text without changing it.</summary>
internal static partial class YamlText
{
    // Control characters cannot stand in YAML at all; NEL, LS and PS are line breaks to YAML 1.1 and none to 1.2; a byte order mark is dropped;
    // characters of format reverse the direction of text or hide it.
    private static readonly SearchValues<char> MustBeEscaped = SearchValues.Create(
    [
        .. Enumerable.Range(0, 0x20).Select(code => (char)code).Except("\t\n"),
        .. Enumerable.Range(0x7f, 0x21).Select(code => (char)code),
        .. Enumerable.Range(0xa0, 0xff60).Select(code => (char)code).Where(character => char.GetUnicodeCategory(character) == UnicodeCategory.Format),
        '\u2028', '\u2029', '\ufffe', '\uffff',
    ]);

    private static readonly SearchValues<char> Indicators = SearchValues.Create("-?:,[]{}#&*!|>'\"%@`");

    /// <summary>Whether the text may stand without quotes and remains that text under YAML 1.1, YAML 1.2 and kubectl's rules.</summary>
    /// <param name="isKey">Keys are quoted sooner: some scanners look for their ':' with less care than for the end of a value.</param>
    public static bool IsPlain(string text, bool isKey)
    {
        if (text.Length == 0 || text[0] == ' ' || text[^1] is ' ' or ':' || text.AsSpan().IndexOfAny('\n', '\t') >= 0
            || text.AsSpan().IndexOfAny(MustBeEscaped) >= 0)
        {
            return false;
        }

        // "-x" and "--flag" are common and safe; "-", "- x" and "---" are not.
        if (Indicators.Contains(text[0]) && !(text[0] == '-' && OptionLike().IsMatch(text)))
        {
            return false;
        }

        if (text.Contains(": ", StringComparison.Ordinal) || text.Contains(" #", StringComparison.Ordinal)
            || text.StartsWith("...", StringComparison.Ordinal) || (isKey && !SimpleKey().IsMatch(text)))
        {
            return false;
        }

        return ScalarResolution.OfPlain(text).Kind == ScalarKind.Text && !ReadOtherwiseElsewhere().IsMatch(text) && text is not ("<<" or "=");
    }

    /// <summary>Whether the text may stand as a literal block, <c>|</c> or <c>|-</c>.</summary>
    public static bool IsLiteral(string text)
    {
        // The first line's indentation is taken for the block's; lines of blanks only and several breaks at the end would need
        // indicators that scanners treat differently. Those texts are quoted instead.
        if (!text.Contains('\n', StringComparison.Ordinal) || text[0] is ' ' or '\t' or '\n'
            || text.AsSpan().IndexOfAny(MustBeEscaped) >= 0 || text.EndsWith("\n\n", StringComparison.Ordinal))
        {
            return false;
        }

        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (line.Length > 0 && (line[0] == '\t' || line[^1] is ' ' or '\t'))
            {
                return false;
            }
        }

        return true;
    }

    public static string DoubleQuoted(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (var character in text)
        {
            _ = character switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\n' => quoted.Append("\\n"),
                '\t' => quoted.Append("\\t"),
                '\r' => quoted.Append("\\r"),
                _ when MustBeEscaped.Contains(character) => quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"),
                _ => quoted.Append(character),
            };
        }

        return quoted.Append('"').ToString();
    }

    [GeneratedRegex(@"\A--?[A-Za-z]")]
    private static partial Regex OptionLike();

    [GeneratedRegex(@"\A[A-Za-z0-9_./-]+\z")]
    private static partial Regex SimpleKey();

    // What kubectl takes for text and another reader may not: dates, sexagesimals (1:20), integers of over 64 bits with a radix,
    // and the floats of YAML 1.1, which may begin with a point and have underscores.
    [GeneratedRegex(@"\A([0-9]{4}-[0-9]|[-+]?[0-9][0-9_]*(:[0-9_]+)+(\.[0-9_]*)?\z|[-+]?0[xXoObB][0-9a-fA-F_]+\z|[-+]?[0-9_]*\.[0-9_]*([eE][-+]?[0-9]+)?\z)")]
    private static partial Regex ReadOtherwiseElsewhere();
}
