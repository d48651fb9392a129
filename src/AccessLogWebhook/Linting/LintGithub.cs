using System.Globalization;
using System.Text;
using AccessLogWebhook.Policy.Linting;
using AccessLogWebhook.Reviewing;

namespace AccessLogWebhook.Linting;

/// <summary>
/// Workflow commands, which GitHub turns into annotations of a pull request. Source: GitHub's actions/toolkit, <c>packages/core/src/command.ts</c>, for
/// what is escaped where.
/// </summary>
internal static class LintGithub
{
    public static string Write(IEnumerable<LintedObject> linted)
    {
        var output = new StringBuilder();
        foreach (var @object in linted)
        {
            foreach (var found in @object.Findings)
            {
                var (finding, rule) = (found.Finding, found.Finding.Rule);
                output.Append("::").Append(rule.Severity == LintSeverity.Note ? "notice" : LintNames.Of(rule.Severity)).Append(' ');
                if (@object.HasFile)
                {
                    output.Append(CultureInfo.InvariantCulture, $"file={Property(@object.Source)},line={found.Line},col={found.Column},");
                }

                output.Append("title=").Append(Property($"{rule.Id} {rule.Name}")).Append("::")
                    .Append(Data($"{@object.Title}: {finding.Path}: {finding.Message}")).Append("%0A").Append(Data(finding.Fix)).Append('\n');
            }
        }

        return output.ToString();
    }

    private static string Data(string text) => TerminalText.Safe(text).Replace("%", "%25", StringComparison.Ordinal);

    private static string Property(string text) =>
        Data(text).Replace(":", "%3A", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);
}
