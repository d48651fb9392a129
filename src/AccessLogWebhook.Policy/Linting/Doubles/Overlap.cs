using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Linting.Doubles;

/// <summary>Whether two resources reach the same proxies, for certain: since one of them reaches all that the other does, or since there is such a Pod.</summary>
internal static class Overlap
{
    public static bool IsCertain(LintPass pass, LintSubject other) => IsCertain(pass, other.Attachment);

    public static bool IsCertain(LintPass pass, LoggingResource other)
    {
        var own = pass.Subject.Attachment;
        var root = pass.Context.RootNamespace;
        if (!own.TargetRefs.IsEmpty || !other.TargetRefs.IsEmpty)
        {
            return own.Key.Namespace == other.Key.Namespace && own.TargetRefs.Intersect(other.TargetRefs).Any();
        }

        if (!MayMeet(own, other, root))
        {
            return false;
        }

        var (selector, otherSelector) = (own.Selector ?? LabelSet.Empty, other.Selector ?? LabelSet.Empty);
        return selector.IsSubsetOf(otherSelector)
            || otherSelector.IsSubsetOf(selector)
            || (!Contradicts(selector, otherSelector) && pass.Pods.Within.Exists(pod => Reaches(other, pod.Namespace, root) && otherSelector.IsSubsetOf(pod.Labels)));
    }

    /// <summary>Whether <paramref name="wide"/> reaches every proxy that <paramref name="narrow"/> reaches.</summary>
    public static bool Covers(LoggingResource wide, LoggingResource narrow, string rootNamespace)
    {
        if (!wide.TargetRefs.IsEmpty || !narrow.TargetRefs.IsEmpty)
        {
            return wide.Key.Namespace == narrow.Key.Namespace && !narrow.TargetRefs.IsEmpty && narrow.TargetRefs.All(wide.TargetRefs.Contains);
        }

        return (ReachesAll(wide, rootNamespace) || (!ReachesAll(narrow, rootNamespace) && wide.Key.Namespace == narrow.Key.Namespace))
            && (wide.Selector ?? LabelSet.Empty).IsSubsetOf(narrow.Selector ?? LabelSet.Empty);
    }

    private static bool MayMeet(LoggingResource left, LoggingResource right, string rootNamespace) =>
        left.Key.Namespace == right.Key.Namespace || ReachesAll(left, rootNamespace) || ReachesAll(right, rootNamespace);

    private static bool Reaches(LoggingResource resource, string @namespace, string rootNamespace) =>
        resource.Key.Namespace == @namespace || ReachesAll(resource, rootNamespace);

    /// <summary>A Telemetry with a selector stays in its namespace; see <see cref="Attachment.Considers"/>.</summary>
    private static bool ReachesAll(LoggingResource resource, string rootNamespace) =>
        resource.Key.Namespace == rootNamespace && (resource.Kind == LoggingResourceKind.EnvoyFilter || resource.Selector is not { Count: > 0 });

    private static bool Contradicts(LabelSet left, LabelSet right)
    {
        foreach (var (key, value) in left)
        {
            if (right.TryGet(key, out var other) && other != value)
            {
                return true;
            }
        }

        return false;
    }
}
