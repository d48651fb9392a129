using System.Collections.Immutable;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Policy.Mesh;
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
        var note = NoteOf(options.Kinds, source.CacheStatuses(), snapshot);
        await stopping.CancelAsync().ConfigureAwait(false);
        await following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return missing is null
            ? new ReviewedCluster(snapshot, note, [])
            : ReviewedCluster.Unknown(
                source.Description, $"{missing.Kind} cannot be read: {missing.Problem} Or give a directory of manifests with --cluster DIR.");
    }

    /// <summary>What is not known for want of the one kind that can be done without, a sentence; empty where it is known, or was not asked for.</summary>
    private static string NoteOf(ImmutableArray<ClusterKind> kinds, ImmutableArray<CacheStatus> caches, MeshSnapshot snapshot)
    {
        if (kinds.FirstOrDefault(kind => kind.IsOptional) is not { } configuration || configuration.CountIn(snapshot) > 0)
        {
            return "";
        }

        var why = caches.Single(cache => cache.Kind == configuration.Title).Problem is { } problem
            ? $"{configuration.Title} of namespace {configuration.Namespace} cannot be read: {problem}"
            : $"there is no ConfigMap istio or istio-REVISION in namespace {configuration.Namespace}. Is mesh.rootNamespace of --config another one?";
        return $"The mesh's own access logging (meshConfig) is not known, and counts neither for nor against: {why}";
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
            var caches = source.CacheStatuses();
            var missing = caches.Where(cache => !cache.Synced).ToList();
            // What can be done without holds a server up no longer than one attempt; who reads once has no second one.
            var hoped = caches.Any(cache => cache is { Synced: true, Installed: true, ResourceVersion: "", Problem: not null } && !IsLost(cache));
            if (missing.Count == 0 && !hoped)
            {
                return null;
            }

            var lost = missing.FirstOrDefault(IsLost);
            if (lost is not null || time.GetElapsedTime(began) > patience)
            {
                return lost ?? missing.FirstOrDefault();
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false));
        return null;
    }
    private static bool IsLost(CacheStatus cache) => cache.WatchRestarts.Values.Sum() >= MostFailures;
}
