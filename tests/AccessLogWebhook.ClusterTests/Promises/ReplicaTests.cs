using AccessLogWebhook.ClusterTests.Support;

namespace AccessLogWebhook.ClusterTests.Promises;

/// <summary>Replicas go, asked or killed, while others live.</summary>
public sealed class ReplicaTests(ControlPlaneFixture fixture)
{
    private const int Kills = 6;

    [Fact]
    public async Task Replicas_follow_each_other_twice_and_no_request_is_lost()
    {
        await using var service = await PromisedService.StartAsync(fixture.Binaries);
        await using var load = await MixedLoad.StartAsync(service.Plane, workers: 3, pace: TimeSpan.FromMilliseconds(20));
        for (var round = 0; round < 2; round++)
        {
            foreach (var old in service.Replicas)
            {
                await load.GoesOnAsync();
                await service.ReplaceAsync(old);
            }
        }

        await load.GoesOnAsync();
        Assert.True(await load.EndWithoutLossAsync() > 250);
        Assert.Equal(0, service.Endpoints.Emptied);
        service.Installation.AssertQuiet();
    }

    /// <summary>
    /// What a replica that is killed was answering, nobody answers, and an API server sends no review twice. A connection that the Service still sends there is refused: that
    /// is its part, until it has noticed. Nothing else is lost, and nothing is answered wrongly.
    /// </summary>
    /// <param name="passesOver">Whether a connection that is refused goes on to the other replica, as with a service mesh or IPVS in front; kube-proxy lets it fail.</param>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_replica_that_is_killed_takes_only_what_it_was_answering_and_what_the_Service_still_sends_it(bool passesOver)
    {
        await using var service = await PromisedService.StartAsync(fixture.Binaries);
        service.Installation.Balancer.PassesOver = passesOver;
        await using var load = await MixedLoad.StartAsync(service.Plane, workers: 4, pace: TimeSpan.FromMilliseconds(1));
        var windows = new List<(long From, long To)>();
        for (var kill = 0; kill < Kills; kill++)
        {
            await load.GoesOnAsync();
            windows.Add(await service.KillAsync(service.Replicas[0]));
        }

        await load.GoesOnAsync();
        await load.EndAsync();

        Assert.All(load.Losses, loss => Assert.Contains(windows, window => loss.Began <= window.To && loss.Ended >= window.From));
        TestContext.Current.TestOutputHelper?.WriteLine($"{load.Losses.Count} of {load.Done} lost in {Kills} kills");
        foreach (var loss in load.Losses)
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"{loss.What}: {loss.Why}");
        }

        service.Installation.AssertQuiet();
    }

    [Fact]
    public async Task A_Deployment_comes_up_whole_though_replicas_are_killed_meanwhile()
    {
        await using var service = await PromisedService.StartAsync(fixture.Binaries);
        service.Plane.StartControllerManager();
        service.Installation.Balancer.PassesOver = false;
        var space = service.Installation.Enforcing;
        (await service.Plane.Admin.PostAsync(
            ApiPaths.Deployments(space),
            """
            {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"api"},"spec":{"replicas":0,"selector":{"matchLabels":{"app":"api"}},
             "template":{"metadata":{"labels":{"app":"api"}},"spec":{"automountServiceAccountToken":false,"containers":[{"name":"api","image":"api:1"}]}}}}
            """)).Successful();

        for (var replicas = 40; replicas <= 120; replicas += 40)
        {
            (await service.Plane.Admin.PatchAsync(ApiPaths.Deployments(space, "api"), $$"""{"spec":{"replicas":{{replicas}} } }""")).Successful();
            await service.KillAsync(service.Replicas[0]);
        }

        var pods = await Eventually.ValueAsync("the Deployment has its Pods", async () =>
            (await service.Plane.Admin.GetAsync($"{ApiPaths.Pods(space)}?labelSelector=app%3Dapi")).Successful()["items"]!.AsArray() is { Count: 120 } items ? items : null);
        Assert.All(pods, pod => Assert.Equal("json", (string?)pod!["metadata"]!["labels"]!["accesslog.mesh/profile"]));
    }
}
