using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;

namespace AccessLogWebhook.Policy.Decisions;

/// <summary>
/// Whether a profile logs on the kind of proxy that a workload has (<c>spec.proxies</c>): its labels would promise what the reference does not do. An injected gateway is
/// told from a sidecar by the template that it asks for (Istio's <c>gateway</c> chart); one whose proxy nobody injected may be either. Where an older revision is carried
/// that still exists the rule says nothing: that one was rendered with the proxies of its time.
/// </summary>
internal static class LoggedProxyRule
{
    public static Inertness? Find(AccessLogProfile asked, LabelSet labels, LabelSet annotations, Proxy proxy, PolicyContext context, bool hasProxy)
    {
        var profile = ReferenceRule.Effective(asked, labels, context.Mesh);
        return !Logs(profile, PartsOf(proxy, annotations, hasProxy)) && !CarriesOlder(profile, labels, proxy, context)
            ? proxy is Proxy.GeneratedGateway ? Gateway(profile) : Unlogged(profile, "a sidecar", "sidecarInbound or sidecarOutbound")
            : null;
    }

    /// <summary>Of a Gateway of networking.istio.io, whose proxies are gateways, wherever they are.</summary>
    public static Inertness? OfGateway(AccessLogProfile profile) => Logs(profile, LoggedProxies.Gateway) ? null : Gateway(profile);

    private static Inertness Gateway(AccessLogProfile profile) => Unlogged(profile, "a gateway", "gateway");

    private static Inertness Unlogged(AccessLogProfile profile, string title, string missing) => new(
        ReasonCode.ProxyNotLogged,
        $"has {title} as its proxy, on which profile {profile.Name} does not log.",
        $"Add {missing} to spec.proxies of the profile, or ask for another one.");

    private static bool Logs(AccessLogProfile profile, LoggedProxies parts) => !profile.IsRendered || (profile.Logging.Proxies & parts) != LoggedProxies.None;

    private static bool CarriesOlder(AccessLogProfile profile, LabelSet labels, Proxy proxy, PolicyContext context) =>
        labels.Has(AccessLogKeys.Profile, profile.Name)
        && labels[AccessLogKeys.Revision] is { } revision
        && revision != (profile.RenderedRevision ?? profile.Revision)
        && ProfileReference.OfRevision(profile, revision, context.Mesh, context.RootNamespace, proxy.Namespace).Resource is not null;

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
