using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Linting.Selection;

/// <summary>
/// AL045 and AL046. Source: Istio's <c>pilot/pkg/model/policyattachment.go ShouldAttachPolicy</c>: a proxy with the label
/// <c>gateway.networking.k8s.io/gateway-name</c> is matched by a selector only by a feature flag, and a waypoint never.
/// </summary>
internal static class GatewaySelectorRule
{
    public static void Check(LintPass pass)
    {
        if (pass.Subject.Attachment.Selector is not { Count: > 0 } selector || !pass.Subject.Attachment.TargetRefs.IsEmpty
            || SelectorRule.Labels(pass.Subject).Labels is not { } labels)
        {
            return;
        }

        var pods = pass.Pods;
        if (GatewayClasses.IsWaypoint(selector) || (pods.Waypoints > 0 && pods.Waypoints == pods.Within.Count))
        {
            pass.Add(
                LintRules.SelectorForWaypoint, labels, "The selector is for waypoints, and waypoints ignore selectors.",
                $"Use targetRefs: [{{group: gateway.networking.k8s.io, kind: Gateway, name: {Excerpt.Of(selector[MeshKeys.GatewayName] ?? "NAME")}}}], in the waypoint's namespace.");
        }
        else if (selector.ContainsKey(MeshKeys.GatewayName) || selector.ContainsKey(MeshKeys.GatewayClassName) || (pods.Gateways > 0 && pods.Gateways == pods.Within.Count))
        {
            pass.Add(LintRules.SelectorForGateway, labels, "The selector is for gateways of the Gateway API, which are reached by one only while istiod's ENABLE_SELECTOR_BASED_K8S_GATEWAY_POLICY is on.");
        }
    }
}
