using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Linting.Selection;

/// <summary>
/// AL043, AL044 and AL059, where Pods are known. Sources: Istio's <c>pilot/pkg/model/push_context.go EnvoyFilters</c> (the root namespace, and the
/// proxy's own) and <c>pilot/pkg/model/telemetry.go applicableTelemetries</c> (with a selector, the proxy's own alone). Istio's analyzers say
/// nothing of the kind about EnvoyFilters.
/// </summary>
internal static class PodRule
{
    public static void Check(LintPass pass)
    {
        if (pass.Subject.Attachment.Selector is not { Count: > 0 } selector || !pass.Subject.Attachment.TargetRefs.IsEmpty
            || SelectorRule.Labels(pass.Subject).Labels is not { } labels)
        {
            return;
        }

        var pods = pass.Pods;
        var isTelemetry = pass.Subject.Kind == LoggingResourceKind.Telemetry;
        if (isTelemetry && pass.IsInRootNamespace && (pods.Elsewhere > 0 || !pods.AnyKnown || selector.ContainsKey(AccessLogKeys.Profile)))
        {
            var there = pods.Elsewhere > 0 ? $". {There(pods)} these labels" : "";
            pass.Add(
                LintRules.RootTelemetry, labels,
                $"A Telemetry with a selector reaches workloads of its own namespace only, unlike an EnvoyFilter in the root namespace{there}.",
                "Put one into each namespace, or use an EnvoyFilter.");
        }
        else if (pods.Within.Count == 0 && pods.Elsewhere > 0)
        {
            pass.Add(
                LintRules.PodsElsewhere, labels,
                $"No Pod of namespace {Excerpt.Of(pass.Subject.Namespace)} has these labels. {There(pods)} them, and {(pods.Elsewhere == 1 ? "is" : "are")} not reached.",
                isTelemetry ? "Move the Telemetry to the Pods' namespace." : $"Move the EnvoyFilter to the Pods' namespace, or to the root namespace {Excerpt.Of(pass.Context.RootNamespace)} to reach all.");
        }
        // Our own labels are put on Pods that are still to come.
        else if (pods is { AnyKnown: true, Within.Count: 0 } && !selector.ContainsKey(AccessLogKeys.Profile))
        {
            pass.Add(LintRules.SelectsNoPod, labels, $"No Pod that is known has the labels {Excerpt.Of(selector.ToString())}.");
        }
    }

    private static string There(SelectedPods pods) => pods.Elsewhere == 1
        ? $"1 Pod of namespace {Excerpt.Of(pods.ElsewhereIn)} has"
        : $"{pods.Elsewhere} Pods of other namespaces, such as {Excerpt.Of(pods.ElsewhereIn)}, have";
}
