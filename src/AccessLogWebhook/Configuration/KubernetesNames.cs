using System.Text.RegularExpressions;
using AccessLogWebhook.Policy.Profiles;

namespace AccessLogWebhook.Configuration;

/// <summary>What the API server takes for a name. A name that it would refuse can match nothing, and is a slip.</summary>
internal static partial class KubernetesNames
{
    /// <summary>DNS-1123 label (RFC 1123, Kubernetes "Object Names and IDs").</summary>
    public static string? NamespaceFault(string name) =>
        name.Length <= 63 && Label().IsMatch(name)
            ? null
            : "is no namespace's name: at most 63 lower-case letters, digits or '-', beginning and ending with a letter or digit.";

    /// <summary>DNS-1123 subdomain, as most cluster-scoped objects are named.</summary>
    public static string? SubdomainFault(string name) =>
        name.Length <= 253 && Subdomain().IsMatch(name)
            ? null
            : "is no object's name: at most 253 lower-case letters, digits, '-' or '.', beginning and ending with a letter or digit.";

    /// <summary>A profile's name becomes a label's value, and so is shorter than other names.</summary>
    public static string? ProfileFault(string name) =>
        name.Length <= AccessLogProfileReader.LongestName && Subdomain().IsMatch(name)
            ? null
            : $"is no profile's name: at most {AccessLogProfileReader.LongestName} lower-case letters, digits, '-' or '.', beginning and ending with a letter or digit.";

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?\z")]
    private static partial Regex Label();

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z")]
    private static partial Regex Subdomain();
}
