using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Linting.Selection;

/// <summary>
/// AL051. Source: Istio's <c>manifests/charts/istio-control/istio-discovery/templates/validatingadmissionpolicy.yaml</c>, which refuses every EnvoyFilter,
/// and Telemetries with a filter, by the label of its revision.
/// </summary>
internal static class ChannelRule
{
    public static void Check(LintPass pass)
    {
        if (pass.Subject.Labels.ContainsKey(MeshKeys.Revision)
            && (pass.Subject.Telemetry?.Entries.Any(entry => entry.Filter is not null) ?? true)
            && pass.Subject.Metadata["labels"]?[MeshKeys.Revision] is { } label)
        {
            pass.Add(
                LintRules.StableChannel, label,
                $"Where revision {Excerpt.Of(label.Text ?? "")} of Istio is installed with stableValidationPolicy, the API server refuses "
                + (pass.Subject.Telemetry is null ? "EnvoyFilters with this label." : "Telemetries with this label and a filter."));
        }
    }
}
