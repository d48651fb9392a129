using System.Collections.Immutable;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Tests.Support;

namespace AccessLogWebhook.Tests.Hosting;

/// <summary>When requests may come.</summary>
public sealed class ReadinessTests
{
    [Theory]
    [InlineData(false, false, "it has not been listed yet.", "The cache of envoyfilters is not filled yet: it has not been listed yet.\n")]
    [InlineData(true, false, "nothing came on the watch for 150 s.", "The cache of envoyfilters is not current: nothing came on the watch for 150 s.\n")]
    public async Task A_cache_that_may_not_be_answered_from_makes_it_unready(bool synced, bool current, string problem, string body)
    {
        await using var webhook = await RunningWebhook.StartAsync(source: new FixedSource { Caches = [Cache(synced, current, problem)] });

        Assert.Equal(new Answer(503, "text/plain; charset=utf-8", body), await webhook.GetAsync("/readyz"));
        var metrics = (await webhook.GetAsync("/metrics")).Body;
        Assert.Contains("accesslog_cache_current{kind=\"envoyfilters\"} 0\n", metrics, StringComparison.Ordinal);
        Assert.Contains("accesslog_cache_problem{kind=\"envoyfilters\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("accesslog_watch_restarts_total{kind=\"envoyfilters\",reason=\"stalled\"} 3\n", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_API_server_that_is_away_leaves_it_ready_and_shows_in_a_metric()
    {
        await using var webhook = await RunningWebhook.StartAsync(source: new FixedSource { Caches = [Cache(true, true, "the connection failed: refused.")] });

        Assert.Equal(new Answer(200, "text/plain; charset=utf-8", "ok\n"), await webhook.GetAsync("/readyz"));
        Assert.Contains("accesslog_cache_problem{kind=\"envoyfilters\"} 1\n", (await webhook.GetAsync("/metrics")).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/mutate")]
    [InlineData("/")]
    public async Task The_port_of_probes_serves_nothing_else(string path) =>
        Assert.Equal(
            new Answer(404, "text/plain; charset=utf-8", "There is nothing here: this port serves GET /healthz, /readyz and /metrics.\n"),
            await Get(path));

    private static async Task<Answer> Get(string path)
    {
        await using var webhook = await RunningWebhook.StartAsync();
        return await webhook.GetAsync(path);
    }

    private static CacheStatus Cache(bool synced, bool current, string problem) => new(
        "envoyfilters", synced, Installed: true, 7, TimeSpan.FromSeconds(9), problem, current,
        ImmutableDictionary<string, long>.Empty.Add("stalled", 3));
}
