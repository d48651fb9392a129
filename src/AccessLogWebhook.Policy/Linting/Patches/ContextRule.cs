namespace AccessLogWebhook.Policy.Linting.Patches;

/// <summary>
/// AL008. Source: Istio's <c>pilot/pkg/networking/core/listener_builder.go patchListeners</c>, which knows GATEWAY, SIDECAR_INBOUND and
/// SIDECAR_OUTBOUND, the latter two for waypoints as well; <c>EnvoyFilter_WAYPOINT</c> stands in the validator alone.
/// </summary>
internal static class ContextRule
{
    public static void Check(LintPass pass)
    {
        foreach (var patch in pass.Patches.Where(patch => patch.Context == "WAYPOINT"))
        {
            pass.Add(LintRules.WaypointContext, patch.Match!["context"]!, "Istio accepts the context WAYPOINT, and applies no patch that has it.");
        }
    }
}
