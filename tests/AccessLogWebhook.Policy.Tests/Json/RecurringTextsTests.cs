using System.Text;
using AccessLogWebhook.Policy.Json;
using CsCheck;

namespace AccessLogWebhook.Policy.Tests.Json;

public sealed class RecurringTextsTests
{
    [Fact]
    public void A_text_is_what_its_bytes_are_however_often_it_comes_and_from_whatever_thread() =>
        Gen.Frequency((9, Gen.String[Gen.Char["ab/-.ü€"], 0, 6]), (1, Gen.String[Gen.Char["ab"], RecurringTexts.Longest - 1, RecurringTexts.Longest + 2])).Array[1, 50]
            .Sample(texts => Assert.All(texts, text => Assert.Equal(text, RecurringTexts.Of(Encoding.UTF8.GetBytes(text)))));

    [Fact]
    public void A_recurring_text_is_one_string() =>
        // Other tests use the table, too, and may take the text's place between the two.
        Assert.Contains(
            Enumerable.Range(0, 100), _ => ReferenceEquals(RecurringTexts.Of("app.kubernetes.io/name"u8), RecurringTexts.Of("app.kubernetes.io/name"u8)));

    [Theory]
    [InlineData("längst")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456")]
    public void What_hardly_recurs_is_not_kept(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);

        Assert.NotSame(RecurringTexts.Of(utf8), RecurringTexts.Of(utf8));
    }
}
