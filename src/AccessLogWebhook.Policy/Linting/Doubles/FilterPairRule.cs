using System.Collections.Immutable;
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

        foreach (var other in pass.Context.Others.Where(other => other.Filter is { TouchesLogs: true } && !other.IsSameAs(pass.Subject)))
        {
            if (FirstDoubled(filter.Added, other.Filter!.Added) is { } doubled && Overlap.IsCertain(pass, other))
            {
                pass.Add(
                    LintRules.DoubledLines, doubled.Entry.Field,
                    $"{other.Title} logs for the same proxies to {Excerpt.Of(doubled.Sink)}, too: each has a line from both.",
                    "Keep one of them, or let their selectors exclude each other.");
            }
        }
    }

    private static AddedLog? FirstDoubled(ImmutableArray<AddedLog> own, ImmutableArray<AddedLog> others) => own.FirstOrDefault(log => others.Any(log.Doubles));
}
