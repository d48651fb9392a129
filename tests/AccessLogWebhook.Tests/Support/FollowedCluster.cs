using AccessLogWebhook.Cluster;
using AccessLogWebhook.Policy.Mesh;
using k8s;

namespace AccessLogWebhook.Tests.Support;

/// <summary>A live cluster source at work on one kind of a <see cref="FakeApiServer"/>.</summary>
internal sealed class FollowedCluster : IAsyncDisposable
{
    public const string Token = "the-token";

    private readonly CancellationTokenSource stopping = new();
    private readonly LiveConnection connection;
    private readonly Task running;

    private FollowedCluster(FakeApiServer server, ClusterKind kind, LiveClusterOptions options)
    {
        Server = server;
        connection = new LiveConnection(new KubernetesClientConfiguration { Host = server.Address.ToString(), AccessToken = Token });
        Source = new LiveClusterSource(connection, View, options with { Kinds = [kind] }, Time, Logs);
        Collection = server.Collection(kind.CollectionPaths[0]);
        running = Source.RunAsync(stopping.Token);
    }

    public FakeApiServer Server { get; }

    public FakeCollection Collection { get; }

    public ClusterView View { get; } = new();

    public TestTime Time { get; } = new();

    public LogCollector<LiveClusterSource> Logs { get; } = new();

    public LiveClusterSource Source { get; }

    public CacheStatus Status => Source.CacheStatuses().Single();

    public static ClusterKind Kind(string plural) => ClusterKinds.All.Single(kind => kind.Plural == plural);

    public static async Task<FollowedCluster> StartAsync(string plural = "pods", LiveClusterOptions? options = null, params string[] alsoServed)
    {
        var server = await FakeApiServer.StartAsync();
        foreach (var path in alsoServed)
        {
            server.Collection(path);
        }

        // Registered before the source asks, or the first request would find nothing.
        server.Collection(Kind(plural).CollectionPaths[0]);
        return new FollowedCluster(server, Kind(plural), options ?? new LiveClusterOptions());
    }

    /// <summary>A cluster whose one list is answered, and whose watch has begun.</summary>
    public static async Task<(FollowedCluster Cluster, FakeRequest Watch)> WatchingAsync(params string[] pods)
    {
        var cluster = await StartAsync();
        await (await cluster.Collection.NextAsync()).ListAsync("10", pods);
        var watch = await cluster.Collection.NextAsync();
        await watch.BeginAsync();
        return (cluster, watch);
    }

    public static string Pod(string name, string resourceVersion = "1", string app = "a") =>
        $$$"""{"metadata":{"namespace":"shop","name":"{{{name}}}","resourceVersion":"{{{resourceVersion}}}","labels":{"app":"{{{app}}}"} } }""";

    /// <summary>The names of the Pods that are known, in order, with their label.</summary>
    public string Pods() => string.Join(' ', View.Snapshot.Pods.OrderBy(pod => pod.Key.Name, StringComparer.Ordinal).Select(pod => $"{pod.Key.Name}={pod.Value.Labels["app"]}"));

    /// <summary>The next request, after the pause that must come before it.</summary>
    public async Task<FakeRequest> AfterPauseAsync()
    {
        await Time.PassPauseAsync();
        return await Collection.NextAsync();
    }

    public async Task UntilAsync(Func<MeshSnapshot, bool> condition)
    {
        while (true)
        {
            var changed = View.Changed;
            if (condition(View.Snapshot))
            {
                return;
            }

            await changed.WaitAsync(TestTime.Patience);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await running.WaitAsync(TestTime.Patience);
        await Server.DisposeAsync();
        connection.Dispose();
        stopping.Dispose();
    }
}
