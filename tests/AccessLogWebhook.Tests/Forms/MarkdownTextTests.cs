using AccessLogWebhook.Forms;

namespace AccessLogWebhook.Tests.Forms;

public sealed class MarkdownTextTests
{
    [Theory]
    [InlineData("api", "`api`")]
    [InlineData("", "–")]
    [InlineData(" ", "–")]
    [InlineData("a|b", "`a\\|b`")]
    [InlineData("a`b", "``a`b``")]
    [InlineData("``", "``` `` ```")]
    [InlineData("a\n# b", "`a # b`")]
    [InlineData("<img src=x onerror=alert(1)> @user [x](http://evil)", "`<img src=x onerror=alert(1)> @user [x](http://evil)`")]
    [InlineData("\u202ex", "`\uFFFDx`")]
    public void Text_is_shown_as_it_stands(string text, string code) => Assert.Equal(code, MarkdownText.Code(text));
}
