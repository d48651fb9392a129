using System.Collections.Concurrent;
using AccessLogWebhook.ClusterTests.Support;

namespace AccessLogWebhook.ClusterTests.Install;

/// <summary>
/// Creates Pods without a pause in a namespace that injects and enforces, until it is ended: each must be changed, and let in by a webhook that fails
/// closed. So one request that the webhook does not answer, of either kind, is seen.
/// </summary>
internal sealed class PodLoad : IAsyncDisposable
{
    public const string Pod = """{"metadata":{"generateName":"api-"},"spec":{"automountServiceAccountToken":false,"containers":[{"name":"api","image":"api:1"}]}}""";

    private const int Workers = 2;

    // Some forty a second: enough to be there at every moment, and little enough for a machine that does other things.
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentQueue<string> failures = new();
    private readonly Task working;
    private int created;

    public PodLoad(ControlPlane plane, string @namespace) =>
        working = Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => WorkAsync(plane, ApiPaths.Pods(@namespace))));

    public int Created => Volatile.Read(ref created);

    /// <summary>Ends it; every Pod must have been created, and changed.</summary>
    public async Task<int> EndAsync()
    {
        await stopping.CancelAsync();
        await working;
        Assert.True(failures.IsEmpty, $"{failures.Count} of {Created + failures.Count} failed: {failures.FirstOrDefault()}");
        return Created;
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await working;
        stopping.Dispose();
    }

    private async Task WorkAsync(ControlPlane plane, string path)
    {
        using var timer = new PeriodicTimer(Pace, TimeProvider.System);
        while (!stopping.IsCancellationRequested)
        {
            var answer = await plane.Admin.PostAsync(path, Pod);
            if (answer.IsSuccess && answer.Labels.ContainsKey("accesslog.mesh/profile"))
            {
                Interlocked.Increment(ref created);
            }
            else
            {
                failures.Enqueue(answer.IsSuccess ? "a Pod was let in unchanged" : answer.Message ?? answer.Body);
            }

            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }
}
