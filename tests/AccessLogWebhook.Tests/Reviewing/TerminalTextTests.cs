using AccessLogWebhook.Reviewing;

namespace AccessLogWebhook.Tests.Reviewing;

public sealed class TerminalTextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("Pod shop/api-", "Pod shop/api-")]
    [InlineData("Grüße, 日本 😀 …", "Grüße, 日本 😀 …")]
    [InlineData("[red]markup[/]", "[red]markup[/]")]
    [InlineData("a\nb\r\nc\td", "a b  c d")]
    [InlineData("\e[31m\a\0\u007f\u009b", "\uFFFD[31m\uFFFD\uFFFD\uFFFD\uFFFD")]
    [InlineData("\u202eabc\u2028\u200b\ufeff", "\uFFFDabc\uFFFD\uFFFD\uFFFD")]
    public void Only_what_is_visible_comes_through(string text, string safe) => Assert.Equal(safe, TerminalText.Safe(text));
}
