using AccessLogWebhook.Cluster;
using AccessLogWebhook.Tests.Support;
using k8s;

namespace AccessLogWebhook.Tests.Cluster;

public sealed class ObjectFinalizerTests : IAsyncLifetime
{
    private static readonly ObjectPath Profile = new("accesslog.mesh/v1alpha1", "accesslogprofiles", "", "json");

    private FakeApiServer server = null!;
    private LiveConnection connection = null!;
    private ObjectFinalizer finalizer = null!;
    private FakeCollection requests = null!;

    public async ValueTask InitializeAsync()
    {
        server = await FakeApiServer.StartAsync();
        requests = server.Collection($"{Profile}");
        connection = new LiveConnection(new KubernetesClientConfiguration { Host = server.Address.ToString() });
        finalizer = new ObjectFinalizer(new LiveObjects(connection, TimeSpan.FromSeconds(15), TimeProvider.System), "accesslog.mesh/references");
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        connection.Dispose();
    }

    [Theory]
    [InlineData(true, "", """["accesslog.mesh/references"]""")]
    [InlineData(true, ""","finalizers":["theirs"]""", """["theirs","accesslog.mesh/references"]""")]
    [InlineData(false, ""","finalizers":["a","accesslog.mesh/references","b"]""", """["a","b"]""")]
    public async Task It_is_put_on_and_taken_off_beside_those_of_others(bool present, string before, string after)
    {
        var running = finalizer.SetAsync(Profile, "u-1", present, CancellationToken.None);
        await AnswerReadAsync("7", before);
        var write = await requests.NextAsync();
        await write.AnswerAsync(200, "{}");

        Assert.IsType<ObjectOutcome.Done>(await running);
        Assert.Equal("PATCH application/merge-patch+json", $"{write.Method} {write.ContentType}");
        Assert.Equal($$$"""{"metadata":{"uid":"u-1","resourceVersion":"7","finalizers":{{{after}}}}}""", write.Body);
    }

    [Theory]
    [InlineData(true, ""","finalizers":["accesslog.mesh/references"]""")]
    [InlineData(false, "")]
    [InlineData(false, ""","finalizers":["theirs"]""")]
    public async Task What_is_so_already_is_not_written(bool present, string before)
    {
        var running = finalizer.SetAsync(Profile, "u-1", present, CancellationToken.None);
        await AnswerReadAsync("7", before);

        Assert.IsType<ObjectOutcome.Done>(await running);
        Assert.Equal(0, requests.Waiting);
    }

    [Fact]
    public async Task A_change_between_reading_and_writing_is_read_and_kept()
    {
        var running = finalizer.SetAsync(Profile, "u-1", present: true, CancellationToken.None);
        await AnswerReadAsync("7", "");
        await (await requests.NextAsync()).RefuseAsync(409);
        await AnswerReadAsync("8", ""","finalizers":["theirs"]""");
        var write = await requests.NextAsync();
        await write.AnswerAsync(200, "{}");

        Assert.IsType<ObjectOutcome.Done>(await running);
        Assert.Equal("""{"metadata":{"uid":"u-1","resourceVersion":"8","finalizers":["theirs","accesslog.mesh/references"]}}""", write.Body);
    }

    [Fact]
    public async Task An_object_that_never_rests_is_left_for_another_time()
    {
        var running = finalizer.SetAsync(Profile, "u-1", present: true, CancellationToken.None);
        for (var attempt = 0; attempt < 5; attempt++)
        {
            await AnswerReadAsync("7", "");
            await (await requests.NextAsync()).RefuseAsync(409);
        }

        Assert.IsType<ObjectOutcome.Conflict>(await running);
    }

    [Fact]
    public async Task Another_object_of_the_same_name_is_left_alone()
    {
        var running = finalizer.SetAsync(Profile, "u-0", present: false, CancellationToken.None);
        await AnswerReadAsync("7", ""","finalizers":["accesslog.mesh/references"]""");

        Assert.Equal("another object has its name now.", Assert.IsType<ObjectOutcome.NotFound>(await running).Message);
        Assert.Equal(0, requests.Waiting);
    }

    [Fact]
    public async Task What_cannot_be_read_is_not_written()
    {
        var running = finalizer.SetAsync(Profile, "u-1", present: true, CancellationToken.None);
        await (await requests.NextAsync()).RefuseAsync(403);

        Assert.IsType<ObjectOutcome.Refused>(await running);
        Assert.Equal(0, requests.Waiting);
    }

    private async Task AnswerReadAsync(string resourceVersion, string finalizers) => await (await requests.NextAsync()).AnswerAsync(
        200, $$$"""{"metadata":{"name":"json","uid":"u-1","resourceVersion":"{{{resourceVersion}}}"{{{finalizers}}}}}""");
}
