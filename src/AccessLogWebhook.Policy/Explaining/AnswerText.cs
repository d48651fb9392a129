using System.Collections.Immutable;
using AccessLogWebhook.Policy.Logging;

namespace AccessLogWebhook.Policy.Explaining;

/// <summary>Whether a proxy logs, how many lines a request has and of which format, in a sentence or two.</summary>
public static class AnswerText
{
    public static string Of(ProxyLogging logging, ImmutableArray<DoubledEvents> doubled)
    {
        var counts = logging.Events.Where(events => events.Protocol == LogProtocol.Http).Select(events => (events, Count: LineCount.Of(events.Loggers))).ToList();
        var certain = logging.Loggers.Where(logger => logger.Logs).ToList();
        if (certain.Count == 0)
        {
            return logging.Doubts.IsEmpty ? "It is not logged: nothing adds an access log to its proxy." : "It is not known to be logged: nothing is certain to add an access log to its proxy.";
        }

        var lines = string.Join("; ", counts.Select(count => $"{TitleOf(count.events.Direction)} has {count.Count}"));
        var requests = counts.SelectMany(count => count.events.Loggers).Where(logger => logger.Logs).ToList();
        var formats = string.Join("; ", (requests.Count > 0 ? requests : certain).Select(logger => $"{logger.Content.Format.Description}, to {logger.Content.Sink.Title}").Distinct(StringComparer.Ordinal));
        return $"It is logged{(doubled.IsEmpty ? "" : ", and more than once")}: {lines}. The format is {formats}.";
    }

    public static string TitleOf(LogDirection direction) => direction switch
    {
        LogDirection.Inbound => "an inbound HTTP request",
        LogDirection.Outbound => "an outbound HTTP request",
        _ => "an HTTP request",
    };

    /// <summary>What is logged, for a heading: <c>inbound HTTP requests</c>.</summary>
    public static string TitleOf(LoggedEvents events)
    {
        var direction = events.Direction switch
        {
            LogDirection.Inbound => "inbound ",
            LogDirection.Outbound => "outbound ",
            _ => "",
        };
        return events.Protocol switch
        {
            LogProtocol.Http => $"{direction}HTTP requests",
            LogProtocol.Tcp => $"{direction}TCP connections",
            _ => $"{direction}connections at the listener",
        };
    }
}
