using System.Buffers;
using System.Globalization;
using System.Text;

namespace AccessLogWebhook.Reviewing;

/// <summary>
/// Text of manifests on its way to a terminal. A name or a message may hold whatever its author likes, and a terminal obeys escape
/// sequences: what is no visible character becomes U+FFFD, a line break a blank.
/// </summary>
internal static class TerminalText
{
    // The usual text needs no copy: printable ASCII.
    private static readonly SearchValues<char> Harmless = SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(code => (char)code)]);

    public static string Safe(string text)
    {
        if (text.AsSpan().IndexOfAnyExcept(Harmless) < 0)
        {
            return text;
        }

        var safe = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            safe.Append(Replacement(rune) is { } replacement ? new Rune(replacement) : rune);
        }

        return safe.ToString();
    }

    private static char? Replacement(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        _ when rune.Value is '\n' or '\r' or '\t' => ' ',
        // Format characters reverse the direction of text or hide it; the rest is control, or nothing at all.
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned => '\uFFFD',
        _ => null,
    };
}
