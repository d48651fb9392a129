using System.Collections.Immutable;
using AccessLogWebhook.Policy.Logging;

namespace AccessLogWebhook.Policy.Explaining;

/// <summary>How many lines one kind of event has in one direction.</summary>
/// <param name="Always">By loggers that take everything.</param>
/// <param name="Sometimes">By loggers with a filter, or for some of the listeners.</param>
/// <param name="Perhaps">By loggers of which it is not known whether they are there.</param>
public sealed record LineCount(int Always, int Sometimes, int Perhaps)
{
    public static LineCount Of(ImmutableArray<ActiveLogger> loggers)
    {
        var certain = loggers.Where(logger => logger.Logs).ToList();
        var always = certain.Count(logger => logger.Where.Length == 0 && logger.Content.Filter is null or { PassesRequests: true });
        return new LineCount(always, certain.Count - always, loggers.Count(logger => !logger.IsCertain));
    }

    public bool IsNone => Always + Sometimes + Perhaps == 0;

    /// <summary>In words: <c>1 line, and 1 more for some</c>.</summary>
    public override string ToString()
    {
        var parts = new List<string>();
        if (Always > 0)
        {
            parts.Add(Lines(Always));
        }

        if (Sometimes > 0)
        {
            parts.Add(parts.Count == 0 ? $"{Lines(Sometimes)} for some" : $"{Sometimes} more for some");
        }

        if (Perhaps > 0)
        {
            parts.Add(parts.Count == 0 ? $"perhaps {Lines(Perhaps)}" : $"perhaps {Perhaps} more");
        }

        return parts.Count == 0 ? "no line" : string.Join(", and ", parts);
    }

    private static string Lines(int count) => count == 1 ? "1 line" : $"{count} lines";
}
