using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Controllers;
using AccessLogWebhook.Controllers.Reports;
using AccessLogWebhook.Observability;
using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Tests.Support;
using k8s;

namespace AccessLogWebhook.Tests.Controllers.Reports;

/// <summary>
/// A report controller that leads, the snapshot that it judges, and an API server that keeps reports and Events as one does. Time passes by the test alone.
/// </summary>
internal sealed class ReportedCluster : IAsyncDisposable
{
    public const string Open = "apis/openreports.io/v1alpha1";
    public const string Policy = "apis/wgpolicyk8s.io/v1alpha2";

    private static readonly ReportTimings Timings = new()
    {
        // Pauses are told apart by their length; requests have longer.
        Relist = TimeSpan.FromSeconds(60), AbsentKindPoll = TimeSpan.FromSeconds(50), RequestTimeout = TimeSpan.FromSeconds(70),
    };

    private readonly ClusterView view = new();
    private readonly FakeApiServer server;
    private readonly LiveConnection connection;
    private readonly FixedSource source = new();
    private readonly WebhookMetrics metrics = new();
    private readonly Channel<string> events = Channel.CreateUnbounded<string>();
    private readonly HashSet<string> told = new(StringComparer.Ordinal);
    private Leadership? leadership;
    private Task running = Task.CompletedTask;
    private int version = 100;

    private ReportedCluster(FakeApiServer server)
    {
        this.server = server;
        server.Others = new FakeCollection { Taker = request => _ = AnswerAsync(request) };
        connection = new LiveConnection(new KubernetesClientConfiguration { Host = server.Address.ToString() });
        source.Caches = [.. ClusterKinds.All.Select(kind => new CacheStatus(
            kind.Title, Synced: true, Installed: true, 0, TimeSpan.Zero, null, IsCurrent: true, ImmutableDictionary<string, long>.Empty))];
    }

    public TestTime Time { get; } = new();

    public LogCollector<ReportController> Logs { get; } = new();

    public PolicySettings Settings { get; set; } = PolicySettings.Default;

    /// <summary>The groups and versions that are installed.</summary>
    public HashSet<string> Installed { get; } = new([Open], StringComparer.Ordinal);

    /// <summary>The reports that there are, by their path.</summary>
    public ConcurrentDictionary<string, JsonNode> Reports { get; } = new(StringComparer.Ordinal);

    /// <summary>Every write of a report, in order: its method and path.</summary>
    public ConcurrentQueue<string> Writes { get; } = new();

    /// <summary>What is answered to each write, in place of taking it.</summary>
    public int? Refusal { get; set; }

    public static async Task<ReportedCluster> StartAsync()
    {
        var cluster = new ReportedCluster(await FakeApiServer.StartAsync());
        cluster.Put("namespaces", """{"metadata":{"name":"shop","labels":{"accesslog.mesh/enforce":"json","istio-injection":"enabled"}}}""");
        cluster.Put("namespaces", """{"metadata":{"name":"bank"}}""");
        return cluster;
    }

    /// <summary>A Pod of a Deployment, with a sidecar.</summary>
    public static string Pod(string @namespace, string owner, string suffix = "x", string labels = "", string annotations = "\"sidecar.istio.io/status\":\"\"") =>
        $$$"""
        {"metadata":{"namespace":"{{{@namespace}}}","name":"{{{owner}}}-1-{{{suffix}}}","labels":{"pod-template-hash":"1"{{{labels}}}},"annotations":{{{{annotations}}}},
        "ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"{{{owner}}}-1","controller":true}]}}
        """;

    public static string PathOf(string @namespace, string name = "accesslog-webhook", string groupVersion = Open) =>
        $"/{groupVersion}/namespaces/{@namespace}/{(groupVersion == Open ? "reports" : "policyreports")}/{name}";

    public void Put(string kind, params IEnumerable<string> objects) => view.Publish(mesh => ClusterKinds.All.Single(known => known.Title == kind)
        .Upsert(mesh, objects.Select(@object => JsonElement.Parse(@object))));

    public void Remove(string kind, string @namespace, string name) =>
        view.Publish(mesh => ClusterKinds.All.Single(known => known.Title == kind).Remove(mesh, new ObjectKey(@namespace, name)));

    /// <summary>Begins to lead, as a replica that knows nothing, and waits until there is nothing to do.</summary>
    public async Task<TimeSpan> LeadAsync()
    {
        leadership = new Leadership(Time.GetTimestamp(), TimeSpan.FromDays(1), Time, CancellationToken.None);
        running = new ReportController(view, source, connection, () => Settings, "me", Timings, metrics.Controllers, Time, Logs).RunAsync(leadership);
        return await IdleAsync();
    }

    public async Task EndLeadershipAsync()
    {
        leadership?.End();
        await running.WaitAsync(TestTime.Patience);
        leadership?.Dispose();
        leadership = null;
    }

    /// <summary>Waits until there is nothing to do, and says for how long if nothing changes.</summary>
    public async Task<TimeSpan> IdleAsync()
    {
        while (true)
        {
            var pause = await Time.PauseAsync();
            if (pause != Timings.Settle)
            {
                return pause;
            }

            Time.Advance(pause);
        }
    }

    /// <summary>Lets so much time pass, and waits until there is nothing to do again.</summary>
    public Task<TimeSpan> PassAsync(double seconds)
    {
        Time.Advance(TimeSpan.FromSeconds(seconds));
        return IdleAsync();
    }

    /// <summary>What a change comes to, when it has come to rest.</summary>
    public async Task RestAsync()
    {
        Assert.Equal(Timings.Quiet, await IdleAsync());
        await PassAsync(Timings.Quiet.TotalSeconds);
    }

    public Task<string> EventAsync() => events.Reader.ReadAsync().AsTask().WaitAsync(TestTime.Patience);

    /// <summary>The results of a report, a line each.</summary>
    public IEnumerable<string> Results(string path) => Reports[path]["results"]!.AsArray().Select(result =>
        $"{result!["result"]} {result["properties"]!["verdict"]} {result["resources"]![0]!["kind"]}/{result["resources"]![0]!["name"]} {result["properties"]!["workloads"]}");

    /// <summary>The lines of the gauge of workloads.</summary>
    public async Task<IEnumerable<string>> GaugesAsync()
    {
        using var output = new MemoryStream();
        await metrics.WriteAsync(output, CancellationToken.None);
        return System.Text.Encoding.UTF8.GetString(output.ToArray()).Split('\n').Where(line => line.StartsWith("accesslog_workloads{", StringComparison.Ordinal))
            .Select(line => line["accesslog_workloads".Length..]).Order(StringComparer.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await EndLeadershipAsync();
        await server.DisposeAsync();
        connection.Dispose();
    }

    private Task AnswerAsync(FakeRequest request)
    {
        if (request.Path.StartsWith("/apis/events.k8s.io/", StringComparison.Ordinal))
        {
            return TellAsync(request);
        }

        var groupVersion = string.Join('/', request.Path.Split('/')[1..4]);
        if (!Installed.Contains(groupVersion))
        {
            return request.RefuseAsync(404);
        }

        if (request.Method == "GET")
        {
            return request.Path.Contains("/namespaces/", StringComparison.Ordinal)
                ? Reports.TryGetValue(request.Path, out var one) ? request.AnswerAsync(200, one.ToJsonString()) : request.RefuseAsync(404)
                : request.ListAsync("1", Reports.Where(report => report.Key.StartsWith($"/{groupVersion}/", StringComparison.Ordinal)
                    && (string?)report.Value["metadata"]!["labels"]?["app.kubernetes.io/managed-by"] == "accesslog-webhook").Select(report => report.Value.ToJsonString()));
        }

        return WriteAsync(request);
    }

    private Task TellAsync(FakeRequest request)
    {
        var told = JsonNode.Parse(request.Body)!;
        if (!this.told.Add((string)told["metadata"]!["name"]!))
        {
            return request.RefuseAsync(409);
        }

        events.Writer.TryWrite($"{told["regarding"]!["namespace"]} {told["regarding"]!["kind"]}/{told["regarding"]!["name"]} {told["reason"]}");
        return request.AnswerAsync(201, "{}");
    }

    private Task WriteAsync(FakeRequest request)
    {
        Writes.Enqueue($"{request.Method} {request.Path}");
        if (Refusal is { } refusal)
        {
            return request.RefuseAsync(refusal);
        }

        var sent = JsonNode.Parse(request.Body)!;
        var path = request.Method == "POST" ? $"{request.Path}/{sent["metadata"]!["name"]}" : request.Path;
        if (request.Method == "DELETE")
        {
            return (string?)sent["preconditions"]!["uid"] == (string?)Reports.GetValueOrDefault(path)?["metadata"]!["uid"] && Reports.TryRemove(path, out _)
                ? request.AnswerAsync(200, "{}")
                : request.RefuseAsync(409);
        }

        var known = Reports.GetValueOrDefault(path);
        if (request.Method == "POST" ? known is not null : (string?)sent["metadata"]!["resourceVersion"] != (string?)known?["metadata"]!["resourceVersion"])
        {
            return request.RefuseAsync(409);
        }

        sent["metadata"]!["uid"] = known?["metadata"]!["uid"]?.DeepClone() ?? $"u-{path}";
        sent["metadata"]!["resourceVersion"] = (++version).ToString(CultureInfo.InvariantCulture);
        Reports[path] = sent;
        return request.AnswerAsync(200, sent.ToJsonString());
    }
}
