using System.Collections.Immutable;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Logging;

/// <summary>What Telemetries make of a provider for one mode.</summary>
/// <param name="Telemetry">The one that said so last; null for the mesh's default providers.</param>
internal sealed record MergedProvider(string Name, bool IsDisabled, LogFilterSummary? Filter, ObjectKey? Telemetry);

/// <summary>
/// Istio's <c>pilot/pkg/model/telemetry.go mergeLogs</c>, step by step: the last Telemetry that names providers for the mode decides which are in scope; entries without
/// providers are about those of the entry before; of two filters for a provider the last counts, wherever it stands.
/// </summary>
internal static class ProviderMerge
{
    /// <param name="telemetries">In order of inheritance; none where the mesh's default providers alone count.</param>
    /// <param name="mode">CLIENT or SERVER.</param>
    public static IReadOnlyCollection<MergedProvider> Of(IReadOnlyList<LoggingResource> telemetries, ImmutableArray<string> defaults, string mode)
    {
        if (telemetries.Count == 0)
        {
            return [.. defaults.Distinct(StringComparer.Ordinal).Select(name => new MergedProvider(name, IsDisabled: false, null, null))];
        }

        var filters = new Dictionary<string, LogFilterSummary?>(StringComparer.Ordinal);
        var inScope = InScope(telemetries, defaults, mode, filters);
        var merged = new Dictionary<string, MergedProvider>(StringComparer.Ordinal);
        var parents = defaults;
        foreach (var telemetry in telemetries)
        {
            foreach (var entry in telemetry.Effects!.AccessLogging)
            {
                parents = entry.Providers.IsEmpty ? parents : entry.Providers;
                foreach (var provider in parents)
                {
                    if (inScope.Contains(provider) && Matches(entry, mode))
                    {
                        merged[provider] = new MergedProvider(provider, entry.IsDisabled, entry.IsDisabled ? null : filters.GetValueOrDefault(provider), telemetry.Key);
                    }
                }
            }
        }

        return merged.Values;
    }

    private static HashSet<string> InScope(
        IReadOnlyList<LoggingResource> telemetries, ImmutableArray<string> defaults, string mode, Dictionary<string, LogFilterSummary?> filters)
    {
        var inScope = new HashSet<string>(defaults, StringComparer.Ordinal);
        foreach (var telemetry in telemetries)
        {
            var named = new HashSet<string>(StringComparer.Ordinal);
            foreach (var entry in telemetry.Effects!.AccessLogging.Where(entry => Matches(entry, mode)))
            {
                named.UnionWith(entry.Providers);
                foreach (var provider in entry.Providers)
                {
                    filters[provider] = entry.Filter;
                }
            }

            inScope = named.Count > 0 ? named : inScope;
        }

        return inScope;
    }

    private static bool Matches(TelemetryLogging entry, string mode) => entry.Mode == "CLIENT_AND_SERVER" || entry.Mode == mode;
}
