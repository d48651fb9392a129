using System.Buffers;
using System.Text;
using AccessLogWebhook.Reviewing;

namespace AccessLogWebhook.Forms;

/// <summary>
/// Fields of RFC 4180. A table calculator takes what begins like a formula for one, and runs it: such a text is given an apostrophe, which marks text there. Where the decimal mark is a
/// comma, calculators part cells at semicolons, and then the quotes of a field in the middle of a line are no quotes to them: so what comes after a semicolon begins a cell, too.
/// </summary>
internal static class CsvText
{
    private static readonly SearchValues<char> Quoted = SearchValues.Create("\",\r\n;'");

    public static void WriteLine(TextWriter output, params ReadOnlySpan<string> fields)
    {
        for (var index = 0; index < fields.Length; index++)
        {
            if (index > 0)
            {
                output.Write(',');
            }

            output.Write(Field(fields[index]));
        }

        output.Write("\r\n");
    }

    public static string Field(string text)
    {
        // Tabs and line breaks, which begin formulas too, become blanks here, and may leave one behind them.
        var safe = TerminalText.Safe(text);
        if (IsFormula(safe))
        {
            safe = $"'{safe}";
        }

        if (safe.Contains(';', StringComparison.Ordinal))
        {
            safe = Marked(safe);
        }

        return safe.AsSpan().IndexOfAny(Quoted) >= 0 || safe.StartsWith(' ') || safe.EndsWith(' ')
            ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : safe;
    }

    private static string Marked(string text)
    {
        var marked = new StringBuilder(text.Length + 8);
        var isStart = false;
        // From the end, so that what a cell begins with is known when its semicolon comes: a row of semicolons and blanks is walked once.
        for (var index = text.Length - 1; index >= 0; index--)
        {
            var character = text[index];
            if (character == ';' && isStart)
            {
                marked.Append('\'');
            }

            isStart = IsStartOfFormula(character) || (isStart && (character == '"' || char.IsWhiteSpace(character)));
            marked.Append(character);
        }

        var characters = marked.ToString().ToCharArray();
        Array.Reverse(characters);
        return new string(characters);
    }

    private static bool IsFormula(string text) => text.AsSpan().TrimStart() is [var first, ..] && IsStartOfFormula(first);

    // The full-width forms are the same characters to calculators of East Asian locales.
    private static bool IsStartOfFormula(char first) => first is '=' or '+' or '-' or '@' or '|' or '%' or '＝' or '＋' or '－' or '＠';
}
