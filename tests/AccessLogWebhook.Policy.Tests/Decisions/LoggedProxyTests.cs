using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Policy.Tests.Support;
using AccessLogWebhook.Policy.Workloads;
using static AccessLogWebhook.Policy.Tests.Support.Objects;

namespace AccessLogWebhook.Policy.Tests.Decisions;

/// <summary>A profile that does not log on a workload's kind of proxy: nothing is promised, changed or demanded there.</summary>
public sealed class LoggedProxyTests
{
    private static readonly (string, string)[] GatewayTemplate = [("inject.istio.io/templates", "gateway")];
    private static readonly (string, string)[] Injected = [("sidecar.istio.io/status", "{}")];

    private static readonly Scene Both = Scene.Injected.Asking(Mode.Inject).Asking(Mode.Enforce);

    [Theory]
    [InlineData(LoggedProxies.Waypoint, false)]
    [InlineData(LoggedProxies.Gateway, false)]
    [InlineData(LoggedProxies.SidecarInbound, true)]
    [InlineData(LoggedProxies.SidecarOutbound, true)]
    public void A_plain_Pod_is_labelled_where_the_profile_logs_on_sidecars(LoggedProxies proxies, bool logs)
    {
        var scene = Both.LoggingOn(proxies);

        Assert.Equal(logs, scene.Mutate(Pod()) is Decision.Mutate);
        Assert.Equal(logs, scene.Validate(Pod()) is Decision.Deny);
        Assert.Equal(logs, scene.Validate(PodWithProxy(annotations: Injected)) is Decision.Deny);
    }

    [Theory]
    [InlineData(LoggedProxies.Gateway, true)]
    [InlineData(LoggedProxies.SidecarInbound | LoggedProxies.SidecarOutbound, false)]
    public void An_injected_gateway_is_labelled_where_the_profile_logs_on_gateways(LoggedProxies proxies, bool logs)
    {
        var scene = Both.LoggingOn(proxies);

        Assert.Equal(logs, scene.Mutate(Pod(annotations: GatewayTemplate)) is Decision.Mutate);
        Assert.Equal(logs, scene.Validate(PodWithProxy(annotations: [.. GatewayTemplate, .. Injected])) is Decision.Deny);
    }

    [Fact]
    public void A_proxy_that_nobody_injected_may_be_a_gateway() =>
        Assert.IsType<Decision.Mutate>(Both.LoggingOn(LoggedProxies.Gateway).Mutate(PodWithProxy()));

    [Fact]
    public void A_Gateway_API_gateway_is_a_gateway()
    {
        Assert.IsType<Decision.Mutate>(Both.LoggingOn(LoggedProxies.Gateway).Mutate(KubernetesGateway(), WorkloadKind.KubernetesGateway));
        Assert.Equal(
            (ReasonCode.ProxyNotLogged, Verdict.Inert),
            Both.LoggingOn(LoggedProxies.SidecarInbound).Mutate(KubernetesGateway(), WorkloadKind.KubernetesGateway) is var decision ? (decision.Reason, decision.Verdict) : default);
    }

    [Fact]
    public void What_carries_an_older_revision_is_logged_as_that_one_was_rendered()
    {
        (string, string)[] older = [("accesslog.mesh/profile", "json"), ("accesslog.mesh/revision", Scene.OlderRevision)];
        var scene = Both.LoggingOn(LoggedProxies.Gateway);

        Assert.Equal((Verdict.Outdated, ReasonCode.OlderRevision), scene.Judge(Pod(older)) is var judgement ? (judgement.Verdict, judgement.Reason) : default);
        // The current one would take its access log away.
        Assert.Equal(ReasonCode.OlderRevision, Assert.IsType<Decision.Admit>(scene.Mutate(Pod(older))).Reason);
        Assert.Equal(ReasonCode.ProxyNotLogged, scene.Without($"istio-system/accesslog-json-{Scene.OlderRevision}").Judge(Pod(older)).Reason);
    }

    [Fact]
    public void The_warning_says_what_the_profile_lacks() => Assert.Equal(
        ["Pod shop/api has a sidecar as its proxy, on which profile json does not log.", "Add sidecarInbound or sidecarOutbound to spec.proxies of the profile, or ask for another one."],
        Both.LoggingOn(LoggedProxies.Gateway).Mutate(Pod()).Warnings);
}
