using System.Collections.Immutable;

namespace AccessLogWebhook.Policy.Linting;

/// <summary>
/// Finds what an EnvoyFilter or a Telemetry does to access logs that nobody meant: nothing at all, twice, or something that breaks proxies. Pure, and total:
/// whatever the object is, there is an answer.
/// </summary>
public static class Linter
{
    private static readonly ImmutableArray<Action<LintPass>> Rules =
    [
        .. Patches.PatchRules.All,
        .. Messages.MessageRules.All,
        .. Loggers.LoggerRules.All,
        .. Selection.SelectionRules.All,
        .. Doubles.DoubleRules.All,
        .. Telemetries.TelemetryRules.All,
    ];

    /// <summary>
    /// Whether it has to do with access logs: an EnvoyFilter that adds one, or means to, or takes away the filter that has one; a Telemetry with
    /// <c>accessLogging</c>. What does not is not judged.
    /// </summary>
    public static bool TouchesAccessLogs(LintSubject subject) => subject.Filter?.TouchesLogs ?? subject.Telemetry?.TouchesLogs ?? false;

    /// <summary>All findings, in the order of the document; none where it does not touch access logs.</summary>
    public static ImmutableArray<LintFinding> Lint(LintSubject subject, LintContext context)
    {
        if (!TouchesAccessLogs(subject))
        {
            return [];
        }

        var pass = new LintPass(subject, context);
        foreach (var rule in Rules)
        {
            rule(pass);
        }

        return pass.Findings.InOrder();
    }
}
