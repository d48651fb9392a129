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
    public async Task What_may_not_be_removed_is_said()
    {
        server.Others = new FakeCollection { Taker = request => _ = request.RefuseAsync(403, "not allowed") };

        Assert.False(await CleanUpAsync());
        Assert.Contains("validatingwebhookconfigurations/accesslog-webhook could not be cleaned up", output.ToString(), StringComparison.Ordinal);
    }

    private async Task<bool> CleanUpAsync() =>
        await new ClusterCleanup(new LiveObjects(connection, TestTime.Patience, TimeProvider.System), output, TimeProvider.System)
            .RunAsync("accesslog-webhook", null, CancellationToken.None).WaitAsync(TestTime.Patience);

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
