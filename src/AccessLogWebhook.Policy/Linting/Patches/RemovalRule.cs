using AccessLogWebhook.Policy.Linting.EnvoyFilters;

namespace AccessLogWebhook.Policy.Linting.Patches;

/// <summary>
/// AL012 and AL013. Envoy wants one filter at the end of a chain that ends it, and none before (<c>source/common/config/utility.h</c>,
/// <c>validateTerminalFilters</c>): without one nothing answers the connections, with two the listener is rejected. An EnvoyFilter that takes
/// one away and puts another in is let be, and so is what it puts into a chain that it names, which may be its own.
/// </summary>
internal static class RemovalRule
{
    public static void Check(LintPass pass)
    {
        var networkFilters = pass.Subject.Filter?.Patches.Where(patch => patch.IsNetworkFilter).ToList() ?? [];
        var inserts = networkFilters.Exists(patch => patch.Inserts);
        var removes = networkFilters.Exists(patch => patch is { Operation: "REMOVE", Filter: not null });
        foreach (var patch in networkFilters)
        {
            if (patch.Operation == "REMOVE" && !inserts && LoggingFilters.Find(patch.FilterName) is { } removed && removed.Name == patch.FilterName)
            {
                pass.Add(
                    LintRules.RemovedFilter, patch.Field["patch"]!["operation"]!,
                    $"REMOVE takes the {removed.Title} out of its chains, not the access log out of it: the traffic of these chains is lost.");
            }

            if (patch.Inserts && patch.TouchesLogs && !removes && LoggingFilters.OfType(patch.ValueType) is { } second && !NamesChain(patch))
            {
                pass.Add(
                    LintRules.SecondFilter, patch.Field["patch"]!["operation"]!,
                    $"{patch.Operation} puts a second {second.Title} into the chains that Istio makes, and Envoy rejects a chain with two: nothing is added to the one that is there.");
            }
        }
    }

    private static bool NamesChain(FilterPatch patch) => patch.Listener?["name"] is not null || patch.Listener?["filterChain"]?["name"] is not null;
}
