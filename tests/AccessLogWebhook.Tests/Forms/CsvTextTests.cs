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
    public void A_field_is_text_to_every_reader(string text, string field) => Assert.Equal(field, CsvText.Field(text));
}
