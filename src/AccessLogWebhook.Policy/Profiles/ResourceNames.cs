using System.Text.RegularExpressions;

namespace AccessLogWebhook.Policy.Profiles;

/// <summary>Names of Kubernetes objects and hosts (Kubernetes, "Object Names and IDs"); their lengths are the readers' to check.</summary>
internal static partial class ResourceNames
{
    /// <summary>A label of DNS: a namespace's name.</summary>
    public static bool IsNamespace(string name) => Label().IsMatch(name);

    /// <summary>A subdomain of DNS: an object's name, or a host's.</summary>
    public static bool IsName(string name) => Subdomain().IsMatch(name);

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?\z")]
    private static partial Regex Label();

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z")]
    private static partial Regex Subdomain();
}
