using AccessLogWebhook.Cluster;
using AccessLogWebhook.Tests.Support;
using static AccessLogWebhook.Tests.Support.FollowedCluster;

namespace AccessLogWebhook.Tests.Cluster;

public sealed class LiveListTests
{
    [Fact]
    public async Task A_list_fills_the_snapshot_and_a_watch_goes_on_from_where_it_ended()
    {
        await using var cluster = await FollowedCluster.StartAsync();
        var list = await cluster.Collection.NextAsync();
        Assert.Equal("500", list.Query["limit"]);
        Assert.DoesNotContain("resourceVersion", list.Query.Keys);
        Assert.Equal("application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json", list.Accept);
        Assert.Equal($"Bearer {Token}", list.Authorization);
        await list.ListAsync("10", Pod("one"), Pod("two"));

        var watch = await cluster.Collection.NextAsync();
        Assert.Equal("true", watch.Query["watch"]);
        Assert.Equal("true", watch.Query["allowWatchBookmarks"]);
        Assert.Equal("10", watch.Query["resourceVersion"]);
        Assert.InRange(int.Parse(watch.Query["timeoutSeconds"], null), 240, 300);
        Assert.Equal("application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json", watch.Accept);
        Assert.Equal($"Bearer {Token}", watch.Authorization);
        Assert.Equal("one=a two=a", cluster.Pods());
        Assert.Equal(("pods", true, true, 2, TimeSpan.Zero, null), Essence(cluster.Status));
        Assert.Empty(cluster.Status.WatchRestarts);
    }

    [Fact]
    public async Task Before_the_first_list_nothing_is_synced()
    {
        await using var cluster = await FollowedCluster.StartAsync();
        await cluster.Collection.NextAsync();

        Assert.Equal(("pods", false, true, 0, TimeSpan.Zero, "it has not been listed yet."), Essence(cluster.Status));
    }

    [Fact]
    public async Task A_kind_whose_spec_counts_is_asked_for_whole()
    {
        await using var cluster = await FollowedCluster.StartAsync("envoyfilters");
        var list = await cluster.Collection.NextAsync();

        Assert.Equal("application/json", list.Accept);
    }

    [Fact]
    public async Task Pages_are_put_together_and_published_once_they_are_all_there()
    {
        await using var cluster = await FollowedCluster.StartAsync();
        await (await cluster.Collection.NextAsync()).PageAsync("10", "next+/=", Pod("one"));

        var second = await cluster.Collection.NextAsync();
        Assert.Equal("next+/=", second.Query["continue"]);
        Assert.Equal("500", second.Query["limit"]);
        Assert.Equal("", cluster.Pods());
        Assert.False(cluster.Status.Synced);
        await second.ListAsync("10", Pod("two"));

        await cluster.Collection.NextAsync();
        Assert.Equal("one=a two=a", cluster.Pods());
    }

    [Fact]
    public async Task A_list_that_expires_between_two_pages_is_asked_for_in_one()
    {
        await using var cluster = await FollowedCluster.StartAsync();
        await (await cluster.Collection.NextAsync()).PageAsync("10", "next", Pod("deleted-since"));
        await (await cluster.Collection.NextAsync()).RefuseAsync(410);

        var whole = await cluster.Collection.NextAsync();
        Assert.Equal("0", whole.Query["limit"]);
        Assert.DoesNotContain("continue", whole.Query.Keys);
        await whole.ListAsync("12", Pod("one"));

        Assert.Equal("12", (await cluster.Collection.NextAsync()).Query["resourceVersion"]);
        Assert.Equal("one=a", cluster.Pods());
    }

    [Theory]
    [InlineData("""{"metadata":{"resourceVersion":"10"},"items":[{"metadata":{"name":"on""")]
    [InlineData("""{"metadata":{"resourceVersion":"10"},"items":[{"metadata":{"name":"one"}}]""")]
    [InlineData("""{"metadata":{"resourceVersion":"10"}}""")]
    [InlineData("""{"metadata":{},"items":[]}""")]
    [InlineData("""{"metadata":{"resourceVersion":"10"},"items":"none"}""")]
    [InlineData("""[]""")]
    [InlineData("""<html>please log in</html>""")]
    [InlineData("")]
    public async Task What_is_not_a_whole_list_is_never_published(string body)
    {
        await using var cluster = await FollowedCluster.StartAsync();
        await (await cluster.Collection.NextAsync()).AnswerAsync(200, body);

        var again = await cluster.AfterPauseAsync();
        Assert.False(again.IsWatch);
        Assert.Equal("", cluster.Pods());
        Assert.False(cluster.Status.Synced);
        Assert.StartsWith("the API server's answer ", cluster.Status.Problem);
        Assert.Equal(1, cluster.Status.WatchRestarts["garbled"]);
        Assert.DoesNotContain(cluster.Logs.Lines, line => line.Contains("one") || line.Contains("log in"));
        await again.ListAsync("11", Pod("one"));

        await cluster.Collection.NextAsync();
        Assert.Null(cluster.Status.Problem);
        Assert.Equal("one=a", cluster.Pods());
    }

    [Fact]
    public async Task A_connection_that_breaks_within_a_list_leaves_nothing_behind()
    {
        await using var cluster = await FollowedCluster.StartAsync();
        var list = await cluster.Collection.NextAsync();
        await list.SendAsync($$"""{"metadata":{"resourceVersion":"10"},"items":[{{Pod("one")}},""");
        list.Drop();

        await cluster.AfterPauseAsync();
        Assert.Equal("", cluster.Pods());
        Assert.Equal(1, cluster.Status.WatchRestarts["dropped"]);
    }

    [Fact]
    public async Task A_list_in_any_order_and_without_items_is_a_list()
    {
        await using var cluster = await FollowedCluster.StartAsync();
        await (await cluster.Collection.NextAsync()).AnswerAsync(200, """{"\ud800":1,"extra":[{"items":1}],"items":null,"metadata":{"resourceVersion":"10"}}""");

        await cluster.Collection.NextAsync();
        Assert.True(cluster.Status.Synced);
        Assert.Equal(0, cluster.Status.Objects);
    }

    [Fact]
    public async Task An_object_of_many_levels_does_not_hide_the_others()
    {
        await using var cluster = await FollowedCluster.StartAsync("envoyfilters");
        var deep = string.Concat(Enumerable.Repeat("{\"a\":", 9_000)) + "1" + new string('}', 9_000);
        await (await cluster.Collection.NextAsync()).ListAsync(
            "10",
            $$$"""{"metadata":{"namespace":"a","name":"deep"},"spec":{"value":{{{deep}}}}}""",
            """{"metadata":{"namespace":"a","name":"other"}}""");

        await cluster.Collection.NextAsync();
        Assert.Equal(2, cluster.Status.Objects);
    }

    [Fact]
    public async Task An_object_past_the_limit_is_refused_and_one_at_the_limit_is_read()
    {
        await using var cluster = await FollowedCluster.StartAsync(options: new LiveClusterOptions { LargestObjectBytes = 200_000 });
        var longer = Pod("longer").Replace("{\"metadata\"", $"{{\"spec\":\"{new string('x', 500_000)}\",\"metadata\"", StringComparison.Ordinal);
        var fits = Pod("fits").Replace("{\"metadata\"", $"{{\"spec\":\"{new string('x', 190_000)}\",\"metadata\"", StringComparison.Ordinal);
        await (await cluster.Collection.NextAsync()).ListAsync("10", Pod("one"), longer);

        var again = await cluster.AfterPauseAsync();
        Assert.Contains("more than 200000 bytes", cluster.Status.Problem);
        await again.ListAsync("10", fits, fits, fits, fits, Pod("one"));

        await cluster.Collection.NextAsync();
        Assert.Equal("fits=a one=a", cluster.Pods());
    }

    [Theory]
    [InlineData(401, "refused", "the API server does not accept the credentials (HTTP 401): so it says.")]
    [InlineData(403, "refused", "the API server does not allow it (HTTP 403): so it says.")]
    [InlineData(429, "throttled", "the API server asks to be left alone for a while (HTTP 429): so it says.")]
    [InlineData(500, "error", "the API server failed (HTTP 500): so it says.")]
    public async Task A_refused_list_is_tried_again_and_the_status_says_why(int code, string reason, string problem)
    {
        await using var cluster = await FollowedCluster.StartAsync();
        await (await cluster.Collection.NextAsync()).RefuseAsync(code, "so it says");

        var again = await cluster.AfterPauseAsync();
        Assert.Equal(problem, cluster.Status.Problem);
        Assert.Equal(1, cluster.Status.WatchRestarts[reason]);
        Assert.False(cluster.Status.Synced);
        await again.ListAsync("10");

        await cluster.Collection.NextAsync();
        Assert.Null(cluster.Status.Problem);
        Assert.True(cluster.Status.Synced);
    }

    [Fact]
    public async Task Retry_After_is_honoured_up_to_a_minute()
    {
        await using var cluster = await FollowedCluster.StartAsync();
        await (await cluster.Collection.NextAsync()).RefuseAsync(429, TimeSpan.FromSeconds(7));
        Assert.Equal(TimeSpan.FromSeconds(7), await cluster.Time.PassPauseAsync());

        await (await cluster.Collection.NextAsync()).RefuseAsync(503, TimeSpan.FromHours(1));
        Assert.Equal(TimeSpan.FromSeconds(60), await cluster.Time.PassPauseAsync());
        await cluster.Collection.NextAsync();
    }

    [Fact]
    public async Task A_list_that_is_not_answered_is_given_up()
    {
        await using var cluster = await FollowedCluster.StartAsync();
        var list = await cluster.Collection.NextAsync();
        cluster.Time.Advance(TimeSpan.FromSeconds(71));

        await list.CutAsync();
        await cluster.AfterPauseAsync();
        Assert.Equal("the API server did not finish a list in time.", cluster.Status.Problem);
    }

    [Fact]
    public async Task An_unreachable_API_server_is_a_problem_and_no_exception()
    {
        await using var cluster = await FollowedCluster.StartAsync();
        (await cluster.Collection.NextAsync()).Drop();
        await cluster.AfterPauseAsync();

        Assert.StartsWith("the connection failed: ", cluster.Status.Problem);
        Assert.Contains(cluster.Logs.Lines, line => line.StartsWith("Warning 2004: pods cannot be followed, dropped: ", StringComparison.Ordinal));
    }

    private static (string Kind, bool Synced, bool Installed, int Objects, TimeSpan Age, string? Problem) Essence(CacheStatus status) =>
        (status.Kind, status.Synced, status.Installed, status.Objects, status.Age, status.Problem);
}
