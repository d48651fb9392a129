using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Tests.Support;

namespace AccessLogWebhook.Policy.Tests.Mesh;

/// <summary>The table of Istio's <c>ShouldAttachPolicy</c>: a proxy of namespace shop against resources of the root, its own and another namespace.</summary>
public sealed class AttachmentTests
{
    private static readonly LabelSet ProxyLabels = LabelSet.Of(("app", "api"), ("tier", "web"));
    private static readonly Proxy Sidecar = new Proxy.Sidecar("shop", ProxyLabels, IsCertain: true);
    private static readonly Proxy Gateway = new Proxy.GeneratedGateway("shop", "edge", ProxyLabels);
    private static readonly Proxy Waypoint = new Proxy.Waypoint("shop", "edge");

    [Theory]
    [InlineData("istio-system", null, true)]
    [InlineData("istio-system", "", true)]
    [InlineData("istio-system", "app=api", true)]
    [InlineData("istio-system", "app=api,tier=web", true)]
    [InlineData("istio-system", "app=other", false)]
    [InlineData("istio-system", "app=api,more=x", false)]
    [InlineData("shop", null, true)]
    [InlineData("shop", "app=api", true)]
    [InlineData("shop", "app=other", false)]
    [InlineData("other", null, false)]
    [InlineData("other", "app=api", false)]
    public void By_selector_an_EnvoyFilter_reaches_sidecars_and_generated_gateways_but_no_waypoint(string @namespace, string? selector, bool reaches)
    {
        var resource = Both(@namespace, selector)[0];

        Assert.Equal(reaches, Reaches(resource, Sidecar));
        Assert.Equal(reaches, Reaches(resource, Gateway));
        Assert.False(Reaches(resource, Waypoint));
    }

    // Istio, pilot/pkg/model/telemetry.go, applicableTelemetries: what is for a whole namespace is taken first, the rest from the proxy's own namespace.
    [Theory]
    [InlineData("istio-system", null, true, true)]
    [InlineData("istio-system", "", true, true)]
    [InlineData("istio-system", "app=api", false, false)]
    [InlineData("shop", null, true, true)]
    [InlineData("shop", "", true, true)]
    [InlineData("shop", "app=api", true, false)]
    [InlineData("shop", "app=other", false, false)]
    [InlineData("other", null, false, false)]
    [InlineData("other", "app=api", false, false)]
    public void A_Telemetry_with_a_selector_stays_in_its_namespace_and_one_without_is_for_every_proxy(string @namespace, string? selector, bool reaches, bool reachesWaypoint)
    {
        var resource = Both(@namespace, selector)[1];

        Assert.Equal(reaches, Reaches(resource, Sidecar));
        Assert.Equal(reaches, Reaches(resource, Gateway));
        Assert.Equal(reachesWaypoint, Reaches(resource, Waypoint));
    }

    [Theory]
    [InlineData("shop", "gateway.networking.k8s.io", "Gateway", "", "edge", true)]
    [InlineData("shop", "gateway.networking.k8s.io", "Gateway", "shop", "edge", true)]
    [InlineData("shop", "gateway.networking.k8s.io", "Gateway", "other", "edge", false)]
    [InlineData("shop", "gateway.networking.k8s.io", "Gateway", "", "another", false)]
    [InlineData("shop", "networking.istio.io", "Gateway", "", "edge", false)]
    [InlineData("shop", "", "Service", "", "edge", false)]
    [InlineData("istio-system", "gateway.networking.k8s.io", "Gateway", "", "edge", false)]
    [InlineData("istio-system", "gateway.networking.k8s.io", "Gateway", "shop", "edge", false)]
    [InlineData("other", "gateway.networking.k8s.io", "Gateway", "shop", "edge", false)]
    public void By_targetRef_it_reaches_the_Gateway_of_its_own_namespace(
        string @namespace, string group, string kind, string targetNamespace, string name, bool reaches)
    {
        foreach (var resource in Both(@namespace, null, new TargetReference(group, kind, targetNamespace, name)))
        {
            Assert.Equal(reaches, Reaches(resource, Gateway));
            Assert.Equal(reaches, Reaches(resource, Waypoint));
            Assert.False(Reaches(resource, Sidecar));
        }
    }

    [Theory]
    [InlineData("istio-system", "gateway.networking.k8s.io", "istio-waypoint", true)]
    [InlineData("istio-system", "gateway.networking.k8s.io", "istio", false)]
    [InlineData("istio-system", "", "istio-waypoint", false)]
    [InlineData("shop", "gateway.networking.k8s.io", "istio-waypoint", false)]
    public void A_targetRef_to_the_waypoint_class_reaches_every_waypoint_from_the_root_namespace(string @namespace, string group, string name, bool reaches)
    {
        var both = Both(@namespace, null, new TargetReference(group, "GatewayClass", "", name));

        Assert.Equal(reaches, Reaches(both[0], Waypoint));
        Assert.False(Reaches(both[1], Waypoint));
        Assert.All(both, resource => Assert.False(Reaches(resource, Gateway) || Reaches(resource, Sidecar)));
    }

    [Fact]
    public void A_targetRef_beside_a_selector_takes_its_place()
    {
        var resource = Scene.Filter("shop/x", ProxyLabels, Scene.ToGateway("another"));

        Assert.False(Reaches(resource, Sidecar));
        Assert.False(Reaches(resource, Gateway));
    }

    [Fact]
    public void One_of_several_targetRefs_is_enough()
    {
        var resource = Scene.Filter("shop/x", null, Scene.ToGateway("another"), Scene.ToGateway("edge"));

        Assert.True(Reaches(resource, Gateway));
        Assert.True(Reaches(resource, Waypoint));
    }

    [Fact]
    public void The_root_namespace_is_the_one_that_is_set()
    {
        Assert.True(Attachment.Reaches(Scene.Filter("mesh-root/x", null), Sidecar, "mesh-root"));
        Assert.False(Attachment.Reaches(Scene.Filter("istio-system/x", null), Sidecar, "mesh-root"));
    }

    private static bool Reaches(LoggingResource resource, Proxy proxy) => Attachment.Reaches(resource, proxy, Scene.Root);

    private static LoggingResource[] Both(string @namespace, string? selector, params TargetReference[] targets)
    {
        var labels = selector is null
            ? null
            : LabelSet.From(selector.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')).Select(pair => KeyValuePair.Create(pair[0], pair[1])));
        return [Scene.Filter($"{@namespace}/x", labels, targets), Scene.Telemetry($"{@namespace}/x", labels, targets)];
    }
}
