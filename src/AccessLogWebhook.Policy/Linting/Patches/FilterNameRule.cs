using AccessLogWebhook.Policy.Linting.EnvoyFilters;

namespace AccessLogWebhook.Policy.Linting.Patches;

/// <summary>
/// AL007. Sources: Istio's <c>pkg/config/xds/deprecated.go</c>, which has the old names so that the validator can warn of them, and
/// <c>pilot/pkg/networking/core/envoyfilter/listener_patch.go</c>, which compares names as they are (istio#47853).
/// </summary>
internal static class FilterNameRule
{
    public static void Check(LintPass pass)
    {
        foreach (var patch in pass.Patches)
        {
            if (LoggingFilters.Find(patch.FilterName) is { } filter && patch.FilterName == filter.OldName)
            {
                Report(pass, patch.Filter!["name"]!, filter.OldName, filter.Name);
            }

            if (patch.Filter?["subFilter"]?["name"] is { Text: "envoy.router" } router)
            {
                Report(pass, router, "envoy.router", "envoy.filters.http.router");
            }
        }
    }

    private static void Report(LintPass pass, Field name, string old, string today) => pass.Add(
        LintRules.DeprecatedFilterName, name, $"{old} is the filter's name of before Envoy 1.14; no filter of Istio has it, and the patch is never applied.", $"Use {today}.");
}
