using AccessLogWebhook.Cluster;
using AccessLogWebhook.ClusterTests.Support;
using AccessLogWebhook.Controllers;
using AccessLogWebhook.Observability;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccessLogWebhook.ClusterTests.Controllers;

/// <summary>The Lease of a real API server, with the rights that the README names.</summary>
public sealed class LeaderElectionTests(ControlPlaneFixture fixture) : ClusterTest(fixture)
{
    private static readonly LeaseTimings Timings = new()
    {
        LeaseDuration = TimeSpan.FromSeconds(3), RenewDeadline = TimeSpan.FromSeconds(2), Retry = TimeSpan.FromSeconds(0.5),
    };

    private int leaders;

    [Fact]
    public async Task One_leads_and_when_it_stops_another_follows_at_once()
    {
        var space = await Plane.CreateNamespaceAsync();
        var user = await Plane.CreateUserAsync(new AccessRule("coordination.k8s.io", ["leases"], ["get", "create", "patch"]));
        var (first, second) = (new CancellationTokenSource(), new CancellationTokenSource());
        var running = RunAsync(user, space, "first", first.Token);
        await Eventually.HoldsAsync("the first leads", async () => await HolderAsync(space) == "first" && Volatile.Read(ref leaders) == 1);
        var next = RunAsync(user, space, "second", second.Token);
        var lease = await LeaseAsync(space);
        await Eventually.HoldsAsync("the lease is renewed", async () => (string?)(await LeaseAsync(space))["spec"]!["renewTime"] != (string?)lease["spec"]!["renewTime"]);
        Assert.Equal("first", await HolderAsync(space));

        await first.CancelAsync();
        Assert.Equal(1, await running);
        await Eventually.HoldsAsync("the second leads", async () => await HolderAsync(space) == "second");
        await Eventually.HoldsAsync("the second works", () => Task.FromResult(Volatile.Read(ref leaders) == 1));
        Assert.Equal(1, (int)(await LeaseAsync(space))["spec"]!["leaseTransitions"]!);

        await second.CancelAsync();
        Assert.Equal(1, await next);
        Assert.Equal("", await HolderAsync(space));
    }

    [Fact]
    public async Task A_holder_that_never_renews_is_succeeded_after_the_time_that_it_asked_for()
    {
        var space = await Plane.CreateNamespaceAsync();
        (await Admin.PostAsync(LeasePath(space, null), """
            {"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"accesslog-webhook","labels":{"theirs":"kept"}},
             "spec":{"holderIdentity":"the dead","leaseDurationSeconds":2,"renewTime":"2050-01-01T00:00:00.000000Z","leaseTransitions":4}}
            """)).Successful();
        var user = await Plane.CreateUserAsync(new AccessRule("coordination.k8s.io", ["leases"], ["get", "create", "patch"]));
        using var stop = new CancellationTokenSource();
        var began = TimeProvider.System.GetTimestamp();
        var running = RunAsync(user, space, "next", stop.Token);
        await Eventually.HoldsAsync("the next leads", async () => await HolderAsync(space) == "next");

        Assert.True(TimeProvider.System.GetElapsedTime(began) >= TimeSpan.FromSeconds(2));
        var lease = await LeaseAsync(space);
        Assert.Equal((5, "kept"), ((int)lease["spec"]!["leaseTransitions"]!, (string?)lease["metadata"]!["labels"]!["theirs"]));
        await stop.CancelAsync();
        await running;
    }

    /// <returns>How often it led.</returns>
    private async Task<int> RunAsync(ClusterUser user, string space, string identity, CancellationToken stop)
    {
        Assert.True(LiveConnection.TryOpen(user.Kubeconfig, null, out var connection, out var problem), problem);
        using (connection)
        {
            var terms = 0;
            await new LeaderElection(
                new LiveLease(new LiveObjects(connection, Timings.RequestTimeout, TimeProvider.System), space, "accesslog-webhook"),
                identity, Timings, () => true, new WebhookMetrics().Controllers.LeadingIs, TimeProvider.System, NullLogger<LeaderElection>.Instance)
                .RunAsync(
                    async leadership =>
                    {
                        terms++;
                        Assert.Equal(1, Interlocked.Increment(ref leaders));
                        await Task.Delay(Timeout.Infinite, leadership.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                        Interlocked.Decrement(ref leaders);
                    },
                    stop);
            return terms;
        }
    }

    private async Task<System.Text.Json.Nodes.JsonObject> LeaseAsync(string space) => (await Admin.GetAsync(LeasePath(space, "accesslog-webhook"))).Successful();

    private async Task<string?> HolderAsync(string space)
    {
        var lease = await Admin.GetAsync(LeasePath(space, "accesslog-webhook"));
        return lease.IsSuccess ? (string?)lease.Json["spec"]!["holderIdentity"] : null;
    }

    private static string LeasePath(string space, string? name) =>
        $"/apis/coordination.k8s.io/v1/namespaces/{space}/leases{(name is null ? "" : $"/{name}")}";
}
