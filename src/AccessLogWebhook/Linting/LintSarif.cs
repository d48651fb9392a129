using AccessLogWebhook.Forms;
using AccessLogWebhook.Policy.Linting;

namespace AccessLogWebhook.Linting;

/// <summary>SARIF: all rules, and a result for each finding.</summary>
internal static class LintSarif
{
    public static void Write(TextWriter output, IEnumerable<LintedObject> linted) => SarifLog.Write(
        output,
        [.. LintRules.All.Select(rule => new SarifRule(rule.Id, rule.Name, rule.Description, $"{rule.Description} {rule.Fix}", LintNames.Of(rule.Severity)))],
        from @object in linted
        from found in @object.Findings
        let finding = found.Finding
        select new SarifResult(
            LintRules.All.IndexOf(finding.Rule),
            LintNames.Of(finding.Rule.Severity),
            LintNames.TextOf(finding),
            @object.HasFile ? @object.Source : "",
            found.Line,
            found.Column,
            $"{@object.Title} {finding.Path}"));
}
