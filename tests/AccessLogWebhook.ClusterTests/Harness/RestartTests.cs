using System.Net;
using AccessLogWebhook.ClusterTests.Support;

namespace AccessLogWebhook.ClusterTests.Harness;

/// <summary>A control plane of its own, since it is stopped and started.</summary>
public sealed class RestartTests(ControlPlaneFixture fixture) : ClusterTest(fixture)
{
    private readonly ControlPlaneBinaries binaries = fixture.Binaries;

    [Fact]
    public async Task What_was_stored_outlives_a_restart_of_every_server()
    {
        await using var plane = await ControlPlane.StartAsync(binaries);
        var space = await plane.CreateNamespaceAsync();

        await plane.RestartApiServerAsync();
        Assert.Equal(HttpStatusCode.OK, (await plane.Admin.GetAsync(ApiPaths.Namespaces(space))).Status);

        await plane.KillApiServerAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => plane.Admin.GetAsync(ApiPaths.Namespaces(space)));
        await plane.StartApiServerAsync();
        Assert.Equal(HttpStatusCode.OK, (await plane.Admin.GetAsync(ApiPaths.Namespaces(space))).Status);

        await plane.KillEtcdAsync();
        await plane.StartEtcdAsync();
        await Eventually.HoldsAsync("the API server has found its etcd again", async () =>
            (await plane.Admin.GetAsync(ApiPaths.Namespaces(space))).Status == HttpStatusCode.OK);
    }
}
