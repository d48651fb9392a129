using System.Collections.Immutable;
using AccessLogWebhook.Cluster;

namespace AccessLogWebhook.Issuance;

/// <summary>The Secret and the two webhook configurations, as every replica watches them.</summary>
internal sealed class WatchedCertificates(IssuancePlace place, Func<ObjectPath, LiveObjectWatch> watch)
{
    private readonly ImmutableArray<(ObjectPath Path, LiveObjectWatch Watch)> configurations = [.. place.Configurations.Select(path => (path, watch(path)))];

    public LiveObjectWatch Secret { get; } = watch(place.Secret);

    /// <summary>Ends when one of them is not what it was when this was asked for.</summary>
    public Task Changed => Task.WhenAny([Secret.Changed, .. configurations.Select(configuration => configuration.Watch.Changed)]);

    public Task RunAsync(CancellationToken cancellationToken) =>
        Task.WhenAll([Secret.RunAsync(cancellationToken), .. configurations.Select(configuration => configuration.Watch.RunAsync(cancellationToken))]);

    /// <summary>The configurations that there are.</summary>
    public ImmutableArray<TrustingConfiguration> Configurations() =>
    [
        .. from configuration in configurations
           let read = configuration.Watch.Sight.Object is { } found ? TrustingConfiguration.Of(configuration.Path, found) : null
           where read is not null
           select read,
    ];

    /// <summary>Why not everything is known yet, a sentence; null where it is.</summary>
    public string? Unknown() => configurations
        .Where(configuration => !configuration.Watch.Sight.IsKnown)
        .Select(configuration => $"The caBundle of {configuration.Path.Plural}/{configuration.Path.Name} is not known yet: {configuration.Watch.Sight.Problem}")
        .FirstOrDefault();
}
