using AccessLogWebhook.Policy.Linting.EnvoyFilters;

namespace AccessLogWebhook.Policy.Linting.Patches;

/// <summary>
/// AL006. Source: Istio's <c>pilot/pkg/networking/core/envoyfilter/listener_patch.go</c>: filters are merged where the operation is <c>Patch_MERGE</c>
/// and no other; REPLACE and REMOVE of a filter are passed over without a match on it; of listeners and filter chains there is only ADD, REMOVE
/// and merging. Istio's own example of a valid MERGE_AND_REPLACE_LIST is one of those that do nothing.
/// </summary>
internal static class EffectRule
{
    public static void Check(LintPass pass)
    {
        foreach (var patch in pass.Patches)
        {
            if (Fault(patch) is var (message, fix))
            {
                pass.Add(LintRules.IneffectiveOperation, patch.Field["patch"]!["operation"]!, message, fix);
            }
        }
    }

    private static (string Message, string Fix)? Fault(FilterPatch patch) => patch switch
    {
        { Operation: "MERGE_AND_REPLACE_LIST", ApplyTo: "NETWORK_FILTER" or "HTTP_FILTER" or "LISTENER_FILTER" } => (
            $"MERGE_AND_REPLACE_LIST of a {patch.ApplyTo} is accepted, and does nothing: Istio has it for listeners, filter chains, clusters and routes only.",
            "Use MERGE, and a Telemetry with providers: [{name: envoy}], disabled: true to silence the access log that MERGE adds to."),
        { Operation: "REPLACE", ApplyTo: "LISTENER" or "FILTER_CHAIN" } => ($"REPLACE of a {patch.ApplyTo} is accepted, and does nothing.", "Use MERGE."),
        { Operation: "REPLACE" or "REMOVE", ApplyTo: "NETWORK_FILTER", Filter: null } => (
            $"{patch.Operation} of a NETWORK_FILTER without a match on the filter does nothing.", "Use MERGE, with match.listener.filterChain.filter.name."),
        _ => null,
    };
}
