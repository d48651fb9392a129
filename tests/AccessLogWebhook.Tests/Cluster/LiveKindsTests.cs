using AccessLogWebhook.Tests.Support;

namespace AccessLogWebhook.Tests.Cluster;

public sealed class LiveKindsTests
{
    private const string Filter = """{"metadata":{"namespace":"mesh","name":"logs","resourceVersion":"1"},"spec":{}}""";

    [Fact]
    public async Task A_kind_that_is_not_installed_is_empty_and_no_problem_and_is_found_once_it_is()
    {
        await using var cluster = await FollowedCluster.StartAsync("envoyfilters");
        for (var attempt = 0; attempt < 3; attempt++)
        {
            await (await cluster.Collection.NextAsync()).AnswerAsync(404, "404 page not found\n");
            Assert.InRange(await cluster.Time.PassPauseAsync(), TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(6));
        }

        var list = await cluster.Collection.NextAsync();
        Assert.Equal((true, false, 0, TimeSpan.Zero, null), (cluster.Status.Synced, cluster.Status.Installed, cluster.Status.Objects, cluster.Status.Age, cluster.Status.Problem));
        Assert.Single(cluster.Logs.Lines);
        Assert.Equal("Information 2001: envoyfilters are not installed: the API server does not serve apis/networking.istio.io/v1alpha3/envoyfilters", cluster.Logs.Lines.Single());
        await list.ListAsync("10", Filter);

        Assert.True((await cluster.Collection.NextAsync()).IsWatch);
        Assert.True(cluster.Status.Installed);
        Assert.Single(cluster.View.Snapshot.EnvoyFilters);
    }

    [Fact]
    public async Task A_kind_that_is_removed_is_emptied()
    {
        await using var cluster = await FollowedCluster.StartAsync("envoyfilters");
        await (await cluster.Collection.NextAsync()).ListAsync("10", Filter);
        var watch = await cluster.Collection.NextAsync();
        await watch.BeginAsync();
        await watch.BookmarkAsync("11");
        watch.Close();
        await (await cluster.Collection.NextAsync()).AnswerAsync(404, "404 page not found\n");
        var list = await cluster.AfterPauseAsync();
        Assert.False(list.IsWatch);
        Assert.Single(cluster.View.Snapshot.EnvoyFilters);
        await list.AnswerAsync(404, "404 page not found\n");

        await cluster.AfterPauseAsync();
        Assert.Empty(cluster.View.Snapshot.EnvoyFilters);
        Assert.False(cluster.Status.Installed);
        Assert.Equal(1, cluster.Status.WatchRestarts["absent"]);
    }

    [Fact]
    public async Task A_kind_that_is_served_at_an_older_version_is_read_there()
    {
        await using var cluster = await FollowedCluster.StartAsync(
            "telemetries", alsoServed: "apis/telemetry.istio.io/v1alpha1/telemetries");
        await (await cluster.Collection.NextAsync()).RefuseAsync(404);
        var older = cluster.Server.Collection("apis/telemetry.istio.io/v1alpha1/telemetries");
        await (await older.NextAsync()).ListAsync("10", Filter);

        var watch = await older.NextAsync();
        Assert.True(watch.IsWatch);
        Assert.Single(cluster.View.Snapshot.Telemetries);
        Assert.True(cluster.Status.Installed);
    }

    [Fact]
    public async Task A_kind_whose_older_version_goes_is_read_at_the_newer_one()
    {
        await using var cluster = await FollowedCluster.StartAsync(
            "telemetries", alsoServed: "apis/telemetry.istio.io/v1alpha1/telemetries");
        await (await cluster.Collection.NextAsync()).RefuseAsync(404);
        var older = cluster.Server.Collection("apis/telemetry.istio.io/v1alpha1/telemetries");
        await (await older.NextAsync()).ListAsync("10", Filter);
        await (await older.NextAsync()).RefuseAsync(404);

        var list = await cluster.AfterPauseAsync();
        Assert.False(list.IsWatch);
        Assert.Single(cluster.View.Snapshot.Telemetries);
        Assert.True(cluster.Status.Installed);
    }
}
