using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.ClusterTests.Admission;
using AccessLogWebhook.ClusterTests.Support;

namespace AccessLogWebhook.ClusterTests.Promises;

/// <summary>How long after a namespace is relabelled it is still judged by its old labels.</summary>
public sealed class StalenessTests(ControlPlaneFixture fixture) : ClusterTest(fixture)
{
    private const int Namespaces = 150;

    [Fact]
    public async Task A_namespace_relabelled_is_honoured_as_soon_as_the_API_servers_own_watch_tells_of_it()
    {
        var user = await Plane.CreateUserAsync(ServedWebhook.Rights);
        await using var webhook = await WebhookProcess.StartAsync(new() { Kubeconfig = user.Kubeconfig, Configuration = "controllers: {enabled: false}\n" });
        using var direct = new DirectReviews(webhook, webhook.Endpoint.AuthorityPem);
        var spaces = new List<string>();
        for (var made = 0; made < Namespaces; made++)
        {
            spaces.Add(await Plane.CreateNamespaceAsync([new("istio-injection", "enabled")]));
        }

        await Eventually.HoldsAsync("the last one is known", async () => await direct.IsAdmittedAsync(spaces[^1]));
        using var stop = new CancellationTokenSource();
        var seen = new ConcurrentDictionary<string, long>();
        var watching = await WatchAsync(seen, stop.Token);

        var (sinceWatch, sinceAnswer) = (new List<double>(), new List<double>());
        foreach (var space in spaces)
        {
            await RelabelAsync(space, "\"json\"");
            var answered = TimeProvider.System.GetTimestamp();
            long honoured;
            while (true)
            {
                var admitted = await direct.IsAdmittedAsync(space);
                honoured = TimeProvider.System.GetTimestamp();
                if (!admitted)
                {
                    break;
                }

                Assert.True(TimeProvider.System.GetElapsedTime(answered) < TimeSpan.FromSeconds(30), "it is not honoured");
            }

            var told = await Eventually.ValueAsync("the watch tells of it", () => Task.FromResult(seen.TryGetValue(space, out var at) ? (object)at : null));
            sinceWatch.Add(TimeProvider.System.GetElapsedTime((long)told, honoured).TotalMilliseconds);
            sinceAnswer.Add(TimeProvider.System.GetElapsedTime(answered, honoured).TotalMilliseconds);
        }

        // All at once.
        await Task.WhenAll(spaces.Select(space => RelabelAsync(space, "null")));
        var burst = TimeProvider.System.GetTimestamp();
        foreach (var space in spaces)
        {
            await Eventually.HoldsAsync("it is honoured", () => direct.IsAdmittedAsync(space));
        }

        var all = TimeProvider.System.GetElapsedTime(burst).TotalMilliseconds;
        await stop.CancelAsync();
        await watching;

        Say("since the API server's watch told a client of it", sinceWatch);
        Say("since the API server answered", sinceAnswer);
        TestContext.Current.TestOutputHelper?.WriteLine($"{Namespaces} at once: all honoured {all:0.0} ms after the last answer");
        var metrics = await webhook.MetricsAsync();
        var (counted, inASecond) = (
            PrometheusText.Sum(metrics, "accesslog_watch_apply_seconds_count", ("kind", "namespaces")), PrometheusText.Sum(metrics, "accesslog_watch_apply_seconds_bucket", ("kind", "namespaces"), ("le", "1")));
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"by the metric: {PrometheusText.Sum(metrics, "accesslog_watch_apply_seconds_sum", ("kind", "namespaces")) / counted * 1000:0.00} ms on average from the wire to decisions");
        // The promise, by what the product says of itself; and that it says it of every change.
        Assert.Equal(counted, inASecond);
        Assert.True(counted > Namespaces, $"{counted}");
        Assert.True(PrometheusText.Sum(metrics, "accesslog_watch_delay_seconds_count", ("kind", "namespaces")) >= Namespaces * 2);
    }

    private static void Say(string what, List<double> delays)
    {
        delays.Sort();
        TestContext.Current.TestOutputHelper?.WriteLine($"{what}: p50 {delays[delays.Count / 2]:0.0} ms, p99 {delays[delays.Count * 99 / 100]:0.0} ms, most {delays[^1]:0.0} ms");
    }

    private async Task RelabelAsync(string space, string value) =>
        (await Admin.PatchAsync(ApiPaths.Namespaces(space), $$$"""{"metadata":{"labels":{"accesslog.mesh/enforce":{{{value}}} } } }""")).Successful();

    /// <summary>Notes when a client of its own is told that a namespace enforces.</summary>
    private async Task<Task> WatchAsync(ConcurrentDictionary<string, long> seen, CancellationToken stop)
    {
        Assert.True(LiveConnection.TryOpen(Plane.AdminKubeconfig, null, out var connection, out var problem), problem);
        var version = (string)(await Admin.GetAsync($"{ApiPaths.Namespaces()}?limit=1")).Successful()["metadata"]!["resourceVersion"]!;
        var answer = await connection.GetAsync($"api/v1/namespaces?watch=true&resourceVersion={version}", "application/json", stop);
        return FollowAsync();

        async Task FollowAsync()
        {
            using (connection)
            using (answer)
            {
                using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(CancellationToken.None));
                try
                {
                    while (await reader.ReadLineAsync(stop) is { } line)
                    {
                        var at = TimeProvider.System.GetTimestamp();
                        var metadata = JsonNode.Parse(line)!["object"]!["metadata"]!;
                        if (metadata["labels"]?["accesslog.mesh/enforce"] is not null)
                        {
                            seen.TryAdd((string)metadata["name"]!, at);
                        }
                    }
                }
                catch (OperationCanceledException)
                {
                    // Enough.
                }
            }
        }
    }
}
