using System.Collections.Immutable;
using AccessLogWebhook.Cluster;

namespace AccessLogWebhook.Tests.Support;

/// <summary>A cluster that stands still: what is asked of it is said by the test.</summary>
internal sealed class FixedSource : IClusterSource
{
    public string Description => "a cluster that stands still";

    public ImmutableArray<CacheStatus> Caches { get; set; } =
        [new CacheStatus("namespaces", Synced: true, Installed: true, 1, TimeSpan.Zero, null, IsCurrent: true, ImmutableDictionary<string, long>.Empty)];

    public Func<string, CancellationToken, Task<NamespaceLookup>> LookUp { get; set; } =
        (name, _) => Task.FromResult<NamespaceLookup>(new NamespaceLookup.Unavailable("it does not exist."));

    public Task RunAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<NamespaceLookup> LookUpNamespaceAsync(string name, CancellationToken cancellationToken) => LookUp(name, cancellationToken);

    public ImmutableArray<CacheStatus> CacheStatuses() => Caches;
}
