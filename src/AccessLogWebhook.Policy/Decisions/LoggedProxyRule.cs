using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;

namespace AccessLogWebhook.Policy.Decisions;

/// <summary>
/// Whether a profile logs on the kind of proxy that a workload has (<c>spec.proxies</c>): its labels would promise what the reference does not do. An injected gateway is
/// told from a sidecar by the template that it asks for (Istio's <c>gateway</c> chart); one whose proxy nobody injected may be either.
/// </summary>
internal static class LoggedProxyRule
{
    public static Inertness? Find(AccessLogProfile asked, LabelSet labels, LabelSet annotations, Proxy proxy, MeshSnapshot mesh, bool hasProxy)
    {
        var profile = labels[AccessLogKeys.Profile] is { } carried && carried != asked.Name ? ReferenceRule.Chosen(carried, mesh) ?? asked : asked;
        if (!profile.IsRendered || (profile.Logging.Proxies & PartsOf(proxy, annotations, hasProxy)) != LoggedProxies.None)
        {
            return null;
        }

        var (title, missing) = proxy is Proxy.GeneratedGateway ? ("a gateway", "gateway") : ("a sidecar", "sidecarInbound or sidecarOutbound");
        return new(
            ReasonCode.ProxyNotLogged,
            $"has {title} as its proxy, on which profile {profile.Name} does not log.",
            $"Add {missing} to spec.proxies of the profile, or ask for another one.");
    }

    private static LoggedProxies PartsOf(Proxy proxy, LabelSet annotations, bool hasProxy)
    {
        if (proxy is Proxy.GeneratedGateway)
        {
            return LoggedProxies.Gateway;
        }

        var isGateway = annotations[MeshKeys.InjectTemplates]?.Contains("gateway", StringComparison.Ordinal) == true;
        var mayBeGateway = hasProxy && !annotations.ContainsKey(MeshKeys.SidecarStatus);
        return isGateway ? LoggedProxies.Gateway
            : LoggedProxies.SidecarInbound | LoggedProxies.SidecarOutbound | (mayBeGateway ? LoggedProxies.Gateway : LoggedProxies.None);
    }
}
