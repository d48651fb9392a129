using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Linting.Selection;

/// <summary>
/// AL041 and AL042. Source: Istio's <c>pkg/config/validation/validation.go ValidateAlphaWorkloadSelector</c> and <c>validateWorkloadSelector</c>: "wildcard is
/// not supported in selector", "empty key is not supported", and the warning "workload selector specified without labels".
/// </summary>
internal static class SelectorRule
{
    public static void Check(LintPass pass)
    {
        if (Labels(pass.Subject) is not ({ IsObject: true } selector, var given))
        {
            return;
        }

        if (given is not { IsObject: true } labels || labels.Value.GetPropertyCount() == 0)
        {
            var everything = pass.IsInRootNamespace ? "the whole mesh" : $"all of namespace {Excerpt.Of(pass.Subject.Namespace)}";
            pass.Add(LintRules.EmptySelector, given ?? selector, $"The selector has no labels, and so selects {everything}.", $"Give it labels, or remove it if {everything} is meant.");
            return;
        }

        foreach (var (key, value) in labels.Members())
        {
            if (key.Length == 0 || key.Contains('*', StringComparison.Ordinal) || value.Text?.Contains('*', StringComparison.Ordinal) == true)
            {
                pass.Add(LintRules.Wildcard, value, $"A selector has no wildcards and no empty keys, and Istio refuses {Excerpt.Of($"{key}={value.Text}")}.");
            }
        }
    }

    /// <summary>The selector and its labels, as fields.</summary>
    public static (Field? Selector, Field? Labels) Labels(LintSubject subject)
    {
        var isTelemetry = subject.Kind == LoggingResourceKind.Telemetry;
        var selector = subject.Spec[isTelemetry ? "selector" : "workloadSelector"];
        return (selector, selector?[isTelemetry ? "matchLabels" : "labels"]);
    }
}
