using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Controllers;
using AccessLogWebhook.Observability;
using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Policy.Rendering;
using AccessLogWebhook.Tests.Support;
using k8s;

namespace AccessLogWebhook.Tests.Controllers;

/// <summary>
/// A reference controller that leads, the snapshot that it plans from, and the API server that it writes to, request by request. The snapshot changes
/// by the test alone: whether the controller's own writes have come back is the test's to say.
/// </summary>
internal sealed class ControlledCluster : IAsyncDisposable
{
    public const string Root = "istio-system";

    private readonly CancellationTokenSource stopping = new();
    private readonly ClusterView view = new();
    private readonly FakeApiServer server;
    private readonly FakeCollection requests = new();
    private readonly FakeCollection events;
    private readonly LiveConnection connection;
    private readonly WebhookMetrics metrics = new();
    private Task running = Task.CompletedTask;

    private ControlledCluster(FakeApiServer server)
    {
        this.server = server;
        server.Others = requests;
        events = server.Collection("apis/events.k8s.io/v1/namespaces/default/events");
        connection = new LiveConnection(new KubernetesClientConfiguration { Host = server.Address.ToString() });
        Source.Caches = [.. ClusterKinds.All.Select(kind => new CacheStatus(
            kind.Title, Synced: true, Installed: true, 0, TimeSpan.Zero, null, IsCurrent: true, ImmutableDictionary<string, long>.Empty) { ResourceVersion = "100" })];
        Leadership = new Leadership(Time.GetTimestamp(), TimeSpan.FromDays(1), Time, stopping.Token);
    }

    /// <summary>Pauses are told apart by their length; requests have longer, so that none of theirs is among them.</summary>
    public static ReferenceTimings Timings { get; } = new() { Resync = TimeSpan.FromSeconds(60), RequestTimeout = TimeSpan.FromSeconds(70), RemoveAfter = TimeSpan.FromSeconds(50) };

    public TestTime Time { get; } = new();

    public FixedSource Source { get; } = new();

    public Func<PolicySettings> Settings { get; set; } = () => PolicySettings.Default;

    public Leadership Leadership { get; }

    public LogCollector<ReferenceController> Logs { get; } = new();

    /// <summary>How many requests have come that the test has not taken.</summary>
    public int Waiting => requests.Waiting;

    /// <summary>A cluster with the root namespace and the references of the built-in profiles.</summary>
    public static async Task<ControlledCluster> StartAsync()
    {
        var cluster = new ControlledCluster(await FakeApiServer.StartAsync());
        cluster.Put("namespaces", $$$"""{"metadata":{"name":"{{{Root}}}"}}""");
        foreach (var name in BuiltInProfiles.Names)
        {
            cluster.Put("envoyfilters", Stored(ReferenceOf(BuiltInProfiles.Named(name)!), $"u-{name}", "1"));
        }

        return cluster;
    }

    /// <summary>A profile's object as an API server has it.</summary>
    public static string Profile(string name, string spec = "{}", int generation = 1, string metadata = ",\"finalizers\":[\"accesslog.mesh/in-use\"]", string status = "{}") =>
        $$$"""
        {"metadata":{"name":"{{{name}}}","uid":"u-{{{name}}}","resourceVersion":"{{{generation}}}","generation":{{{generation}}}{{{metadata}}}},"spec":{{{spec}}},"status":{{{status}}} }
        """;

    /// <summary>What a profile with this object renders to.</summary>
    public static RenderedResource ReferenceOf(string profile)
    {
        using var document = JsonDocument.Parse(profile);
        return ReferenceOf(AccessLogProfileReader.Read((string)JsonNode.Parse(profile)!["metadata"]!["name"]!, document.RootElement));
    }

    /// <summary>A reference as an API server has it.</summary>
    public static string Stored(RenderedResource resource, string uid, string resourceVersion)
    {
        var manifest = resource.ToManifest();
        manifest["metadata"]!["uid"] = uid;
        manifest["metadata"]!["resourceVersion"] = resourceVersion;
        return manifest.ToJsonString();
    }

    /// <summary>Changes the snapshot, as a watch would.</summary>
    public void Put(string kind, params IEnumerable<string> objects) => view.Publish(mesh => ClusterKinds.All.Single(known => known.Title == kind)
        .Upsert(mesh, objects.Select(@object => JsonElement.Parse(@object))));

    public void Remove(string kind, string @namespace, string name) =>
        view.Publish(mesh => ClusterKinds.All.Single(known => known.Title == kind).Remove(mesh, new ObjectKey(@namespace, name)));

    /// <summary>Says up to where the caches have come.</summary>
    public void CachesAreAt(string version) => Source.Caches = [.. Source.Caches.Select(cache => cache with { ResourceVersion = version })];

    /// <summary>Begins to lead.</summary>
    public void Lead() => running = new ReferenceController(
        view, Source, connection, () => Settings(), "me", Timings, metrics.Controllers, Time, Logs).RunAsync(Leadership);

    /// <summary>The next request, which must be this one: <c>PATCH accesslogprofiles/team/status</c>.</summary>
    public async Task<FakeRequest> NextAsync(string methodAndEnd)
    {
        var request = await requests.NextAsync();
        Assert.EndsWith(methodAndEnd[(methodAndEnd.IndexOf(' ', StringComparison.Ordinal) + 1)..], request.Path, StringComparison.Ordinal);
        Assert.StartsWith($"{request.Method} ", methodAndEnd, StringComparison.Ordinal);
        return request;
    }

    /// <summary>Takes the Event that must come next, and answers it. They come beside the other requests, in an order of their own.</summary>
    public async Task<string> EventAsync()
    {
        var request = await events.NextAsync();
        await request.AnswerAsync(201, "{}");
        var told = JsonNode.Parse(request.Body)!;
        return $"{told["type"]} {told["reason"]}: {told["note"]}";
    }

    /// <summary>Waits for an Event, and leaves it unanswered.</summary>
    public Task EventComesAsync() => events.NextAsync();

    /// <summary>Waits until there is nothing to do, whatever waits for an answer.</summary>
    public Task PauseAsync() => Time.PauseAsync();

    /// <summary>Answers an apply as an API server does, with the object under this version.</summary>
    public static Task AnswerAppliedAsync(FakeRequest request, string resourceVersion)
    {
        var applied = JsonNode.Parse(request.Body)!;
        applied["metadata"]!["uid"] = "u-applied";
        applied["metadata"]!["resourceVersion"] = resourceVersion;
        return request.AnswerAsync(200, applied.ToJsonString());
    }

    /// <summary>Answers the lists by which it is asked who uses a profile, with these Pods.</summary>
    public Task AnswerUsageAsync(params string[] pods) => AnswerUsageAsync([], pods);

    /// <param name="namespaces">Those that the snapshot does not know, or not so.</param>
    public async Task AnswerUsageAsync(string[] namespaces, string[] pods)
    {
        await (await NextAsync("GET api/v1/namespaces")).ListAsync("200", namespaces);
        var list = await NextAsync("GET api/v1/pods");
        Assert.StartsWith("accesslog.mesh/profile=", list.Query["labelSelector"], StringComparison.Ordinal);
        await list.ListAsync("200", pods);
        await (await NextAsync("GET apis/networking.istio.io/v1/gateways")).ListAsync("200");
        await (await NextAsync("GET apis/gateway.networking.k8s.io/v1/gateways")).ListAsync("200");
    }

    /// <summary>Waits until there is nothing to do, and says for how long if nothing changes.</summary>
    public async Task<TimeSpan> IdleAsync()
    {
        var pause = await Time.PauseAsync();
        Assert.NotEqual(Timings.Settle, pause);
        Assert.Equal((0, 0), (requests.Waiting, events.Waiting));
        return pause;
    }

    /// <summary>Lets time pass, pause by pause, until something is written.</summary>
    public async Task UntilWrittenAsync()
    {
        while (true)
        {
            await Task.WhenAny(requests.ComesAsync(), Time.PauseComesAsync()).WaitAsync(TestTime.Patience);
            if (requests.Waiting > 0)
            {
                return;
            }

            await Time.PassPauseAsync();
        }
    }

    /// <summary>Lets what may follow a change come.</summary>
    public async Task SettleAsync() => Assert.Equal(Timings.Settle, await Time.PassPauseAsync());

    /// <summary>Lets time pass until it is to look again.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        Time.Advance(time);
        await SettleAsync();
    }

    public async Task<string> MetricsAsync()
    {
        using var output = new MemoryStream();
        await metrics.WriteAsync(output, CancellationToken.None);
        return System.Text.Encoding.UTF8.GetString(output.ToArray());
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await running.WaitAsync(TestTime.Patience);
        await server.DisposeAsync();
        connection.Dispose();
        Leadership.Dispose();
        stopping.Dispose();
    }

    private static RenderedResource ReferenceOf(AccessLogProfile profile) => ProfileRenderer.Render(profile).ForWorkloads(Root)!;
}
