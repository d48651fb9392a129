using AccessLogWebhook.Policy.Linting.EnvoyFilters;
using AccessLogWebhook.Policy.Linting.Protos;

namespace AccessLogWebhook.Policy.Linting.Patches;

/// <summary>
/// AL010 and AL011. Sources: Istio's <c>pilot/pkg/networking/core/envoyfilter/util.go replaceFunc</c>, which puts the value in the filter's place
/// (istio#35456, istio#40128), and Envoy's rules for what these filters cannot do without: a <c>stat_prefix</c> and a
/// <c>route_specifier</c> (<c>http_connection_manager.proto</c>) or a <c>cluster_specifier</c> (<c>tcp_proxy.proto</c>).
/// </summary>
internal static class ReplacementRule
{
    public static void Check(LintPass pass)
    {
        foreach (var patch in pass.Patches.Where(patch => patch is { Operation: "REPLACE", IsNetworkFilter: true, Value: not null }))
        {
            if (LoggingFilters.Find(patch.FilterName) is not { } filter || patch.FilterName != filter.Name)
            {
                continue;
            }

            var operation = patch.Field["patch"]!["operation"]!;
            if (Missing(patch) is { } missing)
            {
                pass.Add(
                    LintRules.IncompleteReplacement, operation,
                    $"REPLACE puts the value in the place of the {filter.Title} that Istio makes, and the value has no {missing}: Envoy rejects the listener.");
            }
            else
            {
                pass.Add(
                    LintRules.WholeReplacement, operation,
                    $"REPLACE takes away the {filter.Title} that Istio makes, with its routes, filters and access log, and puts the value in its place.");
            }
        }
    }

    private static string? Missing(FilterPatch patch)
    {
        var config = patch.Value!.Proto("typed_config");
        if (config is null)
        {
            return patch.Value.Proto("config_discovery") is null ? "typed_config" : null;
        }

        if (patch.ValueType is not (ProtoTypes.HttpConnectionManager or ProtoTypes.TcpProxy))
        {
            return null;
        }

        string[] destinations = patch.ValueType == ProtoTypes.TcpProxy ? ["cluster", "weighted_clusters"] : ["rds", "route_config", "scoped_routes"];
        return config.Proto("stat_prefix") is null ? "stat_prefix"
            : Array.TrueForAll(destinations, name => config.Proto(name) is null) ? $"{string.Join(", ", destinations[..^1])} or {destinations[^1]}"
            : null;
    }
}
