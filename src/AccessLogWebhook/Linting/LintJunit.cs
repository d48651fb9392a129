using AccessLogWebhook.Forms;
using AccessLogWebhook.Policy.Linting;

namespace AccessLogWebhook.Linting;

/// <summary>
/// JUnit: a suite for each object, a case for each finding, or one that passes where there is none. What is lighter than what fails the command does not
/// fail its case either.
/// </summary>
internal static class LintJunit
{
    public static void Write(TextWriter output, IEnumerable<LintedObject> linted, LintSeverity failOn) =>
        JunitReport.Write(output, "accesslog lint", [.. linted.Select(@object => new JunitSuite(@object.Title, Cases(@object, failOn)))]);

    private static JunitCase[] Cases(LintedObject @object, LintSeverity failOn)
    {
        var file = @object.HasFile ? @object.Source : "";
        return @object.Findings.IsEmpty
            ? [new JunitCase("no findings", @object.Title, file, 0, null, "")]
            : [.. @object.Findings.Select(found => CaseOf(@object, file, found, failOn))];
    }

    private static JunitCase CaseOf(LintedObject @object, string file, PlacedFinding found, LintSeverity failOn)
    {
        var (finding, rule) = (found.Finding, found.Finding.Rule);
        var text = $"{(@object.Source.Length > 0 ? $"{@object.Source}:{found.Line}:{found.Column}: " : "")}{finding.Path}: {LintNames.TextOf(finding)}";
        var severity = LintNames.Of(rule.Severity);
        return new JunitCase(
            $"{rule.Id} {rule.Name} {finding.Path}",
            @object.Title,
            file,
            found.Line,
            rule.Severity <= failOn ? new JunitFailure(severity, finding.Message, text) : null,
            $"{severity}: {text}");
    }
}
