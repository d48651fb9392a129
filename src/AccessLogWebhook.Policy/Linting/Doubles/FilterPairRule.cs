using AccessLogWebhook.Policy.Json;

namespace AccessLogWebhook.Policy.Linting.Doubles;

/// <summary>AL052 of two EnvoyFilters.</summary>
internal static class FilterPairRule
{
    public static void Check(LintPass pass)
    {
        if (pass.Subject.Filter is not { TouchesLogs: true } filter)
        {
            return;
        }

        var own = AddedLog.Of(filter).ToList();
        foreach (var other in pass.Context.Others.Where(other => other.Filter is { TouchesLogs: true } && !other.IsSameAs(pass.Subject)))
        {
            if (Overlap.IsCertain(pass, other) && FirstDoubled(own, other) is { } doubled)
            {
                pass.Add(
                    LintRules.DoubledLines, doubled.Entry.Field,
                    $"{other.Title} logs for the same proxies to {Excerpt.Of(doubled.Sink)}, too: each has a line from both.",
                    "Keep one of them, or let their selectors exclude each other.");
            }
        }
    }

    private static AddedLog? FirstDoubled(List<AddedLog> own, LintSubject other)
    {
        var others = AddedLog.Of(other.Filter!).ToList();
        return own.Find(log => others.Exists(log.Doubles));
    }
}
