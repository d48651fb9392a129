using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Linting.Telemetries;

/// <summary>
/// AL060. Source: Istio's <c>pilot/pkg/model/telemetry.go workloadMode</c>: the listeners of a gateway are of the mode CLIENT. A gateway is known by the labels
/// that Istio's charts and its Gateway API controller put on its Pods.
/// </summary>
internal static class ModeRule
{
    public static void Check(LintPass pass)
    {
        if (pass.Subject.Telemetry is not { } telemetry || pass.Subject.Attachment.Selector is not { } selector || !IsGateway(selector))
        {
            return;
        }

        foreach (var entry in telemetry.Entries.Where(entry => entry.Mode == "SERVER"))
        {
            pass.Add(LintRules.ServerModeOfGateway, entry.Field["match"]!["mode"]!, "The selector is for a gateway, all of whose listeners are CLIENT to Istio: the entry never applies.");
        }
    }

    private static bool IsGateway(LabelSet selector) =>
        selector.ContainsKey(MeshKeys.GatewayName)
        || selector["istio"] is "ingressgateway" or "egressgateway"
        || selector["app"] is "istio-ingressgateway" or "istio-egressgateway";
}
