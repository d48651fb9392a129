using AccessLogWebhook.Policy.Json;

namespace AccessLogWebhook.Policy.Linting.Telemetries;

/// <summary>
/// AL057. Source: Istio's <c>pilot/pkg/model/telemetry.go namespaceWideTelemetryConfig</c>, which takes the first by age, whatever is in it; its analyzer
/// calls it IST0160.
/// </summary>
internal static class NamespaceRule
{
    public static void Check(LintPass pass)
    {
        if (pass.Subject.Telemetry is null || !ProviderRule.IsWide(pass.Subject.Attachment))
        {
            return;
        }

        var others = pass.Context.Others
            .Where(other => other.Telemetry is not null && !other.IsSameAs(pass.Subject))
            .Select(other => other.Attachment)
            .Concat(pass.Context.Mesh.Telemetries.Values.Where(other => other.Key != pass.Subject.Key))
            .Where(other => other.Key.Namespace == pass.Subject.Namespace && ProviderRule.IsWide(other))
            .Select(other => other.Key.Name)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .ToList();
        if (others.Count > 0)
        {
            pass.Add(
                LintRules.SecondOfNamespace, pass.Subject.Spec,
                $"Namespace {Excerpt.Of(pass.Subject.Namespace)} has another Telemetry without a selector, {Excerpt.Of(string.Join(", ", others))}. Istio uses the oldest, and none of the others.");
        }
    }
}
