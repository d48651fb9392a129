using System.Net;
using AccessLogWebhook.ClusterTests.Support;

namespace AccessLogWebhook.ClusterTests.Bypass;

/// <summary>What is out of the webhook's reach, and closed by the ValidatingAdmissionPolicies of <c>charts/policies</c>.</summary>
public sealed class ExamplePolicyTests(InstalledPlane plane) : IClassFixture<InstalledPlane>
{
    private ApiClient Admin => plane.Admin;

    [Fact]
    public async Task Only_who_may_update_profiles_changes_what_a_namespace_asks_for()
    {
        await plane.ApplyAsync(Policy("namespace-labels.yaml"));
        var team = await plane.Plane.CreateUserAsync(new AccessRule("", ["namespaces", "namespaces/status", "namespaces/finalize"], ["get", "create", "update", "patch"]));
        var platform = await plane.Plane.CreateUserAsync(
            new AccessRule("", ["namespaces"], ["get", "create", "update", "patch"]), new AccessRule("accesslog.mesh", ["accesslogprofiles"], ["update"]));
        var space = ApiPaths.Namespaces(await plane.EnforcingAsync());
        await Eventually.HoldsAsync("the policy is in force", async () =>
            (await team.Client.PatchAsync(space, """{"metadata":{"labels":{"accesslog.mesh/enforce":"off"}}}""", dryRun: true)).Status == HttpStatusCode.Forbidden);

        foreach (var change in (string[])[
            """{"accesslog.mesh/enforce":null}""", """{"accesslog.mesh/enforce":"off"}""", """{"accesslog.mesh/enforce":"text"}""", """{"accesslog.mesh/warn":"json"}""",
            """{"istio-injection":null}""", """{"istio-injection":"disabled"}""", """{"istio.io/dataplane-mode":"ambient"}"""])
        {
            foreach (var path in (string[])[space, $"{space}/status"])
            {
                var refused = await team.Client.PatchAsync(path, $$$"""{"metadata":{"labels":{{{change}}}}}""");
                Assert.True(refused.Status == HttpStatusCode.Forbidden, $"{path} {change}: {refused.Body}");
                Assert.Contains("what is logged in a namespace is changed by those who may update accesslogprofiles", refused.Message, StringComparison.Ordinal);
            }
        }

        var whole = await plane.ObjectAsync(space);
        whole["metadata"]!["labels"]!.AsObject().Remove("accesslog.mesh/enforce");
        Assert.Equal(HttpStatusCode.Forbidden, (await team.Client.PutAsync(space, whole.ToJsonString())).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await team.Client.PutAsync($"{space}/finalize", whole.ToJsonString())).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await team.Client.PostAsync(ApiPaths.Namespaces(), """{"metadata":{"name":"teams-own","labels":{"accesslog.mesh/enforce":"off"}}}""")).Status);

        (await team.Client.PatchAsync(space, """{"metadata":{"labels":{"team":"shop"},"annotations":{"a":"b"}}}""")).Successful();
        (await team.Client.PostAsync(ApiPaths.Namespaces(), """{"metadata":{"name":"teams-plain","labels":{"team":"shop"}}}""")).Successful();
        (await platform.Client.PatchAsync(space, """{"metadata":{"labels":{"accesslog.mesh/enforce":"off"}}}""")).Successful();
        (await platform.Client.PatchAsync(space, """{"metadata":{"labels":{"accesslog.mesh/enforce":null}}}""")).Successful();
    }

    [Theory]
    [InlineData(",\"annotations\":{\"sidecar.istio.io/interceptionMode\":\"NONE\"}", "", "")]
    [InlineData(",\"annotations\":{\"traffic.sidecar.istio.io/excludeInboundPorts\":\"15020,8080\"}", "", "")]
    [InlineData(",\"annotations\":{\"traffic.sidecar.istio.io/excludeOutboundPorts\":\"443\"}", "", "")]
    [InlineData(",\"annotations\":{\"traffic.sidecar.istio.io/excludeOutboundIPRanges\":\"0.0.0.0/0\"}", "", "")]
    [InlineData(",\"annotations\":{\"traffic.sidecar.istio.io/includeInboundPorts\":\"\"}", "", "")]
    [InlineData(",\"annotations\":{\"traffic.sidecar.istio.io/includeOutboundIPRanges\":\"10.0.0.0/8\"}", "", "")]
    [InlineData(",\"annotations\":{\"sidecar.istio.io/proxyImage\":\"mine:1\"}", "", "")]
    [InlineData(",\"annotations\":{\"sidecar.istio.io/bootstrapOverride\":\"mine\"}", "", "")]
    [InlineData(",\"annotations\":{\"proxy.istio.io/overrides\":\"{}\"}", "", "")]
    [InlineData(",\"labels\":{\"app\":\"ztunnel\"}", "", "")]
    [InlineData(",\"labels\":{\"gateway.networking.k8s.io/gateway-name\":\"mine\",\"gateway.networking.k8s.io/gateway-class-name\":\"istio-waypoint\"}", "", "")]
    [InlineData("", ",\"securityContext\":{\"runAsUser\":1337}", "")]
    [InlineData("", "", ",\"securityContext\":{\"runAsGroup\":1337}")]
    public async Task No_traffic_is_led_past_the_proxy(string metadata, string spec, string container)
    {
        var space = await InForceAsync();

        var refused = await Admin.PostAsync(ApiPaths.Pods(space), InstalledPlane.Pod(metadata, spec, container));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.Contains("accesslog-traffic-past-the-proxy", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData(",\"annotations\":{\"sidecar.istio.io/interceptionMode\":\"REDIRECT\",\"traffic.sidecar.istio.io/includeInboundPorts\":\"*\",\"traffic.sidecar.istio.io/includeOutboundIPRanges\":\"*\",\"traffic.sidecar.istio.io/excludeInboundPorts\":\"15090,15021,15020\"}", "")]
    [InlineData(",\"labels\":{\"app\":\"api\"}", ",\"securityContext\":{\"runAsUser\":1000},\"initContainers\":[{\"name\":\"istio-proxy\",\"image\":\"proxy:1\",\"restartPolicy\":\"Always\",\"securityContext\":{\"runAsUser\":1337,\"runAsGroup\":1337}}]")]
    public async Task What_the_injector_makes_is_let_be(string metadata, string spec)
    {
        var space = await InForceAsync();

        (await Admin.PostAsync(ApiPaths.Pods(space), InstalledPlane.Pod(metadata, spec))).Successful();
    }

    private async Task<string> InForceAsync()
    {
        await plane.ApplyAsync(Policy("traffic-past-the-proxy.yaml"));
        var space = await plane.EnforcingAsync();
        await Eventually.HoldsAsync("the policy is in force", async () =>
            !(await Admin.PostAsync(ApiPaths.Pods(space), InstalledPlane.Pod(",\"annotations\":{\"sidecar.istio.io/proxyImage\":\"mine:1\"}"), dryRun: true)).IsSuccess);
        return space;
    }

    private static string Policy(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Chart", "policies", name));
}
