using AccessLogWebhook.Cluster;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccessLogWebhook.Reviewing;

/// <summary>Reads a live cluster once, by the source that the webhook follows it with, until every kind has been listed.</summary>
internal static class LiveClusterReading
{
    /// <summary>A person waits. Ten thousand Pods are listed in a second or two.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    /// <summary>How often a kind may fail before it is given up: a restarting API server fails once, a wrong password every time.</summary>
    private const int MostFailures = 3;

    /// <summary>Of the cluster only the profiles: who may read no more than these is not refused.</summary>
    /// <param name="kubeconfig">Null for the usual places; where none of them has one, the files are the whole cluster.</param>
    public static Task<ReviewedCluster> ReadProfilesAsync(string? kubeconfig, TimeProvider time, CancellationToken cancellationToken) =>
        ReadAsync(kubeconfig, new LiveClusterOptions { Kinds = [.. ClusterKinds.All.Where(kind => kind.Plural == "accesslogprofiles")] }, time, cancellationToken);

    /// <param name="kubeconfig">Null for the usual places; where none of them has one, the files are the whole cluster.</param>
    /// <param name="patience">How long all of it may take; null for as long as a person waits.</param>
    public static async Task<ReviewedCluster> ReadAsync(
        string? kubeconfig, LiveClusterOptions options, TimeProvider time, CancellationToken cancellationToken, TimeSpan? patience = null)
    {
        if (!LiveConnection.TryOpen(kubeconfig, null, out var connection, out var problem))
        {
            return kubeconfig is null && problem == LiveConnection.NoneConfigured
                ? ReviewedCluster.OfFilesAlone
                : ReviewedCluster.Unknown(kubeconfig ?? "kubeconfig", problem);
        }

        using (connection)
        {
            return await ReadAsync(connection, options, time, patience ?? Patience, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<ReviewedCluster> ReadAsync(
        LiveConnection connection, LiveClusterOptions options, TimeProvider time, TimeSpan patience, CancellationToken cancellationToken)
    {
        var view = new ClusterView();
        var source = new LiveClusterSource(connection, view, options, time, NullLogger<LiveClusterSource>.Instance);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var following = source.RunAsync(stopping.Token);
        var missing = await MissingAsync(source, time, patience, cancellationToken).ConfigureAwait(false);
        var snapshot = view.Snapshot;
        await stopping.CancelAsync().ConfigureAwait(false);
        await following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return missing is null
            ? new ReviewedCluster(snapshot, "", [])
            : ReviewedCluster.Unknown(
                source.Description, $"{missing.Kind} cannot be read: {missing.Problem} Or give a directory of manifests with --cluster DIR.");
    }

    /// <summary>Waits until all is listed.</summary>
    /// <returns>What is not and will not be; null where all is.</returns>
    private static async Task<CacheStatus?> MissingAsync(
        LiveClusterSource source, TimeProvider time, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Look, time);
        var began = time.GetTimestamp();
        do
        {
            var missing = source.CacheStatuses().Where(cache => !cache.Synced).ToList();
            if (missing.Count == 0)
            {
                return null;
            }

            var lost = missing.FirstOrDefault(cache => cache.WatchRestarts.Values.Sum() >= MostFailures);
            if (lost is not null || time.GetElapsedTime(began) > patience)
            {
                return lost ?? missing[0];
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false));
        return null;
    }
}
