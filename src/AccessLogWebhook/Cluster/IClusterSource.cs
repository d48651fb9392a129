using System.Collections.Immutable;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Cluster;

/// <summary>Where the snapshot comes from: a live cluster, or a directory of manifests.</summary>
internal interface IClusterSource
{
    /// <summary>What is followed, for people: <c>cluster https://10.0.0.1:6443/</c> or <c>directory /manifests</c>.</summary>
    string Description { get; }

    /// <summary>Keeps the <see cref="ClusterView"/> up to date until cancelled; never throws for what a cluster or a file does.</summary>
    Task RunAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Finds a namespace that the snapshot does not have. A live cluster is asked once; a directory is the whole truth, so that a
    /// namespace that is not in it has no labels.
    /// </summary>
    /// <returns>Never throws: every failure is a <see cref="NamespaceLookup.Unavailable"/> with its reason.</returns>
    Task<NamespaceLookup> LookUpNamespaceAsync(string name, CancellationToken cancellationToken);

    /// <summary>The state of each cache, one per kind. Cheap enough to be asked on every probe and scrape.</summary>
    ImmutableArray<CacheStatus> CacheStatuses();
}

internal abstract record NamespaceLookup
{
    private NamespaceLookup()
    {
    }

    public sealed record Found(NamespaceFacts Namespace) : NamespaceLookup;

    /// <param name="Reason">A sentence for the message to the user, without the name of the namespace.</param>
    public sealed record Unavailable(string Reason) : NamespaceLookup;
}

/// <param name="Kind">The kind's <see cref="ClusterKind.Title"/>, <c>namespaces</c>; the metrics' label.</param>
/// <param name="Synced">Whether one complete list has been taken in, or the kind is known not to be installed, or it is not needed and cannot be had.</param>
/// <param name="Installed">False while the API server does not serve the kind (its CRD is missing).</param>
/// <param name="Objects">How many objects are held.</param>
/// <param name="Age">Since when nothing has proved the cache current: no event, bookmark or list. Zero for a kind that is not installed and was asked for recently.</param>
/// <param name="Problem">What is in the way of following it now, a sentence; null where all is well.</param>
/// <param name="IsCurrent">
/// Whether it may be answered from. A short absence of the API server leaves it so, or every replica would turn unready at once with caches
/// that are good; a watch that went silent, or too long without a proof, does not.
/// </param>
/// <param name="WatchRestarts">How often the watch was begun again, by reason (<c>expired</c>, <c>stalled</c>, <c>closed</c>, <c>error</c>, …).</param>
internal sealed record CacheStatus(
    string Kind,
    bool Synced,
    bool Installed,
    int Objects,
    TimeSpan Age,
    string? Problem,
    bool IsCurrent,
    ImmutableDictionary<string, long> WatchRestarts)
{
    /// <summary>
    /// Up to where the snapshot has followed the kind, as the API server counts; empty where nothing counts. Once it says so, the snapshot has it.
    /// </summary>
    public string ResourceVersion { get; init; } = "";
}
