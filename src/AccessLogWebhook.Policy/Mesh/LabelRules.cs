using System.Text.RegularExpressions;

namespace AccessLogWebhook.Policy.Mesh;

/// <summary>
/// Which labels may be put on a workload because an EnvoyFilter selects by them. Not those of Istio and Kubernetes: they say what a Pod
/// is (a gateway, a member of the ambient mesh) and make Services and istiod treat it so. Nor those that the API server would refuse, which
/// would keep every Pod of a namespace from being created.
/// </summary>
public static partial class LabelRules
{
    public static bool MayBeSet(string key, string value) => !IsReserved(key) && IsValid(key, value);

    /// <summary>Whether the API server takes it (Kubernetes, "Labels and Selectors": "Syntax and character set").</summary>
    public static bool IsValid(string key, string value) => IsQualifiedName(key) && IsValidValue(value);

    public static bool IsValidValue(string value) => value.Length == 0 || NamePart().IsMatch(value);

    /// <summary>An optional DNS prefix with a slash, and a name of at most 63 characters.</summary>
    public static bool IsQualifiedName(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        return slash < 0
            ? NamePart().IsMatch(key)
            : slash <= 253 && DnsPrefix().IsMatch(key.AsSpan(0, slash)) && NamePart().IsMatch(key.AsSpan(slash + 1));
    }

    private static bool IsReserved(string key)
    {
        var prefix = key.AsSpan(0, Math.Max(0, key.IndexOf('/', StringComparison.Ordinal)));
        return IsOf(prefix, "istio.io") || IsOf(prefix, "k8s.io") || IsOf(prefix, "kubernetes.io") || key == MeshKeys.NamespaceInjection;
    }

    private static bool IsOf(ReadOnlySpan<char> prefix, string domain) =>
        prefix.EndsWith(domain, StringComparison.Ordinal) && (prefix.Length == domain.Length || prefix[^(domain.Length + 1)] == '.');

    [GeneratedRegex(@"\A[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?\z")]
    private static partial Regex NamePart();

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z")]
    private static partial Regex DnsPrefix();
}
