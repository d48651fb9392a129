using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Linting.Doubles;

/// <summary>
/// AL053 of an EnvoyFilter and the reference of a profile, of which the snapshot knows whom it selects. That it logs is known by its label; where to is not.
/// </summary>
internal static class ManagedPairRule
{
    public static void Check(LintPass pass)
    {
        if (pass.Subject.Filter is not { TouchesLogs: true } filter || filter.Added.FirstOrDefault() is not { } log)
        {
            return;
        }

        var known = pass.Context.Others.Where(other => other.Filter is not null).Select(other => other.Key).Append(pass.Subject.Key).ToHashSet();
        foreach (var (key, other) in pass.Context.Mesh.EnvoyFilters.OrderBy(each => each.Key.ToString(), StringComparer.Ordinal))
        {
            if (other.Labels[AccessLogKeys.Profile] is { } profile && !known.Contains(key) && Overlap.IsCertain(pass, other))
            {
                pass.Add(
                    LintRules.PossiblyDoubled, log.Entry.Field,
                    $"EnvoyFilter {Excerpt.Of(key.ToString())} of profile {Excerpt.Of(profile)} logs for proxies of this one; where both write to the same place, each request has a line from both.",
                    "Remove this EnvoyFilter, or let its selector exclude those proxies.");
            }
        }
    }
}
