using System.Collections.Concurrent;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Controllers;
using AccessLogWebhook.Tests.Support;
using k8s;

namespace AccessLogWebhook.Tests.Controllers;

public sealed class ClusterCleanupTests : IAsyncLifetime
{
    private const string Ours = """{"metadata":{"uid":"u-1","resourceVersion":"7","labels":{"app.kubernetes.io/name":"accesslog-webhook"}}}""";
    private const string Theirs = """{"metadata":{"uid":"u-1","resourceVersion":"7","labels":{"app.kubernetes.io/name":"another"}}}""";
    private const string Held = """{"metadata":{"name":"json","uid":"u-2","resourceVersion":"8","finalizers":["theirs","accesslog.mesh/in-use"]}}""";
    private const string Free = """{"metadata":{"name":"json","uid":"u-2","resourceVersion":"9","finalizers":["theirs"]}}""";

    private readonly ConcurrentQueue<string> writes = new();
    private readonly StringWriter output = new();
    private FakeApiServer server = null!;
    private LiveConnection connection = null!;

    public async ValueTask InitializeAsync()
    {
        server = await FakeApiServer.StartAsync();
        connection = new LiveConnection(new KubernetesClientConfiguration { Host = server.Address.ToString() });
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        connection.Dispose();
        await output.DisposeAsync();
    }

    [Fact]
    public async Task Configurations_and_the_finalizer_go_and_the_finalizers_of_others_stay()
    {
        Serve(Ours, Held);

        Assert.True(await CleanUpAsync());

        Assert.Equal(
            [
                """DELETE mutatingwebhookconfigurations {"apiVersion":"v1","kind":"DeleteOptions","preconditions":{"uid":"u-1"}}""",
                """DELETE validatingwebhookconfigurations {"apiVersion":"v1","kind":"DeleteOptions","preconditions":{"uid":"u-1"}}""",
                """PATCH json {"metadata":{"uid":"u-2","resourceVersion":"8","finalizers":["theirs"]}}""",
            ],
            writes);
        Assert.Contains("Left in place: AccessLogProfiles", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Configurations_without_our_label_stay()
    {
        Serve(Theirs, Free);

        Assert.True(await CleanUpAsync());

        Assert.Empty(writes);
        Assert.Contains("mutatingwebhookconfigurations/accesslog-webhook stays", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cluster_without_anything_of_ours_is_clean()
    {
        Assert.True(await CleanUpAsync());
        Assert.Empty(writes);
    }

    [Fact]
    public async Task The_Deployment_is_stopped_and_only_when_its_last_Pod_has_gone_the_rest_goes()
    {
        var pods = new Queue<string[]>([["""{"metadata":{"name":"one","deletionTimestamp":"2999-11-25T12:00:00Z"}}"""], []]);
        server.Others = new FakeCollection
        {
            Taker = request =>
            {
                writes.Enqueue($"{request.Method} {request.Path.Split('/')[^1]}{(request.Query.TryGetValue("labelSelector", out var selector) ? $" {selector}" : "")}");
                _ = request.Path switch
                {
                    "/apis/apps/v1/namespaces/shop/deployments/webhook" =>
                        request.AnswerAsync(200, """{"spec":{"selector":{"matchLabels":{"app":"a","tier":"b"}}},"status":{}}"""),
                    "/api/v1/namespaces/shop/pods" => request.ListAsync("9", pods.Dequeue()),
                    "/apis/accesslog.mesh/v1alpha1/accesslogprofiles" => request.ListAsync("9"),
                    _ => request.RefuseAsync(404),
                };
            },
        };

        Assert.True(await CleanUpAsync(new ObjectPath("apps/v1", "deployments", "shop", "webhook")));

        Assert.Equal(
            ["GET accesslog-webhook", "GET accesslog-webhook", "PATCH webhook", "GET pods app=a,tier=b", "GET pods app=a,tier=b", "GET accesslogprofiles"],
            writes);
        Assert.Contains("deployments/webhook is stopped, and its Pods are gone.", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Pod_on_a_node_that_does_not_answer_is_not_waited_for()
    {
        server.Others = new FakeCollection
        {
            Taker = request => _ = request.Path switch
            {
                "/apis/apps/v1/namespaces/shop/deployments/webhook" => request.AnswerAsync(200, """{"spec":{"selector":{"matchLabels":{"app":"a"}}}}"""),
                "/api/v1/namespaces/shop/pods" => request.ListAsync("9", """{"metadata":{"name":"one","deletionTimestamp":"2020-11-25T12:00:00Z"}}"""),
                "/apis/accesslog.mesh/v1alpha1/accesslogprofiles" => request.ListAsync("9"),
                _ => request.RefuseAsync(404),
            },
        };

        Assert.True(await CleanUpAsync(new ObjectPath("apps/v1", "deployments", "shop", "webhook")));

        Assert.Contains("deployments/webhook is stopped; 1 of its Pods should have ended long since", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("Left in place", output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("secrets", Ours, true)]
    [InlineData("secrets", Theirs, false)]
    [InlineData("leases", Theirs, true)]
    public async Task What_it_made_for_itself_goes_and_a_Secret_only_with_our_label(string plural, string found, bool goes)
    {
        Serve(found, Free);

        Assert.True(await CleanUpAsync(null, new ObjectPath("v1", plural, "shop", "made")));

        Assert.Equal(goes, writes.Any(write => write.StartsWith($"DELETE {plural} ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_may_not_be_removed_is_said()
    {
        server.Others = new FakeCollection { Taker = request => _ = request.RefuseAsync(403, "not allowed") };

        Assert.False(await CleanUpAsync());
        Assert.Contains("validatingwebhookconfigurations/accesslog-webhook could not be cleaned up", output.ToString(), StringComparison.Ordinal);
    }

    private async Task<bool> CleanUpAsync(ObjectPath? deployment = null, params IEnumerable<ObjectPath> made) =>
        await new ClusterCleanup(new LiveObjects(connection, TestTime.Patience, TimeProvider.System), output, TimeProvider.System)
            .RunAsync("accesslog-webhook", deployment, made, CancellationToken.None).WaitAsync(TestTime.Patience);

    private void Serve(string configuration, string profile)
    {
        server.Others = new FakeCollection
        {
            Taker = request =>
            {
                var parts = request.Path.Split('/');
                if (request.Method != "GET")
                {
                    writes.Enqueue($"{request.Method} {(request.Method == "PATCH" ? parts[^1] : parts[^2])} {request.Body}");
                    profile = request.Method == "PATCH" ? Free : profile;
                    _ = request.AnswerAsync(200, "{}");
                }
                else
                {
                    _ = parts[^1] == "accesslogprofiles"
                        ? request.ListAsync("9", profile)
                        : request.AnswerAsync(200, parts[^2] == "accesslogprofiles" ? profile : configuration);
                }
            },
        };
    }
}
