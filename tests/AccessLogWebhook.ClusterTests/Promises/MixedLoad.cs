using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using AccessLogWebhook.ClusterTests.Admission;
using AccessLogWebhook.ClusterTests.Support;

namespace AccessLogWebhook.ClusterTests.Promises;

/// <summary>
/// What a cluster does all day, without a pause: Pods and Gateways come, change and go where namespaces inject, enforce, do both, and ask for nothing. Of each the right
/// answer is known, and another one, or none, is a loss.
/// </summary>
internal sealed class MixedLoad : IAsyncDisposable
{
    private const string Labelled = "accesslog.mesh/profile";
    private const string Pod = """{"metadata":{"generateName":"api-"},"spec":{"automountServiceAccountToken":false,"containers":[{"name":"api","image":"api:1"}]}}""";
    private const string IstioGateway = """
        {"apiVersion":"networking.istio.io/v1","kind":"Gateway","metadata":{"generateName":"public-"},
         "spec":{"selector":{"istio":"nobody"},"servers":[{"hosts":["*"],"port":{"name":"http","number":80,"protocol":"HTTP"}}]}}
        """;

    private const string KubernetesGateway = """
        {"apiVersion":"gateway.networking.k8s.io/v1","kind":"Gateway","metadata":{"generateName":"public-"},
         "spec":{"gatewayClassName":"istio","listeners":[{"name":"http","port":80,"protocol":"HTTP"}]}}
        """;

    private static readonly string Conforming = $$$"""
        {"metadata":{"generateName":"api-","labels":{"accesslog.mesh/profile":"json","accesslog.mesh/revision":"{{{ServedWebhook.JsonRevision}}}"},
         "annotations":{"accesslog.mesh/envoyfilter":"{{{ServedWebhook.JsonReference}}}"}},
         "spec":{"automountServiceAccountToken":false,"containers":[{"name":"api","image":"api:1"}]}}
        """;

    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentDictionary<string, int> done = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<Loss> losses = new();
    private readonly ControlPlane plane;
    private readonly TimeSpan pace;
    private Task working = Task.CompletedTask;
    private int unreached;

    private MixedLoad(ControlPlane plane, TimeSpan pace)
    {
        this.plane = plane;
        this.pace = pace;
    }

    /// <summary>How many requests have been answered, and rightly.</summary>
    public int Done => done.Values.Sum();

    /// <summary>The same by what was asked.</summary>
    public ImmutableSortedDictionary<string, int> DoneByKind => done.ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>How many the API server itself did not answer, or refused for a cause of its own.</summary>
    public int Unreached => Volatile.Read(ref unreached);

    public IReadOnlyList<Loss> Losses => [.. losses];

    private string Both { get; set; } = "";

    private string Injecting { get; set; } = "";

    private string Enforcing { get; set; } = "";

    private string Free { get; set; } = "";

    /// <param name="pace">Between two rounds of a worker, of a dozen requests each.</param>
    public static async Task<MixedLoad> StartAsync(ControlPlane plane, int workers = 2, TimeSpan? pace = null)
    {
        var load = new MixedLoad(plane, pace ?? TimeSpan.FromMilliseconds(100))
        {
            Both = await NamespaceAsync(plane, "inject", "enforce"),
            Injecting = await NamespaceAsync(plane, "inject"),
            Enforcing = await NamespaceAsync(plane, "enforce"),
            Free = await NamespaceAsync(plane),
        };
        load.working = Task.WhenAll(Enumerable.Range(0, workers).Select(_ => load.WorkAsync()));
        return load;
    }

    public static Task<string> NamespaceAsync(ControlPlane plane, params string[] modes) =>
        plane.CreateNamespaceAsync([new("istio-injection", "enabled"), .. modes.Select(mode => KeyValuePair.Create($"accesslog.mesh/{mode}", "json"))]);

    /// <summary>Waits until so many more requests have been answered rightly.</summary>
    public async Task GoesOnAsync(int count = 50)
    {
        var before = Done;
        await Eventually.HoldsAsync($"{count} more requests are answered", () => Task.FromResult(Done >= before + count));
    }

    /// <summary>Ends it, and says what it has done.</summary>
    public async Task<int> EndAsync()
    {
        await stopping.CancelAsync();
        await working;
        TestContext.Current.TestOutputHelper?.WriteLine($"load: {Done} answered, {losses.Count} lost, {Unreached} by the API server's own fault");
        return Done;
    }

    /// <summary>Ends it; nothing may be lost.</summary>
    public async Task<int> EndWithoutLossAsync()
    {
        await EndAsync();
        Assert.True(losses.IsEmpty, $"{losses.Count} of {Done + losses.Count} lost: {string.Join(Environment.NewLine, losses.Take(5))}");
        return Done;
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await working;
        stopping.Dispose();
    }

    private async Task WorkAsync()
    {
        using var timer = new PeriodicTimer(pace, TimeProvider.System);
        while (!stopping.IsCancellationRequested)
        {
            foreach (var space in (string[])[Both, Injecting])
            {
                await PodAsync(space, Pod, isChanged: true);
            }

            await PodAsync(Enforcing, Conforming, isChanged: true);
            await PodAsync(Free, Pod, isChanged: false);
            await AskAsync("refused Pod", () => plane.Admin.PostAsync(ApiPaths.Pods(Enforcing), Pod), answer =>
                answer.Status == HttpStatusCode.Forbidden ? null : "it was let in");
            await GatewayAsync(ApiPaths.IstioGateways(Both), IstioGateway);
            await GatewayAsync(ApiPaths.KubernetesGateways(Both), KubernetesGateway);
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    /// <summary>Creates a Pod, changes it and deletes it.</summary>
    private async Task PodAsync(string space, string pod, bool isChanged)
    {
        var kind = isChanged ? "Pod" : "Pod where nothing is asked";
        var created = await AskAsync($"create {kind}", () => plane.Admin.PostAsync(ApiPaths.Pods(space), pod), answer =>
            answer.Labels.ContainsKey(Labelled) == isChanged ? null : $"it has the labels {string.Join(", ", answer.Labels.Keys)}");
        if (created is not null)
        {
            var path = ApiPaths.Pods(space, (string)created.Json["metadata"]!["name"]!);
            await AskAsync($"update {kind}", () => plane.Admin.PatchAsync(path, """{"metadata":{"labels":{"more":"x"}}}"""), answer =>
                answer.Labels.ContainsKey("more") ? null : "it is not changed");
            await AskAsync($"delete {kind}", () => plane.Admin.DeleteAsync($"{path}?gracePeriodSeconds=0"), _ => null);
        }
    }

    private async Task GatewayAsync(string path, string gateway)
    {
        var created = await AskAsync("create Gateway", () => plane.Admin.PostAsync(path, gateway), answer =>
            answer.Annotations.ContainsKey("accesslog.mesh/envoyfilter") ? null : "it is let in unchanged");
        if (created is not null)
        {
            await AskAsync("delete Gateway", () => plane.Admin.DeleteAsync($"{path}/{created.Json["metadata"]!["name"]}"), _ => null);
        }
    }

    /// <param name="complaint">What is wrong with an answer that is no failure; null where nothing is.</param>
    /// <returns>The answer, where it is right and about an object.</returns>
    private async Task<ApiResponse?> AskAsync(string what, Func<Task<ApiResponse>> ask, Func<ApiResponse, string?> complaint)
    {
        var began = TimeProvider.System.GetTimestamp();
        try
        {
            var answer = await ask();
            var isRefusal = answer.Status == HttpStatusCode.Forbidden && what.StartsWith("refused", StringComparison.Ordinal);
            // A webhook that is not reached, or one that refuses, is named by the API server; what has no such name is the API server's own.
            var wrong = answer.IsSuccess || isRefusal
                ? complaint(answer)
                : answer.Body.Contains("accesslog.mesh", StringComparison.Ordinal) ? answer.Message ?? answer.Body : "";
            if (wrong is null)
            {
                done.AddOrUpdate(what, 1, (_, count) => count + 1);
                return answer;
            }

            if (wrong.Length == 0)
            {
                Interlocked.Increment(ref unreached);
            }
            else
            {
                losses.Enqueue(new Loss(what, began, TimeProvider.System.GetTimestamp(), wrong));
            }
        }
        catch (Exception failed) when (failed is HttpRequestException or TaskCanceledException)
        {
            Interlocked.Increment(ref unreached);
        }

        return null;
    }

    /// <param name="Began">A timestamp.</param>
    /// <param name="Ended">A timestamp.</param>
    internal sealed record Loss(string What, long Began, long Ended, string Why);
}
