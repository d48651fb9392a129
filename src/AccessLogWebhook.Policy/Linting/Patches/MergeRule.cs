using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Linting.EnvoyFilters;
using AccessLogWebhook.Policy.Linting.Protos;

namespace AccessLogWebhook.Policy.Linting.Patches;

/// <summary>
/// AL004 and AL005, of every patch of the EnvoyFilter: whichever of them it is, the access log is lost with the others. Source: Istio's
/// <c>pilot/pkg/networking/core/envoyfilter/listener_patch.go</c> (<c>networkFilterMatch</c> is true without a name; <c>ApplyListenerPatches</c>
/// recovers from the panic) and <c>pkg/proto/merge/merge.go</c>, which panics with "descriptor mismatch".
/// </summary>
internal static class MergeRule
{
    private const string Consequence = "istiod gives up the patches of these listeners, those of other EnvoyFilters too";

    public static void Check(LintPass pass)
    {
        foreach (var patch in pass.Subject.Filter?.Patches ?? [])
        {
            // Without a typed_config nothing is merged. v2 types, and a match that is no listener's, Istio refuses; the context WAYPOINT it applies nowhere.
            if (patch is { Operation: "MERGE", ApplyTo: "NETWORK_FILTER" or "HTTP_FILTER", ValueType.Length: > 0, Context: not "WAYPOINT" }
                && !OldTypes.IsOld(patch.ValueType)
                && (patch.Listener is not null || (patch.Match?["routeConfiguration"] ?? patch.Match?["cluster"]) is null))
            {
                CheckName(pass, patch);
                CheckType(pass, patch);
            }
        }
    }

    private static void CheckName(LintPass pass, FilterPatch patch)
    {
        if (patch.IsNetworkFilter && patch.Filter is null)
        {
            var fix = $"Add match.listener.filterChain.filter.name{(LoggingFilters.OfType(patch.ValueType) is { } filter ? $": {filter.Name}" : "")}.";
            if (patch.Context == "GATEWAY")
            {
                // A gateway's HTTP listener may have one filter in each chain; so it may work, today.
                pass.Add(
                    LintRules.NamelessMergeOfGateway, patch.Field,
                    $"The MERGE names no filter. As soon as a listener of a gateway has a filter that is no {ShortName(patch)}, {Consequence}.", fix);
            }
            else
            {
                pass.Add(
                    LintRules.MergeWithoutFilterName, patch.Field,
                    $"The MERGE names no filter, and so meets every one; at the first that is no {ShortName(patch)} {Consequence}.", fix);
            }
        }
        else if (patch.ApplyTo == "HTTP_FILTER" && patch.Filter?["subFilter"] is null)
        {
            pass.Add(
                LintRules.MergeWithoutFilterName,
                patch.Field,
                $"The MERGE names no HTTP filter, and so meets every one; at the first that is no {ShortName(patch)} {Consequence}.",
                "Add match.listener.filterChain.filter.subFilter.name.");
        }
    }

    private static void CheckType(LintPass pass, FilterPatch patch)
    {
        if (patch.IsNetworkFilter && LoggingFilters.Find(patch.FilterName) is { } filter && patch.ValueType != filter.Type)
        {
            Report(pass, patch, $"{Excerpt.Of(patch.FilterName)} is of type {ProtoTypes.Find(filter.Type)!.ShortName}", $"Use the @type type.googleapis.com/{filter.Type}, and put the access log into its access_log.");
        }
        else if (patch.ApplyTo == "HTTP_FILTER" && (LoggingFilters.OfType(patch.ValueType) is not null || patch.ValueType.Contains(".access_loggers.", StringComparison.Ordinal)))
        {
            Report(pass, patch, "with HTTP_FILTER it is merged into an HTTP filter", "Use applyTo: NETWORK_FILTER, without a subFilter.");
        }
    }

    private static void Report(LintPass pass, FilterPatch patch, string why, string fix) => pass.Add(
        LintRules.MergeTypeMismatch, patch.Value!.Proto("typed_config")!["@type"]!, $"The value is of type {ShortName(patch)}, but {why}; at that {Consequence}.", fix);

    private static string ShortName(FilterPatch patch) => Excerpt.Of(patch.ValueType[(patch.ValueType.LastIndexOf('.') + 1)..]);
}
