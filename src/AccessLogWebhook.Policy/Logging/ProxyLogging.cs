using System.Collections.Immutable;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Logging;

/// <summary>The loggers of one kind of event in one direction, in the order in which Envoy calls them.</summary>
public sealed record LoggedEvents(LogDirection Direction, LogProtocol Protocol, ImmutableArray<ActiveLogger> Loggers, ImmutableArray<SilencedLogger> Silenced);

/// <summary>What is not known of a proxy's loggers, and why: a sentence.</summary>
/// <param name="Resource">What it is about; null for the mesh's own settings.</param>
/// <param name="Breaks">The patch for which istiod gives up all patches of all listeners of a direction, whatever the proxy; null where it is about something else.</param>
public sealed record LoggingDoubt(ObjectKey? Resource, string Problem, LoggerOrigin.Patch? Breaks = null);

/// <summary>Which access loggers the listeners of a proxy end up with.</summary>
/// <param name="Doubts">What is not known; each once.</param>
public sealed record ProxyLogging(ImmutableArray<LoggedEvents> Events, ImmutableArray<LoggingDoubt> Doubts)
{
    public IEnumerable<ActiveLogger> Loggers => Events.SelectMany(events => events.Loggers);

    public ImmutableArray<ActiveLogger> Of(LogDirection direction, LogProtocol protocol) =>
        Events.FirstOrDefault(events => events.Direction == direction && events.Protocol == protocol)?.Loggers ?? [];

    /// <summary>Whether something of the resource is not known here, so that it may log after all.</summary>
    public bool IsDoubtful(ObjectKey resource) => Doubts.Any(doubt => doubt.Resource == resource);
}
