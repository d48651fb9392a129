using System.Buffers;
using System.Globalization;
using System.Text;

namespace AccessLogWebhook.Policy.Json;

/// <summary>
/// What a message or a log line quotes of a request: short enough that the API server cuts no warning, and without characters that are not seen, so that nobody
/// begins a line of their own, moves a terminal's cursor or reverses the direction of what is read. Names and labels are
/// checked by the API server only after webhooks have seen them, so they may hold anything.
/// </summary>
public static class Excerpt
{
    // The usual text needs no second look: printable ASCII, and what our own messages have beside it.
    private static readonly SearchValues<char> Harmless = SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(code => (char)code), '…', '–']);

    public static string Of(string text, int longest = 80) =>
        Visible(text.Length <= longest ? text : $"{text.AsSpan(0, char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest)}…");

    /// <summary>The text whole, with U+FFFD for what is control, hides itself, or is no character.</summary>
    public static string Visible(string text)
    {
        if (text.AsSpan().IndexOfAnyExcept(Harmless) < 0)
        {
            return text;
        }

        var visible = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            visible.Append(IsVisible(rune) ? rune : Rune.ReplacementChar);
        }

        return visible.ToString();
    }

    private static bool IsVisible(Rune rune) => Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}
