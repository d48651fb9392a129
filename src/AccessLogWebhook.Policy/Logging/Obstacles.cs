using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Logging;

/// <summary>Why a resource does not reach a proxy, in words. The rules are those of <see cref="Attachment"/>.</summary>
public static class Obstacles
{
    /// <returns>A clause that follows the resource's title: <c>selects app=api, which the Pod does not carry</c>; null where nothing is in the way.</returns>
    public static string? Of(LoggingResource resource, Proxy proxy, string rootNamespace)
    {
        if (Attachment.Reaches(resource, proxy, rootNamespace))
        {
            return null;
        }

        var @namespace = Excerpt.Of(resource.Key.Namespace);
        if (!Attachment.Considers(resource, proxy.Namespace, rootNamespace))
        {
            return resource.Key.Namespace == rootNamespace
                ? $"has a selector or targetRefs, and so reaches proxies of {@namespace} only, though it is in the root namespace"
                : $"is in namespace {@namespace}, and reaches proxies of that namespace only";
        }

        return proxy switch
        {
            Proxy.Waypoint { Served: not null } waypoint when Attachment.Reaches(resource, waypoint with { Served = null }, rootNamespace) =>
                $"targets {Excerpt.Of($"{resource.TargetRefs[0].Kind} {resource.TargetRefs[0].Name}")}, which counts for Services of namespace {waypoint.Namespace} only",
            Proxy.Waypoint waypoint => resource.TargetRefs.IsEmpty
                ? resource.Selector is null ? "has no targetRefs, and waypoints take nothing else" : "has a selector, which waypoints ignore"
                : Untargeted(resource, waypoint.GatewayName, rootNamespace),
            Proxy.GeneratedGateway gateway => resource.TargetRefs.IsEmpty ? Unselected(resource, gateway.Labels) : Untargeted(resource, gateway.GatewayName, rootNamespace),
            Proxy.Sidecar sidecar => resource.TargetRefs.IsEmpty ? Unselected(resource, sidecar.Labels) : "has targetRefs, and reaches gateways of the Gateway API and waypoints only",
            _ => "does not reach it",
        };
    }

    private static string Unselected(LoggingResource resource, LabelSet labels)
    {
        foreach (var (key, value) in resource.Selector ?? LabelSet.Empty)
        {
            if (!labels.Has(key, value))
            {
                var wanted = Excerpt.Of($"{key}={value}");
                return labels[key] is { } other ? $"selects {wanted}, and the Pod carries {Excerpt.Of($"{key}={other}")}" : $"selects {wanted}, which the Pod does not carry";
            }
        }

        return "does not select it";
    }

    private static string Untargeted(LoggingResource resource, string gatewayName, string rootNamespace)
    {
        var target = resource.TargetRefs[0];
        var title = Excerpt.Of($"{target.Kind} {target.Name}");
        return target.Kind switch
        {
            "Service" or "ServiceEntry" when resource.Kind == LoggingResourceKind.EnvoyFilter => $"targets {title}, and istiod looks for EnvoyFilters by Gateway alone",
            "Service" or "ServiceEntry" => $"targets {title}, and which Services the waypoint serves is not known here",
            "GatewayClass" => $"targets {title}, which counts for waypoints, and from namespace {rootNamespace} only",
            "Gateway" when target.Name == gatewayName => $"targets {title} in namespace {Excerpt.Of(target.Namespace)}, and a targetRef never leaves its own namespace",
            _ => $"targets {title}",
        };
    }
}
