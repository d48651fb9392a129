namespace AccessLogWebhook.Policy.Linting.Selection;

/// <summary>
/// AL050. Source: Istio's <c>pilot/pkg/networking/core/listener_builder.go patchListeners</c>: GATEWAY is for proxies of the type router; waypoints, to
/// which alone GatewayClasses, Services and ServiceEntries lead, are patched as SIDECAR_INBOUND and SIDECAR_OUTBOUND.
/// </summary>
internal static class TargetContextRule
{
    public static void Check(LintPass pass)
    {
        var targets = pass.Subject.Attachment.TargetRefs;
        if (targets.IsEmpty || !targets.All(target => target.Kind is "GatewayClass" or "Service" or "ServiceEntry"))
        {
            return;
        }

        foreach (var patch in pass.Patches.Where(patch => patch.Context == "GATEWAY"))
        {
            pass.Add(LintRules.ContextOfNoTarget, patch.Match!["context"]!, "The targetRefs lead to waypoints, and to a waypoint the context GATEWAY does not apply.");
        }
    }
}
