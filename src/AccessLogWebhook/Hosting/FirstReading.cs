using AccessLogWebhook.Cluster;

namespace AccessLogWebhook.Hosting;

/// <summary>
/// Gives back, once, the memory that the first reading of the cluster has taken: lists and manifests as text are many times what is kept of them, and a server
/// that has little to do afterwards would hold on to it for hours. It waits for the reading, and holds up the server for as long as marking what is kept takes.
/// </summary>
internal static class FirstReading
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public static async Task GiveBackAsync(IClusterSource source, TimeProvider time, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false);
        }
        while (!source.CacheStatuses().All(cache => cache.Synced));

        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }
}
