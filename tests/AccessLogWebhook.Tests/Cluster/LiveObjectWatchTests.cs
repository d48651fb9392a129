using AccessLogWebhook.Cluster;
using AccessLogWebhook.Tests.Support;
using k8s;

namespace AccessLogWebhook.Tests.Cluster;

/// <summary>One object, watched by its name, request by request.</summary>
public sealed class LiveObjectWatchTests : IAsyncLifetime
{
    private const string Collection = "api/v1/namespaces/shop/secrets";
    private const string First = """{"metadata":{"name":"one","uid":"u","resourceVersion":"5"}}""";
    private const string Second = """{"metadata":{"name":"one","uid":"u","resourceVersion":"6"}}""";
    private const string Other = """{"metadata":{"name":"other","uid":"v","resourceVersion":"7"}}""";

    private readonly CancellationTokenSource stopping = new();
    private readonly TestTime time = new();
    private readonly LogCollector<LiveObjectWatch> logs = new();
    private FakeApiServer server = null!;
    private FakeCollection requests = null!;
    private LiveConnection connection = null!;
    private LiveObjectWatch watch = null!;
    private Task running = null!;

    public async ValueTask InitializeAsync()
    {
        server = await FakeApiServer.StartAsync();
        requests = server.Collection(Collection);
        connection = new LiveConnection(new KubernetesClientConfiguration { Host = server.Address.ToString() });

        // Deadlines are longer than any pause, so that the two are told apart.
        watch = new LiveObjectWatch(
            connection,
            new LiveObjects(connection, TimeSpan.FromSeconds(100), time),
            new ObjectPath("v1", "secrets", "shop", "one"),
            new ObjectWatchTimings { Watch = TimeSpan.FromSeconds(90), Grace = TimeSpan.FromSeconds(5), Spacing = TimeSpan.FromSeconds(1) },
            time,
            logs);
        running = watch.RunAsync(stopping.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await running.WaitAsync(TestTime.Patience);
        await server.DisposeAsync();
        connection.Dispose();
        stopping.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task It_asks_for_the_one_name_and_watches_from_where_the_list_ended()
    {
        var list = await requests.NextAsync();
        Assert.Equal("metadata.name=one", list.Query["fieldSelector"]);
        await list.ListAsync("10", First);

        var bell = await requests.NextAsync();

        Assert.Equal(("metadata.name=one", "10", "90", true), (bell.Query["fieldSelector"], bell.Query["resourceVersion"], bell.Query["timeoutSeconds"], bell.IsWatch));
        Assert.Equal("5", watch.Sight.Object?.GetProperty("metadata").GetProperty("resourceVersion").GetString());
    }

    [Theory]
    [InlineData("""{"type":"MODIFIED","object":{}}""")]
    [InlineData("""{"type":"ERROR","object":{"code":410}}""")]
    [InlineData("garbage")]
    public async Task Whatever_comes_on_the_watch_has_the_object_read_anew_once_the_spacing_is_over(string line)
    {
        var bell = await BellAsync();
        var changed = watch.Changed;
        await bell.SendAsync(line + "\n");

        Assert.Equal(TimeSpan.FromSeconds(1), await time.PassPauseAsync());
        await (await requests.NextAsync()).ListAsync("11", Second);

        await changed.WaitAsync(TestTime.Patience);
        Assert.Equal("6", watch.Sight.Object?.GetProperty("metadata").GetProperty("resourceVersion").GetString());
    }

    [Fact]
    public async Task A_watch_that_is_silent_past_its_end_is_given_up_and_the_read_after_it_is_a_proof()
    {
        var bell = await BellAsync();
        var changed = watch.Changed;
        time.Advance(TimeSpan.FromSeconds(95));
        await bell.CutAsync();

        await (await requests.NextAsync()).ListAsync("10", First);
        await requests.NextAsync();

        Assert.Equal(TimeSpan.Zero, time.GetElapsedTime(watch.Sight.ProvedAt));
        Assert.False(changed.IsCompleted);
    }

    [Fact]
    public async Task An_object_that_is_not_there_is_known_not_to_be_and_others_do_not_count()
    {
        await (await requests.NextAsync()).ListAsync("10", Other);
        await requests.NextAsync();

        Assert.Equal((true, null, null), (watch.Sight.IsKnown, watch.Sight.Object, watch.Sight.Problem));
    }

    [Fact]
    public async Task What_cannot_be_asked_for_keeps_what_was_known_and_is_said_once()
    {
        var bell = await BellAsync();
        await bell.SendAsync("garbage\n");
        await time.PassPauseAsync();
        for (var attempt = 0; attempt < 3; attempt++)
        {
            await (await requests.NextAsync()).RefuseAsync(403, "no right");
            await time.PassPauseAsync();
        }

        Assert.NotNull(watch.Sight.Object);
        Assert.Equal("the API server does not allow it (HTTP 403): no right.", watch.Sight.Problem);
        Assert.Single(logs.Lines);

        await (await requests.NextAsync()).ListAsync("10", First);
        await requests.NextAsync();
        Assert.Null(watch.Sight.Problem);
    }

    [Fact]
    public async Task A_watch_that_ends_at_once_is_not_begun_again_at_once()
    {
        var bell = await BellAsync();
        await bell.BeginAsync();
        bell.Close();

        await time.PauseAsync();
        Assert.Equal("the API server ends the watch at once.", watch.Sight.Problem);
        Assert.Equal(0, requests.Waiting);
    }

    private async Task<FakeRequest> BellAsync()
    {
        await (await requests.NextAsync()).ListAsync("10", First);
        return await requests.NextAsync();
    }
}
