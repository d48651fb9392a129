using System.Collections.Immutable;

namespace AccessLogWebhook.Cluster;

/// <summary>How a live cluster is followed.</summary>
internal sealed record LiveClusterOptions
{
    public ImmutableArray<ClusterKind> Kinds { get; init; } = ClusterKinds.All;

    /// <summary>client-go's page size.</summary>
    public int PageSize { get; init; } = 500;

    /// <summary>An API server ends a list after 60 s (<c>--request-timeout</c>); a little more, so that its own error is the one that is seen.</summary>
    public TimeSpan ListTimeout { get; init; } = TimeSpan.FromSeconds(70);

    /// <summary>Watches are asked to end between these two, at random, so that those of many replicas do not end together.</summary>
    public TimeSpan ShortestWatch { get; init; } = TimeSpan.FromSeconds(240);

    public TimeSpan LongestWatch { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>
    /// A watch on which nothing comes for this long is dead. API servers send a bookmark a minute, but one that has just started was
    /// seen to send the first after two, for every kind in which nothing happens: two minutes and a half.
    /// </summary>
    public TimeSpan StallDeadline { get; init; } = TimeSpan.FromSeconds(150);

    /// <summary>A cache that nothing has proved current for this long is no longer trusted: one whole stalled watch and its relist.</summary>
    public TimeSpan StaleAfter { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>How often a kind that is not installed is asked for, give or take a fifth.</summary>
    public TimeSpan AbsentKindPoll { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan FirstBackoff { get; init; } = TimeSpan.FromSeconds(0.2);

    public TimeSpan LongestBackoff { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>A Retry-After is honoured up to this: a mistaken one must not keep a cache from its cluster for a day.</summary>
    public TimeSpan LongestRetryAfter { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Ten times what etcd takes (1.5 MiB), for API servers that keep their objects elsewhere.</summary>
    public int LargestObjectBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>The live look-up of a namespace is part of an admission request, whose deadline is 10 s unless configured otherwise.</summary>
    public TimeSpan LookUpTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Told of changes, once they are in the snapshot; each kind from a thread of its own.</summary>
    public Action<AppliedChanges> Applied { get; init; } = _ => { };
}
