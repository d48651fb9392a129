using System.Collections.Immutable;

namespace AccessLogWebhook.Policy.Linting.Selection;

/// <summary>Which proxies an EnvoyFilter or a Telemetry reaches, and which it was meant to.</summary>
internal static class SelectionRules
{
    public static ImmutableArray<Action<LintPass>> All { get; } =
        [ExclusionRule.Check, SelectorRule.Check, PodRule.Check, GatewaySelectorRule.Check, TargetRule.Check, GatewayTargetRule.Check, TargetContextRule.Check, ChannelRule.Check];
}
