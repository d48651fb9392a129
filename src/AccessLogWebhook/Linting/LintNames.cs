using AccessLogWebhook.Policy.Linting;

namespace AccessLogWebhook.Linting;

/// <summary>Severities in words: of people, and of SARIF.</summary>
internal static class LintNames
{
    public static string Of(LintSeverity severity) => severity switch
    {
        LintSeverity.Error => "error",
        LintSeverity.Warning => "warning",
        _ => "note",
    };

    /// <summary>What a finding says, and what to do.</summary>
    public static string TextOf(LintFinding finding) => $"{finding.Message} {finding.Fix}";
}
