using System.Collections.Immutable;

namespace AccessLogWebhook.Policy.Linting.Loggers;

/// <summary>What the access logs of an EnvoyFilter do.</summary>
internal static class LoggerRules
{
    public static ImmutableArray<Action<LintPass>> All { get; } =
    [
        SinkRule.Check, NameRule.Check, FileRule.Check, FilterRule.Check, ListenerRule.Check, TunnelRule.Check, ClusterRule.Check, HeaderRule.Check, FormatRule.Check,
    ];
}
