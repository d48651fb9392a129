using System.Text.RegularExpressions;
using AccessLogWebhook.Policy.Linting;

namespace AccessLogWebhook.Policy.Tests.Linting;

public sealed partial class LintRulesTests
{
    [Fact]
    public void Ids_are_in_order_and_never_twice() =>
        Assert.Equal(Enumerable.Range(1, LintRules.All.Length).Select(number => $"AL{number:000}"), LintRules.All.Select(rule => rule.Id));

    [Fact]
    public void Names_are_in_kebab_case_and_never_twice()
    {
        Assert.Equal(LintRules.All.Length, LintRules.All.Select(rule => rule.Name).Distinct(StringComparer.Ordinal).Count());
        Assert.All(LintRules.All, rule => Assert.Matches(KebabCase(), rule.Name));
    }

    [Fact]
    public void Descriptions_and_fixes_are_sentences_that_fit_a_table() => Assert.All(LintRules.All, rule =>
    {
        Assert.Matches(Sentence(), rule.Description);
        Assert.Matches(Sentence(), rule.Fix);
    });

    [GeneratedRegex(@"\A[a-z0-9]+(-[a-z0-9]+)*\z")]
    private static partial Regex KebabCase();

    [GeneratedRegex(@"\A[A-Z][^|\n]{3,250}\.\z")]
    private static partial Regex Sentence();
}
