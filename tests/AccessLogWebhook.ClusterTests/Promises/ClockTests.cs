using System.Collections.Immutable;
using AccessLogWebhook.ClusterTests.Support;

namespace AccessLogWebhook.ClusterTests.Promises;

/// <summary>
/// The clocks of nodes jump by an hour, forward and back, one replica's or all of them, by libfaketime. Time that only passes is not moved: a jump does not do that.
/// </summary>
public sealed class ClockTests(ControlPlaneFixture fixture)
{
    [Fact]
    public async Task Whatever_the_clock_says_no_request_is_lost_and_replicas_follow_on()
    {
        Assert.SkipWhen(TestEnvironment.FakeTimeLibrary is null, "No libfaketime: install it, or name libfaketimeMT.so.1 by $LIBFAKETIME.");
        var clocks = new List<string>();
        await using var service = await PromisedService.StartAsync(fixture.Binaries, installation => Use(installation, clocks));
        Use(service.Installation, clocks);
        await service.Endpoints.HasAsync(await service.Installation.StartReplicaAsync());
        var before = await service.Installation.EntryAsync("tls.crt");
        await using var load = await MixedLoad.StartAsync(service.Plane);
        await load.GoesOnAsync();

        foreach (var offsets in (string[][])[["+3600s", "+0s"], ["+3600s", "+3600s"], ["+0s", "+0s"], ["+0s", "-3600s"], ["-3600s", "-3600s"], ["+3600s", "-3600s"], ["+0s", "+0s"]])
        {
            foreach (var (clock, offset) in clocks.Zip(offsets))
            {
                Set(clock, offset);
            }

            TestContext.Current.TestOutputHelper?.WriteLine($"{string.Join(' ', offsets)}, after {load.Done} requests; in the Service: {service.Endpoints.Ready.Count}");
            // Certificates, Leases and caches are looked at every second or so.
            await Task.Delay(TimeSpan.FromSeconds(6), TimeProvider.System, TestContext.Current.CancellationToken);
            await load.GoesOnAsync();
            await service.FollowsAsync();
        }

        await load.EndWithoutLossAsync();
        Assert.Equal(0, service.Endpoints.Emptied);
        Assert.Equal(before, await service.Installation.EntryAsync("tls.crt"));
        service.Installation.AssertQuiet();
    }

    // All replicas that are started before the next call have one clock.
    private static void Use(Install.SelfManagedInstallation installation, List<string> clocks)
    {
        var clock = Path.Combine(installation.Plane.Directory, $"clock-{clocks.Count}");
        clocks.Add(clock);
        Set(clock, "+0s");
        installation.Environment = ImmutableDictionary.CreateRange(
        [
            KeyValuePair.Create("LD_PRELOAD", TestEnvironment.FakeTimeLibrary!),
            KeyValuePair.Create("FAKETIME_TIMESTAMP_FILE", clock),
            KeyValuePair.Create("FAKETIME_NO_CACHE", "1"),
            KeyValuePair.Create("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
        ]);
    }

    private static void Set(string clock, string offset)
    {
        File.WriteAllText($"{clock}.new", $"{offset}\n");
        File.Move($"{clock}.new", clock, overwrite: true);
    }
}
