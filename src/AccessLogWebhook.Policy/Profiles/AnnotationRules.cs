using System.Text.RegularExpressions;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Profiles;

/// <summary>
/// Which annotations a profile may put on a workload.
/// Keys: a Kubernetes qualified name. Keys of Istio are limited to the three log levels, since every other one decides about
/// injection or traffic, and istiod's analyzer knows no others of ours (ISTIO.md: "Names matter", "Annotations and labels").
/// Values of the log levels become arguments of Envoy and pilot-agent unchecked by the injector, where a wrong one keeps the proxy from starting.
/// </summary>
public static partial class AnnotationRules
{
    /// <summary>What is wrong with an annotation, and what to write instead; null where it may be used.</summary>
    public static string? Fault(string key, string value)
    {
        if (!LabelRules.IsQualifiedName(key))
        {
            return "is no annotation key: use at most 63 letters, digits, '-', '_' or '.', with an optional DNS prefix and '/'.";
        }

        switch (key)
        {
            case "sidecar.istio.io/logLevel":
                return Level().IsMatch(value) ? null : "must be one of trace, debug, info, warning, error, critical, off.";
            case "sidecar.istio.io/componentLogLevel":
                return ComponentLevels().IsMatch(value)
                    ? null
                    : "must be a list COMPONENT:LEVEL,… with the levels trace, debug, info, warning, error, critical, off.";
            case "sidecar.istio.io/agentLogLevel":
                return AgentLevels().IsMatch(value)
                    ? null
                    : "must be LEVEL or a list SCOPE:LEVEL,… with the levels none, fatal, error, warn, info, debug.";
        }

        var prefix = key.AsSpan(0, Math.Max(0, key.IndexOf('/', StringComparison.Ordinal)));
        return prefix switch
        {
            _ when prefix.SequenceEqual("istio.io") || prefix.EndsWith(".istio.io", StringComparison.Ordinal) =>
                "is Istio's: of its annotations only sidecar.istio.io/logLevel, componentLogLevel and agentLogLevel may be set.",
            _ when prefix.SequenceEqual("accesslog.mesh") => "is set by this webhook itself: leave it out.",
            _ when prefix.SequenceEqual("kubernetes.io") || prefix.EndsWith(".kubernetes.io", StringComparison.Ordinal)
                || prefix.SequenceEqual("k8s.io") || prefix.EndsWith(".k8s.io", StringComparison.Ordinal) =>
                "is reserved for Kubernetes: leave it out.",
            _ => null,
        };
    }

    [GeneratedRegex(@"\A(trace|debug|info|warning|error|critical|off)\z")]
    private static partial Regex Level();

    [GeneratedRegex(@"\A[a-z0-9_.]+:(trace|debug|info|warning|error|critical|off)(,[a-z0-9_.]+:(trace|debug|info|warning|error|critical|off))*\z")]
    private static partial Regex ComponentLevels();

    [GeneratedRegex(@"\A([a-zA-Z0-9_-]+:)?(none|fatal|error|warn|info|debug)(,[a-zA-Z0-9_-]+:(none|fatal|error|warn|info|debug))*\z")]
    private static partial Regex AgentLevels();
}
