using System.Globalization;
using System.Text;

namespace AccessLogWebhook.Forms;

/// <summary>
/// JSON on its way out. The writer escapes what is control; characters that reverse the direction of text or hide it are let through by it, and
/// escaped here: they are the same JSON then.
/// </summary>
internal static class JsonText
{
    /// <summary>The text with a line break at its end.</summary>
    public static string Of(ReadOnlySpan<byte> utf8) => $"{Escaped(utf8)}\n";

    /// <summary>The text, or a part of one.</summary>
    public static string Escaped(ReadOnlySpan<byte> utf8)
    {
        if (Ascii.IsValid(utf8))
        {
            return Encoding.ASCII.GetString(utf8);
        }

        var text = new StringBuilder(utf8.Length);
        Span<char> units = stackalloc char[2];
        foreach (var rune in Encoding.UTF8.GetString(utf8).EnumerateRunes())
        {
            if (rune.IsAscii || Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator))
            {
                text.Append(rune);
                continue;
            }

            foreach (var unit in units[..rune.EncodeToUtf16(units)])
            {
                text.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}");
            }
        }

        return text.ToString();
    }
}
