using System.Collections.Immutable;

namespace AccessLogWebhook.Policy.Linting.Telemetries;

/// <summary>What Istio makes of a Telemetry's access logging.</summary>
internal static class TelemetryRules
{
    public static ImmutableArray<Action<LintPass>> All { get; } = [ProviderRule.Check, NamespaceRule.Check, WorkloadRule.Check, ModeRule.Check];
}
