using System.Buffers;
using AccessLogWebhook.Reviewing;

namespace AccessLogWebhook.Forms;

/// <summary>Fields of RFC 4180. A table calculator takes what begins like a formula for one, and runs it: such a text is given an apostrophe, which marks text there.</summary>
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

        return safe.AsSpan().IndexOfAny(Quoted) >= 0 || safe.StartsWith(' ') || safe.EndsWith(' ')
            ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : safe;
    }

    // The full-width forms are the same characters to calculators of East Asian locales.
    private static bool IsFormula(string text) => text.AsSpan().TrimStart() is [var first, ..] && first is '=' or '+' or '-' or '@' or '|' or '%' or '＝' or '＋' or '－' or '＠';
}
