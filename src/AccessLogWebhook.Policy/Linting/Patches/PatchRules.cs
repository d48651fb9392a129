using System.Collections.Immutable;

namespace AccessLogWebhook.Policy.Linting.Patches;

/// <summary>What Istio makes of the patches of an EnvoyFilter.</summary>
internal static class PatchRules
{
    public static ImmutableArray<Action<LintPass>> All { get; } =
    [
        OperationRule.Check, CompletenessRule.Check, MatchRule.Check, MergeRule.Check, EffectRule.Check, FilterNameRule.Check, ContextRule.Check, ReplacementRule.Check,
        RemovalRule.Check, VersionRule.Check,
    ];
}
