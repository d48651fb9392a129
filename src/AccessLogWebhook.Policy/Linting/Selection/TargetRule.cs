using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Linting.Selection;

/// <summary>
/// AL047. Sources: Istio's <c>pilot/pkg/model/policyattachment.go ShouldAttachPolicy</c> and
/// <c>pkg/config/validation/validation.go validatePolicyTargetReference</c>. For a Telemetry in the root namespace <c>applicableTelemetries</c> asks only
/// those of the proxy's namespace, so that the GatewayClass reaches waypoints of the root namespace alone.
/// </summary>
internal static class TargetRule
{
    private const string GatewayGroup = "gateway.networking.k8s.io";

    public static void Check(LintPass pass)
    {
        foreach (var (field, target) in pass.Subject.Targets.Zip(pass.Subject.Attachment.TargetRefs))
        {
            if (Fault(pass, target) is var (message, fix))
            {
                pass.Add(LintRules.UselessTarget, field, message, fix);
            }
        }
    }

    private static (string Message, string Fix)? Fault(LintPass pass, TargetReference target) => target switch
    {
        { Name: "" } => ("The targetRef has no name.", "Add the name."),
        { Namespace.Length: > 0 } => (
            "A targetRef into a namespace is not supported, and the API server refuses it.", "Remove the namespace, and put the resource into the target's own."),
        { Kind: "Gateway", Group: "networking.istio.io" } => (
            "A targetRef reaches Gateways of gateway.networking.k8s.io, not those of networking.istio.io.", "Use a selector with the labels of the gateway's Pods."),
        { Kind: "Gateway" or "GatewayClass", Group: not GatewayGroup } => (
            $"There is no {target.Kind} in group \"{Excerpt.Of(target.Group)}\", and the targetRef matches nothing.", $"Add group: {GatewayGroup}."),
        { Kind: "GatewayClass", Name: not GatewayClasses.Waypoint } => (
            $"Of all GatewayClasses only {GatewayClasses.Waypoint} is looked at.", $"Name {GatewayClasses.Waypoint}, or the Gateways themselves."),
        { Kind: "GatewayClass" } when !pass.IsInRootNamespace => (
            $"A targetRef to the GatewayClass counts in the root namespace {Excerpt.Of(pass.Context.RootNamespace)} only.", "Move it there, or name the Gateways themselves."),
        { Kind: "GatewayClass" } when pass.Subject.Kind == LoggingResourceKind.Telemetry => (
            "Istio asks the Telemetries of a waypoint's own namespace only, so that this one reaches no waypoint elsewhere.", "Put a Telemetry with targetRefs into the waypoint's namespace."),
        { Kind: "Gateway" or "GatewayClass" } or { Kind: "Service", Group: "" or "core" } or { Kind: "ServiceEntry", Group: "networking.istio.io" } => null,
        { Kind: "Service" or "ServiceEntry" } => (
            $"There is no {target.Kind} in group \"{Excerpt.Of(target.Group)}\", and the targetRef matches nothing.",
            target.Kind == "Service" ? "Remove the group." : "Use group: networking.istio.io."),
        _ => (
            $"A targetRef reaches gateways and waypoints, never sidecars; a {Excerpt.Of(target.Kind)} is no target, and with targetRefs sidecars ignore the resource altogether.",
            "To reach Pods, use a selector with their labels."),
    };
}
