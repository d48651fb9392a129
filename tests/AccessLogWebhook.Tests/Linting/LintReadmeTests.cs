using System.Runtime.CompilerServices;
using AccessLogWebhook.Linting;
using AccessLogWebhook.Policy.Linting;

namespace AccessLogWebhook.Tests.Linting;

/// <summary>The README has the one table of all rules.</summary>
public sealed class LintReadmeTests
{
    [Fact]
    public void The_table_in_the_README_has_every_rule()
    {
        var path = Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../../README.md");
        var readme = File.ReadAllText(path);
        var begin = readme.IndexOf("| id | severity | what | fix |\n", StringComparison.Ordinal);
        Assert.True(begin > readme.IndexOf("\n## Lint\n", StringComparison.Ordinal));
        var end = readme.IndexOf("\n\n", begin, StringComparison.Ordinal) + 1;
        var table = "| id | severity | what | fix |\n|---|---|---|---|\n"
            + string.Concat(LintRules.All.Select(rule => $"| `{rule.Id}` {rule.Name} | {LintNames.Of(rule.Severity)} | {rule.Description} | {rule.Fix} |\n"));
#pragma warning disable RS0030 // The switch of the test run, no setting of the product.
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
#pragma warning restore RS0030
        {
            File.WriteAllText(path, $"{readme[..begin]}{table}{readme[end..]}");
        }
        else
        {
            Assert.Equal(table, readme[begin..end]);
        }
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
