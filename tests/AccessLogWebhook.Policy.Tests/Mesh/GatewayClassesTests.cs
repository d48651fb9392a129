using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Tests.Support;

namespace AccessLogWebhook.Policy.Tests.Mesh;

public sealed class GatewayClassesTests
{
    [Theory]
    [InlineData("istio", GatewayClassKind.Istio)]
    [InlineData("istio-waypoint", GatewayClassKind.Waypoint)]
    [InlineData("istio-east-west", GatewayClassKind.Waypoint)]
    [InlineData("istio-agentgateway", GatewayClassKind.NotEnvoy)]
    [InlineData("istio-agentgateway-waypoint", GatewayClassKind.NotEnvoy)]
    [InlineData("istio-remote", GatewayClassKind.Remote)]
    [InlineData("nginx", GatewayClassKind.NotIstio)]
    [InlineData("Istio", GatewayClassKind.NotIstio)]
    [InlineData("", GatewayClassKind.NotIstio)]
    public void A_class_that_is_not_known_is_told_by_its_name(string name, GatewayClassKind kind) =>
        Assert.Equal(kind, GatewayClasses.KindOf(name, MeshSnapshot.Empty));

    [Theory]
    [InlineData("istio.io/gateway-controller", GatewayClassKind.Istio)]
    [InlineData("istio.io/mesh-controller", GatewayClassKind.Waypoint)]
    [InlineData("istio.io/eastwest-controller", GatewayClassKind.Waypoint)]
    [InlineData("istio.io/agentgateway-controller", GatewayClassKind.NotEnvoy)]
    [InlineData("istio.io/agentgateway-waypoint-controller", GatewayClassKind.NotEnvoy)]
    [InlineData("istio.io/unmanaged-gateway", GatewayClassKind.Remote)]
    [InlineData("gateway.nginx.org/nginx-gateway-controller", GatewayClassKind.NotIstio)]
    [InlineData("", GatewayClassKind.NotIstio)]
    public void A_class_that_is_known_is_told_by_its_controller_whatever_its_name(string controller, GatewayClassKind kind)
    {
        Assert.Equal(kind, GatewayClasses.KindOf("mine", Scene.Bare.WithClass("mine", controller).Mesh));
        Assert.Equal(kind, GatewayClasses.KindOf("istio", Scene.Bare.WithClass("istio", controller).Mesh));
    }
}
