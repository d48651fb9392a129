using AccessLogWebhook.Cluster;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Tests.Support;

namespace AccessLogWebhook.Tests.Cluster;

public sealed class LiveNamespaceLookupTests
{
    [Fact]
    public async Task A_namespace_is_found_with_the_labels_that_decide()
    {
        await using var cluster = await FollowedCluster.StartAsync(alsoServed: "api/v1/namespaces/shop");
        var lookup = cluster.Source.LookUpNamespaceAsync("shop", CancellationToken.None);
        var request = await cluster.Server.Collection("api/v1/namespaces/shop").NextAsync();
        Assert.Equal($"Bearer {FollowedCluster.Token}", request.Authorization);
        Assert.Equal("application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json", request.Accept);
        await request.AnswerAsync(200, """{"kind":"PartialObjectMetadata","metadata":{"name":"shop","labels":{"accesslog.mesh/inject":"json","team":"a"}}}""");

        var found = Assert.IsType<NamespaceLookup.Found>(await lookup);
        Assert.Equal(new NamespaceFacts("shop", LabelSet.Of(("accesslog.mesh/inject", "json"))), found.Namespace);
    }

    [Fact]
    public async Task A_namespace_that_is_being_deleted_is_found_as_that()
    {
        await using var cluster = await FollowedCluster.StartAsync(alsoServed: "api/v1/namespaces/shop");
        var lookup = cluster.Source.LookUpNamespaceAsync("shop", CancellationToken.None);
        await (await cluster.Server.Collection("api/v1/namespaces/shop").NextAsync()).AnswerAsync(
            200, """{"kind":"PartialObjectMetadata","metadata":{"name":"shop","deletionTimestamp":"2026-11-25T10:00:00Z"}}""");

        Assert.True(Assert.IsType<NamespaceLookup.Found>(await lookup).Namespace.IsTerminating);
    }

    [Theory]
    [InlineData(404, """{"kind":"Status","message":"namespaces \"shop\" not found"}""", "it does not exist.")]
    [InlineData(403, """{"kind":"Status","message":"user may not get namespaces"}""", "the API server does not allow it (HTTP 403): user may not get namespaces.")]
    [InlineData(500, "oops", "the API server failed (HTTP 500).")]
    [InlineData(200, "<html>", "the API server's answer cannot be read.")]
    [InlineData(200, """{"metadata":{"name":"another"}}""", "the API server's answer cannot be read.")]
    [InlineData(200, "[]", "the API server's answer cannot be read.")]
    public async Task Any_other_answer_says_why_the_labels_are_not_known(int code, string body, string reason)
    {
        await using var cluster = await FollowedCluster.StartAsync(alsoServed: "api/v1/namespaces/shop");
        var lookup = cluster.Source.LookUpNamespaceAsync("shop", CancellationToken.None);
        await (await cluster.Server.Collection("api/v1/namespaces/shop").NextAsync()).AnswerAsync(code, body);

        Assert.Equal(new NamespaceLookup.Unavailable(reason), await lookup);
    }

    [Fact]
    public async Task An_answer_that_does_not_come_is_waited_for_three_seconds()
    {
        await using var cluster = await FollowedCluster.StartAsync(alsoServed: "api/v1/namespaces/shop");
        var lookup = cluster.Source.LookUpNamespaceAsync("shop", CancellationToken.None);
        var request = await cluster.Server.Collection("api/v1/namespaces/shop").NextAsync();
        Assert.Equal(TimeSpan.FromSeconds(3), await cluster.Time.PassPauseAsync());

        Assert.Equal(new NamespaceLookup.Unavailable("the API server did not answer in time."), await lookup);
        await request.CutAsync();
    }

    [Fact]
    public async Task A_request_whose_own_time_is_over_gets_an_answer_too()
    {
        await using var cluster = await FollowedCluster.StartAsync(alsoServed: "api/v1/namespaces/shop");
        using var request = new CancellationTokenSource();
        var lookup = cluster.Source.LookUpNamespaceAsync("shop", request.Token);
        await cluster.Server.Collection("api/v1/namespaces/shop").NextAsync();
        await request.CancelAsync();

        Assert.Equal(new NamespaceLookup.Unavailable("the API server did not answer in time."), await lookup);
    }

    [Fact]
    public async Task A_broken_connection_gets_an_answer_too()
    {
        await using var cluster = await FollowedCluster.StartAsync(alsoServed: "api/v1/namespaces/shop");
        var lookup = cluster.Source.LookUpNamespaceAsync("shop", CancellationToken.None);
        (await cluster.Server.Collection("api/v1/namespaces/shop").NextAsync()).Drop();

        Assert.Equal(new NamespaceLookup.Unavailable("the API server cannot be asked."), await lookup);
    }
}
