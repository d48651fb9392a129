using System.Text;
using AccessLogWebhook.Forms;

namespace AccessLogWebhook.Tests.Forms;

public sealed class CsvTextTests
{
    [Theory]
    [InlineData("api", "api")]
    [InlineData("", "")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"hi\"", "\"say \"\"hi\"\"\"")]
    [InlineData("=1+1", "\"'=1+1\"")]
    [InlineData("+1", "\"'+1\"")]
    [InlineData("-1", "\"'-1\"")]
    [InlineData("@SUM(A1)", "\"'@SUM(A1)\"")]
    [InlineData("\t=1", "\"' =1\"")]
    [InlineData("\r\n=1", "\"'  =1\"")]
    [InlineData("  =1", "\"'  =1\"")]
    [InlineData("＝1", "\"'＝1\"")]
    [InlineData("a\nb", "a b")]
    [InlineData("\e[2J", "\uFFFD[2J")]
    [InlineData("a=b", "a=b")]
    [InlineData("a;=1+1", "\"a;'=1+1\"")]
    [InlineData("a; \t=1", "\"a;'  =1\"")]
    [InlineData("a;\"=1", "\"a;'\"\"=1\"")]
    [InlineData("a;;@x", "\"a;;'@x\"")]
    [InlineData("=1;－2", "\"'=1;'－2\"")]
    [InlineData("a; b;c=1", "\"a; b;c=1\"")]
    [InlineData("a,=1", "\"a,=1\"")]
    public void A_field_is_text_to_every_reader(string text, string field) => Assert.Equal(field, CsvText.Field(text));

    [Theory]
    [InlineData(',')]
    [InlineData(';')]
    public void No_cell_is_a_formula_whichever_separator_the_calculator_knows(char separator)
    {
        foreach (var text in Texts("=;\", a", 5))
        {
            using var line = new StringWriter();
            CsvText.WriteLine(line, text, "x", text, text);
            Assert.All(CellsOf(line.ToString(), separator), cell => Assert.False(cell.TrimStart().StartsWith('='), $"{text}: {line}"));
        }
    }

    private static IEnumerable<string> Texts(string alphabet, int longest) => longest == 0
        ? [""]
        : Texts(alphabet, longest - 1).SelectMany(text => text.Length == longest - 1 ? alphabet.Select(character => $"{text}{character}").Prepend(text) : [text]);

    /// <summary>As calculators read: quotes count at the beginning of a cell only, and what comes behind the closing one belongs to it.</summary>
    private static List<string> CellsOf(string text, char separator)
    {
        var cells = new List<string>();
        for (var index = 0; index < text.Length; index++)
        {
            var cell = new StringBuilder();
            if (text[index] == '"')
            {
                for (index++; index < text.Length && (text[index] != '"' || (index + 1 < text.Length && text[index + 1] == '"')); index++)
                {
                    index += text[index] == '"' ? 1 : 0;
                    cell.Append(text[index]);
                }

                index++;
            }

            for (; index < text.Length && text[index] != separator && text[index] != '\n'; index++)
            {
                cell.Append(text[index]);
            }

            cells.Add(cell.ToString());
        }

        return cells;
    }
}
