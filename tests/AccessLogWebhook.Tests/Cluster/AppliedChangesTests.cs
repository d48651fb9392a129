using System.Collections.Concurrent;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Tests.Support;
using static AccessLogWebhook.Tests.Support.FollowedCluster;

namespace AccessLogWebhook.Tests.Cluster;

public sealed class AppliedChangesTests
{
    private readonly BlockingCollection<AppliedChanges> told = [];

    [Fact]
    public async Task A_change_is_told_with_the_time_since_somebody_last_changed_the_object()
    {
        await using var cluster = await StartAsync("pods", new LiveClusterOptions { Applied = told.Add });
        await (await cluster.Collection.NextAsync()).ListAsync("10", Pod("listed"));
        var watch = await cluster.Collection.NextAsync();
        await watch.BeginAsync();
        var now = cluster.Time.GetUtcNow();
        await watch.SendAsync("ADDED", Changed("one", "11", now - TimeSpan.FromSeconds(9), now - TimeSpan.FromSeconds(2), now - TimeSpan.FromSeconds(5)));

        Assert.True(told.TryTake(out var changes, TestTime.Patience));
        Assert.Equal("pods", changes.Kind);
        Assert.Equal(TimeSpan.Zero, changes.SinceRead);
        Assert.InRange(changes.SinceMade.Single(), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3));
        Assert.Contains("one=", cluster.Pods(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_what_has_no_time_none_is_told_and_bookmarks_are_no_changes()
    {
        await using var cluster = await StartAsync("pods", new LiveClusterOptions { Applied = told.Add });
        await (await cluster.Collection.NextAsync()).ListAsync("10", Pod("one"));
        var watch = await cluster.Collection.NextAsync();
        await watch.BeginAsync();
        await watch.BookmarkAsync("11");
        await watch.SendAsync("MODIFIED", Pod("one", "12"));
        Assert.True(told.TryTake(out var plain, TestTime.Patience));
        await watch.SendAsync("DELETED", Changed("one", "13", cluster.Time.GetUtcNow()));
        Assert.True(told.TryTake(out var deletion, TestTime.Patience));

        Assert.Empty(plain.SinceMade);
        Assert.Empty(deletion.SinceMade);
        Assert.Empty(told);
    }

    private static string Changed(string name, string version, params IEnumerable<DateTimeOffset> times) => Pod(name, version).Replace(
        "\"labels\"",
        $$"""
        "managedFields":[{{string.Join(',', times.Select(time => $$"""{"manager":"kubectl","time":"{{time:yyyy-MM-ddTHH:mm:ssZ}}"}"""))}}],"labels"
        """,
        StringComparison.Ordinal);
}
