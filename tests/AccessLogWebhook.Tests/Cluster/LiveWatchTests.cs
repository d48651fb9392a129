using AccessLogWebhook.Tests.Support;
using static AccessLogWebhook.Tests.Support.FollowedCluster;

namespace AccessLogWebhook.Tests.Cluster;

public sealed class LiveWatchTests
{
    [Fact]
    public async Task Events_add_change_and_delete()
    {
        var (cluster, watch) = await WatchingAsync(Pod("one"), Pod("two"));
        await using var _ = cluster;
        await watch.SendAsync("ADDED", Pod("three", "11"));
        await watch.SendAsync("MODIFIED", Pod("one", "12", app: "changed"));
        await watch.SendAsync("DELETED", Pod("two", "13"));

        await cluster.UntilAsync(snapshot => snapshot.Pods.Count == 2 && cluster.Pods() == "one=changed three=a");
    }

    [Fact]
    public async Task An_event_that_comes_in_pieces_is_put_together()
    {
        var (cluster, watch) = await WatchingAsync();
        await using var _ = cluster;
        var line = $$"""{"type":"ADDED","object":{{Pod("one", "11")}}}""" + "\n" + $$"""{"type":"ADDED","object":{{Pod("two", "12")}}}""" + "\n";
        foreach (var piece in line.Chunk(37))
        {
            await watch.SendAsync(new string(piece));
        }

        await cluster.UntilAsync(snapshot => snapshot.Pods.Count == 2);
    }

    [Fact]
    public async Task A_watch_that_ends_in_order_is_followed_by_another_from_the_last_event_without_a_list()
    {
        var (cluster, watch) = await WatchingAsync(Pod("one"));
        await using var _ = cluster;
        await watch.SendAsync("ADDED", Pod("two", "11"));
        watch.Close();

        var next = await cluster.Collection.NextAsync();
        Assert.True(next.IsWatch);
        Assert.Equal("11", next.Query["resourceVersion"]);
        Assert.Equal("one=a two=a", cluster.Pods());
        Assert.Equal(1, cluster.Status.WatchRestarts["closed"]);
        Assert.Null(cluster.Status.Problem);
    }

    [Fact]
    public async Task A_bookmark_advances_the_resource_version_and_proves_the_cache_current()
    {
        var (cluster, watch) = await WatchingAsync(Pod("one"));
        await using var _ = cluster;
        cluster.Time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(TimeSpan.FromSeconds(60), cluster.Status.Age);
        await watch.BookmarkAsync("99");
        watch.Close();

        Assert.Equal("99", (await cluster.Collection.NextAsync()).Query["resourceVersion"]);
        Assert.Equal(TimeSpan.Zero, cluster.Status.Age);
        Assert.Equal("one=a", cluster.Pods());
    }

    [Fact]
    public async Task A_watch_that_ends_at_once_is_not_begun_again_at_once()
    {
        var (cluster, watch) = await WatchingAsync();
        await using var _ = cluster;
        watch.Close();

        var next = await cluster.AfterPauseAsync();
        Assert.Equal("10", next.Query["resourceVersion"]);
    }

    [Fact]
    public async Task An_expired_resource_version_in_the_stream_leads_to_a_list()
    {
        var (cluster, watch) = await WatchingAsync(Pod("one"));
        await using var _ = cluster;
        await watch.SendAsync("ADDED", Pod("two", "11"));
        await watch.SendAsync("ERROR", """{"kind":"Status","code":410,"reason":"Expired"}""");

        var list = await cluster.AfterPauseAsync();
        Assert.False(list.IsWatch);
        Assert.Equal("one=a two=a", cluster.Pods());
        Assert.Null(cluster.Status.Problem);
        await list.ListAsync("50", Pod("three"));

        Assert.Equal("50", (await cluster.Collection.NextAsync()).Query["resourceVersion"]);
        Assert.Equal("three=a", cluster.Pods());
        Assert.Equal(1, cluster.Status.WatchRestarts["expired"]);
    }

    [Fact]
    public async Task A_server_that_is_back_after_a_long_absence_and_has_forgotten_is_asked_for_a_list_soon()
    {
        var (cluster, watch) = await WatchingAsync(Pod("one"));
        await using var _ = cluster;
        watch.Drop();
        for (var attempt = 0; attempt < 12; attempt++)
        {
            (await cluster.AfterPauseAsync()).Drop();
        }

        var next = await cluster.AfterPauseAsync();
        await next.BeginAsync();
        await next.SendAsync("ERROR", """{"kind":"Status","code":410}""");
        Assert.True(await cluster.Time.PassPauseAsync() <= TimeSpan.FromSeconds(0.2));
        Assert.False((await cluster.Collection.NextAsync()).IsWatch);
        // One that breaks and one that is never answered may say it differently; thirteen failures are not thirteen warnings.
        Assert.InRange(cluster.Logs.Lines.Count(line => line.StartsWith("Warning 2004", StringComparison.Ordinal)), 1, 3);
        Assert.Contains("Information 2007: pods are watched again", cluster.Logs.Lines);
    }

    [Fact]
    public async Task A_server_whose_every_watch_expires_is_asked_for_lists_ever_more_seldom()
    {
        await using var cluster = await FollowedCluster.StartAsync();
        var longest = TimeSpan.Zero;
        for (var attempt = 0; attempt < 30; attempt++)
        {
            await (await cluster.Collection.NextAsync()).ListAsync("10");
            await (await cluster.Collection.NextAsync()).RefuseAsync(410);
            var pause = await cluster.Time.PassPauseAsync();
            longest = pause > longest ? pause : longest;
        }

        Assert.InRange(longest, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task An_expired_resource_version_by_status_leads_to_a_list()
    {
        await using var cluster = await FollowedCluster.StartAsync();
        await (await cluster.Collection.NextAsync()).ListAsync("10", Pod("one"));
        await (await cluster.Collection.NextAsync()).RefuseAsync(410);

        var list = await cluster.AfterPauseAsync();
        Assert.False(list.IsWatch);
        Assert.Equal("one=a", cluster.Pods());
    }

    [Fact]
    public async Task Another_error_in_the_stream_leads_to_a_list_after_a_pause()
    {
        var (cluster, watch) = await WatchingAsync(Pod("one"));
        await using var _ = cluster;
        await watch.SendAsync("ERROR", """{"kind":"Status","code":500,"message":"etcd is away"}""");

        var list = await cluster.AfterPauseAsync();
        Assert.False(list.IsWatch);
        Assert.Equal("the API server broke the watch off with an error (code 500).", cluster.Status.Problem);
        Assert.Equal(1, cluster.Status.WatchRestarts["error"]);
        Assert.Equal("one=a", cluster.Pods());
    }

    [Fact]
    public async Task A_connection_that_breaks_within_an_event_loses_nothing()
    {
        var (cluster, watch) = await WatchingAsync();
        await using var _ = cluster;
        await watch.SendAsync("ADDED", Pod("one", "11"));
        await cluster.UntilAsync(snapshot => snapshot.Pods.Count == 1);
        await watch.SendAsync("""{"type":"ADDED","object":{"metadata":{"name":"tw""");
        watch.Drop();

        var next = await cluster.AfterPauseAsync();
        Assert.True(next.IsWatch);
        Assert.Equal("11", next.Query["resourceVersion"]);
        Assert.StartsWith("the connection failed: ", cluster.Status.Problem);
        // The API server is away, and the cache is as good as it was.
        Assert.True(cluster.Status.IsCurrent);
        Assert.Equal(1, cluster.Status.WatchRestarts["dropped"]);
        await next.BeginAsync();
        await next.SendAsync("ADDED", Pod("two", "12"));

        await cluster.UntilAsync(snapshot => snapshot.Pods.Count == 2);
        Assert.Null(cluster.Status.Problem);
    }

    [Fact]
    public async Task A_stream_that_ends_in_order_within_an_event_loses_nothing()
    {
        var (cluster, watch) = await WatchingAsync();
        await using var _ = cluster;
        await watch.SendAsync("""{"type":"ADDED","object":{"metadata":{"name":"tw""");
        watch.Close();

        var next = await cluster.AfterPauseAsync();
        Assert.Equal("10", next.Query["resourceVersion"]);
        Assert.Equal("the watch ended in the middle of an event.", cluster.Status.Problem);
    }

    [Theory]
    [InlineData("""{"type":"DELETED","object":{"metadata":{"resourceVersion":"12"}}}""")]
    [InlineData("""{"type":"DELETED","object":{"metadata":{"resourceVersion":"12","name":""}},"\ud800":1}""")]
    public async Task A_deletion_of_nothing_deletes_nothing(string nothing)
    {
        var (cluster, watch) = await WatchingAsync();
        await using var _ = cluster;

        await watch.SendAsync($$"""{"type":"ADDED","object":{{Pod("one", "11")}}}""" + "\n" + nothing + "\n" + $$"""{"type":"ADDED","object":{{Pod("two", "13")}}}""" + "\n");

        await cluster.UntilAsync(snapshot => snapshot.Pods.Count == 2 && cluster.Pods() == "one=a two=a");
        Assert.Null(cluster.Status.Problem);
    }

    [Theory]
    [InlineData("a secret line\n", "the watch brought a line that is not JSON.")]
    [InlineData("\n", "the watch brought a line that is not JSON.")]
    [InlineData("[]\n", "the watch brought an event without a resource version.")]
    [InlineData("""{"type":"ADDED","object":{"metadata":{"name":"secret"}}}""" + "\n", "the watch brought an event without a resource version.")]
    [InlineData("""{"type":"ADDED","object":"secret"}""" + "\n", "the watch brought an event without a resource version.")]
    [InlineData("""{"type":"SURPRISE","object":{"metadata":{"resourceVersion":"1"}}}""" + "\n", "the watch brought an event of an unknown type.")]
    [InlineData("""{"type":"ERROR"}""" + "\n", "the API server broke the watch off with an error (code 0).")]
    [InlineData("""{"type":"ERROR","object":{"code":"secret"}}""" + "\n", "the API server broke the watch off with an error (code 0).")]
    public async Task Garbage_keeps_what_came_before_it_and_leads_to_a_list(string garbage, string problem)
    {
        var (cluster, watch) = await WatchingAsync();
        await using var _ = cluster;
        await watch.SendAsync($$"""{"type":"ADDED","object":{{Pod("one", "11")}}}""" + "\n" + garbage);

        var list = await cluster.AfterPauseAsync();
        Assert.False(list.IsWatch);
        Assert.Equal("one=a", cluster.Pods());
        Assert.Equal(problem, cluster.Status.Problem);
        Assert.DoesNotContain(cluster.Logs.Lines, line => line.Contains("secret"));
        await list.ListAsync("12", Pod("two"));

        await cluster.Collection.NextAsync();
        Assert.Null(cluster.Status.Problem);
        Assert.True(cluster.Status.IsCurrent);
        Assert.Equal("two=a", cluster.Pods());
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    public async Task An_event_past_the_limit_is_cut(string end)
    {
        await using var cluster = await FollowedCluster.StartAsync(options: new() { LargestObjectBytes = 100_000 });
        await (await cluster.Collection.NextAsync()).ListAsync("10");
        var watch = await cluster.Collection.NextAsync();
        await watch.BeginAsync();
        await watch.SendAsync(new string('x', 150_000) + end);

        await watch.CutAsync();
        Assert.False((await cluster.AfterPauseAsync()).IsWatch);
        Assert.Equal("the watch brought an event of more than 100000 bytes.", cluster.Status.Problem);
    }

    [Fact]
    public async Task A_silent_watch_is_cut_and_doubted_until_the_list_is_complete()
    {
        var (cluster, watch) = await WatchingAsync(Pod("one"));
        await using var _ = cluster;
        await watch.SendAsync("ADDED", Pod("two", "11"));
        await cluster.UntilAsync(snapshot => snapshot.Pods.Count == 2);
        cluster.Time.Advance(TimeSpan.FromSeconds(149));
        Assert.Null(cluster.Status.Problem);
        cluster.Time.Advance(TimeSpan.FromSeconds(1));
        await watch.CutAsync();

        var list = await cluster.AfterPauseAsync();
        Assert.False(list.IsWatch);
        Assert.Equal("nothing came on the watch for 150 s.", cluster.Status.Problem);
        Assert.False(cluster.Status.IsCurrent);
        Assert.Equal(1, cluster.Status.WatchRestarts["stalled"]);
        Assert.Equal("one=a two=a", cluster.Pods());
        await list.ListAsync("20", Pod("two"));

        await cluster.Collection.NextAsync();
        Assert.Null(cluster.Status.Problem);
        Assert.Equal("two=a", cluster.Pods());
    }

    [Fact]
    public async Task A_watch_that_is_never_answered_is_cut_too()
    {
        await using var cluster = await FollowedCluster.StartAsync();
        await (await cluster.Collection.NextAsync()).ListAsync("10", Pod("one"));
        var watch = await cluster.Collection.NextAsync();
        cluster.Time.Advance(TimeSpan.FromSeconds(150));

        await watch.CutAsync();
        await cluster.AfterPauseAsync();
        Assert.Equal(1, cluster.Status.WatchRestarts["stalled"]);
    }

    [Fact]
    public async Task A_cache_that_nothing_proves_is_stale_after_five_minutes()
    {
        var (cluster, watch) = await WatchingAsync(Pod("one"));
        await using var _ = cluster;
        watch.Drop();
        for (var attempt = 0; attempt < 60 && cluster.Status.Age <= TimeSpan.FromSeconds(300); attempt++)
        {
            (await cluster.AfterPauseAsync()).Drop();
            cluster.Time.Advance(TimeSpan.FromSeconds(6));
        }

        await cluster.Time.PassPauseAsync();
        var next = await cluster.Collection.NextAsync();
        await next.BeginAsync();
        await next.SendAsync("ADDED", Pod("two", "10"));
        await cluster.UntilAsync(snapshot => snapshot.Pods.Count == 2);
        next.Close();

        await cluster.Collection.NextAsync();
        Assert.Equal(TimeSpan.Zero, cluster.Status.Age);
        Assert.Null(cluster.Status.Problem);
        cluster.Time.Advance(TimeSpan.FromSeconds(301));
        Assert.NotNull(cluster.Status.Problem);
        Assert.False(cluster.Status.IsCurrent);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(429)]
    [InlineData(500)]
    public async Task A_refused_watch_is_tried_again_from_the_same_point(int code)
    {
        await using var cluster = await FollowedCluster.StartAsync();
        await (await cluster.Collection.NextAsync()).ListAsync("10", Pod("one"));
        await (await cluster.Collection.NextAsync()).RefuseAsync(code);

        var next = await cluster.AfterPauseAsync();
        Assert.True(next.IsWatch);
        Assert.Equal("10", next.Query["resourceVersion"]);
        Assert.Contains($"HTTP {code}", cluster.Status.Problem);
        Assert.Equal("one=a", cluster.Pods());
        Assert.True(cluster.Status.Synced);
        await next.BeginAsync();
        await next.BookmarkAsync("11");
        next.Close();

        Assert.Equal("11", (await cluster.Collection.NextAsync()).Query["resourceVersion"]);
        Assert.Null(cluster.Status.Problem);
    }

    [Fact]
    public async Task Pauses_grow_to_fifteen_seconds_and_no_further()
    {
        await using var cluster = await FollowedCluster.StartAsync();
        var longest = TimeSpan.Zero;
        for (var attempt = 0; attempt < 40; attempt++)
        {
            await (await cluster.Collection.NextAsync()).RefuseAsync(500);
            var pause = await cluster.Time.PassPauseAsync();
            Assert.True(attempt > 0 || pause <= TimeSpan.FromSeconds(0.2));
            longest = pause > longest ? pause : longest;
        }

        Assert.InRange(longest, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15));
    }
}
