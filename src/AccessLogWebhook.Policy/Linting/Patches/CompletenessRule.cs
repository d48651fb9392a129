namespace AccessLogWebhook.Policy.Linting.Patches;

/// <summary>AL002. Source: Istio's <c>pkg/config/validation/envoyfilter/envoyfilter.go</c>: "missing applyTo", "missing patch value for non-remove operation".</summary>
internal static class CompletenessRule
{
    public static void Check(LintPass pass)
    {
        foreach (var patch in pass.Patches)
        {
            if (patch.ApplyTo is "" or "INVALID")
            {
                pass.Add(
                    LintRules.IncompletePatch, patch.Field, "The patch has no applyTo, and Istio refuses it.",
                    "Add applyTo: NETWORK_FILTER, or LISTENER for a listener's own access log.");
            }

            if (patch.Value is null && patch.Operation is not ("" or "REMOVE"))
            {
                pass.Add(LintRules.IncompletePatch, patch.Field["patch"]!, $"{patch.Operation} needs a value, and Istio refuses the patch.", "Add patch.value.");
            }
        }
    }
}
