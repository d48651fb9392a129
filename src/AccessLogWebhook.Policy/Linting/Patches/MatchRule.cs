using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Linting.EnvoyFilters;

namespace AccessLogWebhook.Policy.Linting.Patches;

/// <summary>
/// AL003 and AL009. Source: Istio's <c>pkg/config/validation/envoyfilter/envoyfilter.go</c>, which skips patches of the context WAYPOINT:
/// "applyTo for listener class objects cannot have non listener match", "filter match has no name to match on", "subfilter match can be used
/// with applyTo HTTP_FILTER only", and the warning "filter match has no effect when used with …".
/// </summary>
internal static class MatchRule
{
    public static void Check(LintPass pass)
    {
        foreach (var patch in pass.Patches.Where(patch => patch.Context != "WAYPOINT" && patch.ApplyTo is "LISTENER" or "FILTER_CHAIN" or "NETWORK_FILTER" or "HTTP_FILTER"))
        {
            if (patch.Listener is null)
            {
                CheckOtherMatch(pass, patch);
            }
            else if (patch.Filter is not null)
            {
                CheckFilter(pass, patch, patch.Filter);
            }
        }
    }

    private static void CheckOtherMatch(LintPass pass, FilterPatch patch)
    {
        if ((patch.Match?["routeConfiguration"] ?? patch.Match?["cluster"]) is { } other)
        {
            pass.Add(
                LintRules.MismatchedMatch, other, $"{patch.ApplyTo} is matched by its listener; Istio refuses another match.",
                "Replace it by match.listener.");
        }
    }

    private static void CheckFilter(LintPass pass, FilterPatch patch, Field filter)
    {
        if (patch.ApplyTo is "LISTENER" or "FILTER_CHAIN")
        {
            pass.Add(LintRules.IgnoredMatch, filter, $"With {patch.ApplyTo} the match on a filter has no effect: the patch reaches every listener of its context.");
        }

        if (patch.FilterName.Length == 0)
        {
            pass.Add(LintRules.MismatchedMatch, filter, "The match on a filter has no name, and Istio refuses it.", "Add the filter's name.");
        }
        else if (filter["subFilter"] is { } subFilter)
        {
            if (patch.ApplyTo != "HTTP_FILTER")
            {
                pass.Add(
                    LintRules.MismatchedMatch, subFilter, $"subFilter is for HTTP_FILTER; with {patch.ApplyTo} Istio refuses it.", "Remove subFilter.");
            }
            else if (LoggingFilters.Find(patch.FilterName)?.Type != Protos.ProtoTypes.HttpConnectionManager)
            {
                pass.Add(
                    LintRules.MismatchedMatch, subFilter, $"A subFilter is one of the HTTP connection manager, not of {Excerpt.Of(patch.FilterName)}, and Istio refuses it.",
                    "Name the filter envoy.filters.network.http_connection_manager.");
            }
            else if (subFilter["name"]?.Text is not { Length: > 0 })
            {
                pass.Add(LintRules.MismatchedMatch, subFilter, "The match on a subFilter has no name, and Istio refuses it.", "Add its name.");
            }
        }
    }
}
