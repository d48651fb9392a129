using System.Collections.Immutable;

namespace AccessLogWebhook.Policy.Linting.Doubles;

/// <summary>
/// Several lines for a request. Source: Istio's <c>pkg/proto/merge/merge.go mergeList</c>: MERGE appends to a list, so that each EnvoyFilter and the
/// Telemetries before them add an access log of their own (istio#38230, istio#57383).
/// </summary>
internal static class DoubleRules
{
    public static ImmutableArray<Action<LintPass>> All { get; } = [WithinRule.Check, FilterPairRule.Check, TelemetryPairRule.Check, ManagedPairRule.Check];
}
