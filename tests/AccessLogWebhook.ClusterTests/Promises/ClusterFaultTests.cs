using AccessLogWebhook.ClusterTests.Support;

namespace AccessLogWebhook.ClusterTests.Promises;

/// <summary>The API server and its etcd stop and go on. What fails meanwhile must be for want of them, never for the webhook.</summary>
public sealed class ClusterFaultTests(ControlPlaneFixture fixture)
{
    [Fact]
    public async Task Through_pauses_of_etcd_and_restarts_of_the_API_server_no_request_is_lost()
    {
        await using var service = await PromisedService.StartAsync(fixture.Binaries);
        await using var load = await MixedLoad.StartAsync(service.Plane);
        foreach (var seconds in (int[])[1, 5, 15])
        {
            await load.GoesOnAsync();
            await service.Plane.PauseEtcdAsync(TimeSpan.FromSeconds(seconds));
            await load.GoesOnAsync();
            await service.FollowsAsync();
        }

        await service.Plane.RestartApiServerAsync();
        await load.GoesOnAsync();
        await service.FollowsAsync();
        await service.Plane.KillApiServerAsync();
        await service.Plane.StartApiServerAsync();
        await load.GoesOnAsync();
        await service.FollowsAsync();
        await service.Plane.KillEtcdAsync();
        await service.Plane.StartEtcdAsync();
        await load.GoesOnAsync();
        await service.FollowsAsync();

        await load.EndWithoutLossAsync();
        Assert.Equal(0, service.Endpoints.Emptied);
    }
}
