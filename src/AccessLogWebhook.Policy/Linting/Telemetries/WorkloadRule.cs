using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Linting.Doubles;

namespace AccessLogWebhook.Policy.Linting.Telemetries;

/// <summary>
/// AL058. Source: Istio's <c>pilot/pkg/model/telemetry.go applicableTelemetries</c>, which applies all that select a workload by age, so that of what they
/// contradict each other in the youngest counts; its analyzer calls it IST0159.
/// </summary>
internal static class WorkloadRule
{
    public static void Check(LintPass pass)
    {
        if (pass.Subject.Telemetry is null || ProviderRule.IsWide(pass.Subject.Attachment))
        {
            return;
        }

        var others = pass.Context.Others
            .Where(other => other.Telemetry is { TouchesLogs: true } && !other.IsSameAs(pass.Subject) && other.Namespace == pass.Subject.Namespace
                && !ProviderRule.IsWide(other.Attachment) && Overlap.IsCertain(pass, other))
            .Select(other => other.Name)
            .Order(StringComparer.Ordinal)
            .ToList();
        if (others.Count > 0)
        {
            pass.Add(
                LintRules.SameWorkload, pass.Subject.Spec["selector"] ?? pass.Subject.Spec["targetRefs"] ?? pass.Subject.Spec,
                $"Telemetry {Excerpt.Of(string.Join(", ", others))} selects the same workloads. Where they contradict each other, the youngest counts.");
        }
    }
}
