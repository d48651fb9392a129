using AccessLogWebhook.ClusterTests.Support;

namespace AccessLogWebhook.ClusterTests.Promises;

/// <summary>What replicas read of the API server is cut, slowed, refused and garbled, for all of them at once, while others create.</summary>
public sealed class WatchFaultTests(ControlPlaneFixture fixture)
{
    // Longer than the pauses after which a list is tried again, and than what turns a replica unready wrongly.
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(4);

    [Fact]
    public async Task Whatever_becomes_of_watches_and_lists_no_request_is_lost_and_replicas_follow_on()
    {
        await using var service = await PromisedService.StartAsync(fixture.Binaries);
        await using var load = await MixedLoad.StartAsync(service.Plane);
        var faults = service.Faults;
        await load.GoesOnAsync();

        foreach (var (fault, begin, end) in WatchFaults.Of(faults))
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"{fault}, after {load.Done} requests");
            await begin();
            await Task.Delay(Long, TimeProvider.System, TestContext.Current.CancellationToken);
            await load.GoesOnAsync(20);
            end();
            await service.FollowsAsync();
        }

        Assert.True(await load.EndWithoutLossAsync() > 200);
        Assert.Equal(0, service.Endpoints.Emptied);
        var restarts = await Task.WhenAll(service.Replicas.Select(replica => replica.MetricsAsync()));
        foreach (var reason in (string[])["closed", "dropped", "garbled", "expired", "refused", "error"])
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"{reason}: {restarts.Sum(text => PrometheusText.Sum(text, "accesslog_watch_restarts_total", ("reason", reason)))}");
        }

        // That the faults were felt.
        Assert.All((string[])["dropped", "garbled", "expired"], reason => Assert.All(restarts, text => Assert.NotEqual(0, PrometheusText.Sum(text, "accesslog_watch_restarts_total", ("reason", reason)))));
        service.Installation.AssertQuiet();
    }
}
