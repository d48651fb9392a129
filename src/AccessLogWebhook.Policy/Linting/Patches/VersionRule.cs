using AccessLogWebhook.Policy.Json;

namespace AccessLogWebhook.Policy.Linting.Patches;

/// <summary>AL014 and AL015. Source: Istio's <c>pilot/pkg/model/envoyfilter.go proxyMatch</c>, <c>maxProxyVersionLen</c>; its analyzer calls the first IST0155.</summary>
internal static class VersionRule
{
    private const int LongestPattern = 1024;

    public static void Check(LintPass pass)
    {
        foreach (var patch in pass.Patches)
        {
            if (patch.Match?["proxy"]?["proxyVersion"] is not { Text: { Length: > 0 } pattern } version)
            {
                continue;
            }

            if (System.Text.Encoding.UTF8.GetByteCount(pattern) > LongestPattern)
            {
                pass.Add(LintRules.OverlongVersion, version, "The proxyVersion is longer than the 1024 characters that Istio looks at, and the patch matches no proxy.");
            }
            else
            {
                pass.Add(
                    LintRules.PinnedVersion, version, $"Proxies that are not of version {Excerpt.Of(pattern)} have no access log: after an upgrade, none has.");
            }
        }
    }
}
