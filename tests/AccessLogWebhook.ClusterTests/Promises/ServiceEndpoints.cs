using AccessLogWebhook.ClusterTests.Install;
using AccessLogWebhook.ClusterTests.Support;

namespace AccessLogWebhook.ClusterTests.Promises;

/// <summary>
/// What kubelets and the controller of EndpointSlices are to a Service: replicas that are not ready get no new connections, nor do those that have ended. So a fault that turns
/// every replica unready is seen, as it would be in a cluster.
/// </summary>
internal sealed class ServiceEndpoints : IAsyncDisposable
{
    // Far sooner than kubelets: what is red for a moment only is seen, too.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource stopping = new();
    private readonly SelfManagedInstallation installation;
    private readonly Task following;
    private IReadOnlyList<WebhookProcess> ready;
    private int emptied;

    public ServiceEndpoints(SelfManagedInstallation installation)
    {
        this.installation = installation;
        ready = installation.Replicas;
        following = FollowAsync();
    }

    /// <summary>The replicas that are in the Service.</summary>
    public IReadOnlyList<WebhookProcess> Ready => Volatile.Read(ref ready);

    /// <summary>How often there was none.</summary>
    public int Emptied => Volatile.Read(ref emptied);

    public Task HasAsync(WebhookProcess replica) => Eventually.HoldsAsync("a replica is in the Service", () => Task.FromResult(Ready.Contains(replica)));

    public Task HasNotAsync(WebhookProcess replica) => Eventually.HoldsAsync("a replica has left the Service", () => Task.FromResult(!Ready.Contains(replica)));

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await following;
        stopping.Dispose();
    }

    private async Task FollowAsync()
    {
        using var timer = new PeriodicTimer(Interval, TimeProvider.System);
        while (!stopping.IsCancellationRequested)
        {
            var answers = await Task.WhenAll(installation.Replicas.Select(async replica => (Replica: replica, IsReady: await IsReadyAsync(replica))));
            var now = answers.Where(answer => answer.IsReady).Select(answer => answer.Replica).ToList();
            if (now.Count == 0 && Ready.Count > 0)
            {
                Interlocked.Increment(ref emptied);
            }

            installation.Balancer.Use(now);
            Volatile.Write(ref ready, now);
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    private static async Task<bool> IsReadyAsync(WebhookProcess replica)
    {
        try
        {
            return await replica.AsksToBeCalledAsync();
        }
        catch (Exception gone) when (gone is HttpRequestException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
        {
            return false;
        }
    }
}
