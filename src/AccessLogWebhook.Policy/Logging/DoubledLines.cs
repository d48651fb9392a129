using System.Collections.Immutable;

namespace AccessLogWebhook.Policy.Logging;

/// <summary>Loggers that write a line each for the same event to the same place.</summary>
/// <param name="Loggers">At least two, in order.</param>
public sealed record DoubledEvents(LogDirection Direction, LogProtocol Protocol, LogSink Sink, ImmutableArray<ActiveLogger> Loggers);

/// <summary>
/// Which events have several lines. Only what is certain counts: loggers that are there for certain, for listeners that one proxy may have in common, of which the filters are equal or one takes
/// everything; whether two other filters let the same event pass is not known. A file and a collector are two places, and an event that is logged to both is logged
/// once to each. That the proxies at both ends log a request, or one logs it as it comes in and another as it goes out, is no doubling either.
/// </summary>
public static class DoubledLines
{
    public static ImmutableArray<DoubledEvents> Of(ProxyLogging logging) =>
    [
        .. from events in logging.Events
           where events.Loggers.Length > 1
           from place in events.Loggers.Where(logger => logger.Logs && logger.Content.Sink is { Kind: not LogSinkKind.Other, Place.Length: > 0 }).GroupBy(logger => logger.Content.Sink)
           let doubled = Overlapping([.. place])
           where doubled.Length > 1
           select new DoubledEvents(events.Direction, events.Protocol, place.Key, doubled),
    ];

    private static ImmutableArray<ActiveLogger> Overlapping(ImmutableArray<ActiveLogger> loggers) =>
        loggers.Length < 2 ? [] : [.. loggers.Where((logger, index) => loggers.Where((_, other) => other != index).Any(other => Overlap(logger, other)))];

    /// <summary>Whether both write a line for the same event; of one that is for some of the listeners, where there are such.</summary>
    internal static bool Overlap(ActiveLogger left, ActiveLogger right) =>
        (left.Where.Length == 0 || right.Where.Length == 0 || left.Where == right.Where)
        && (TakesAll(left) || TakesAll(right) || left.Content.Filter!.Fingerprint == right.Content.Filter!.Fingerprint);

    private static bool TakesAll(ActiveLogger logger) => logger.Content.Filter is null or { PassesRequests: true };
}
