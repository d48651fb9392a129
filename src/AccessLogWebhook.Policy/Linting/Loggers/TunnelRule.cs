using AccessLogWebhook.Policy.Linting.EnvoyFilters;

namespace AccessLogWebhook.Policy.Linting.Loggers;

/// <summary>
/// AL032, once for an EnvoyFilter. Source: Istio's <c>pilot/pkg/networking/core/accesslog.go</c>: for its own logs it restricts the origination of a
/// tunnel to the flag UF and its termination to statuses of 400 and above; a patch has no such restriction.
/// </summary>
internal static class TunnelRule
{
    public static void Check(LintPass pass)
    {
        var wide = pass.Patches.FirstOrDefault(patch =>
            patch is { Merges: true, Context: "ANY" }
            && patch.Listener?["name"] is null && patch.Listener?["portNumber"] is null && patch.Listener?["filterChain"]?["name"] is null
            && patch.Logs.Any(log => log is { Point: LogPoint.Http or LogPoint.Tcp, Filter: null }));
        if (wide is not null)
        {
            pass.Add(
                LintRules.TunnelHops, wide.Match?["context"] ?? wide.Field,
                "The patch reaches all listeners, those of HBONE tunnels too: in a mesh with ambient mode or HBONE, a request has a line for each hop of its tunnel as well.");
        }
    }
}
