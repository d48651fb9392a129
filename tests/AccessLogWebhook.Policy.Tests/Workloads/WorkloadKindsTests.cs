using AccessLogWebhook.Policy.Workloads;

namespace AccessLogWebhook.Policy.Tests.Workloads;

public sealed class WorkloadKindsTests
{
    [Theory]
    [InlineData("", "v1", "Pod", WorkloadKind.Pod)]
    [InlineData("", "v1", "Namespace", WorkloadKind.Namespace)]
    [InlineData("networking.istio.io", "v1", "Gateway", WorkloadKind.IstioGateway)]
    [InlineData("networking.istio.io", "v1beta1", "Gateway", WorkloadKind.IstioGateway)]
    [InlineData("networking.istio.io", "v1alpha3", "Gateway", WorkloadKind.IstioGateway)]
    [InlineData("gateway.networking.k8s.io", "v1", "Gateway", WorkloadKind.KubernetesGateway)]
    [InlineData("gateway.networking.k8s.io", "v1beta1", "Gateway", WorkloadKind.KubernetesGateway)]
    [InlineData("gateway.networking.k8s.io", "v1alpha2", "Gateway", null)]
    [InlineData("networking.istio.io", "v2", "Gateway", null)]
    [InlineData("networking.istio.io", "v1", "VirtualService", null)]
    [InlineData("", "v2", "Pod", null)]
    [InlineData("", "v1", "pod", null)]
    [InlineData("core", "v1", "Pod", null)]
    [InlineData("apps", "v1", "Deployment", null)]
    public void Only_kinds_and_versions_that_are_known_are_judged(string group, string version, string kind, WorkloadKind? expected) =>
        Assert.Equal(expected, WorkloadKinds.Of(group, version, kind));
}
