using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Linting.Selection;

/// <summary>
/// AL040. Sources: the CRDs' rule "only one of targetRefs or workloadSelector can be set" and Istio's
/// <c>pkg/config/validation/validation.go validateOneOfSelectorType</c>.
/// </summary>
internal static class ExclusionRule
{
    public static void Check(LintPass pass)
    {
        var selector = pass.Subject.Kind == LoggingResourceKind.Telemetry ? "selector" : "workloadSelector";
        string[] ways = pass.Subject.Kind == LoggingResourceKind.Telemetry ? [selector, "targetRef", "targetRefs"] : [selector, "targetRefs"];
        var given = ways.Where(way => pass.Subject.Spec[way] is not null).ToList();
        if (given.Count > 1)
        {
            pass.Add(
                LintRules.SelectorAndTarget, pass.Subject.Spec[given[1]]!, $"{given[0]} and {given[1]} exclude each other, and the API server refuses them together.",
                $"Remove {given[0]} to reach Gateways and waypoints, or {given[1]} to reach Pods by their labels.");
        }
    }
}
