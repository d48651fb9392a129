using System.Collections.Immutable;
using AccessLogWebhook.Policy.Logging;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Explaining;

/// <summary>Why a workload is logged, or is not. All texts are whole sentences.</summary>
/// <param name="Title"><c>Pod shop/api-1</c>.</param>
/// <param name="Proxy">What logs for it, or why nothing can.</param>
/// <param name="Answer">Whether it is logged, how often and in which format.</param>
/// <param name="Logging">The loggers; null where nothing can log.</param>
/// <param name="Chain">The resources that lead there, in the order in which they do.</param>
/// <param name="Doubled">Events with several lines in one place.</param>
/// <param name="Considered">What looks as if it counted, and does not.</param>
/// <param name="Doubts">What is not known.</param>
/// <param name="Change">The one change that makes it right; empty where nothing has to change.</param>
public sealed record Explanation(
    string Title,
    Proxy? Of,
    string Proxy,
    string Answer,
    ProxyLogging? Logging,
    ImmutableArray<string> Chain,
    ImmutableArray<ExplainedVerdict> Verdicts,
    ImmutableArray<DoubledEvents> Doubled,
    ImmutableArray<ConsideredResource> Considered,
    ImmutableArray<string> Doubts,
    string Change)
{
    /// <summary>Whether a request is logged for certain, whether or not that is as somebody asked.</summary>
    public bool IsLogged => Logging is not null && Logging.Loggers.Any(logger => logger.Logs);
}
