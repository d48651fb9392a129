using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace AccessLogWebhook.Policy.Mesh;

/// <summary>
/// The names of rendered references: <c>accesslog-PROFILE-REVISION</c>, and for a waypoint, which needs one of its own, the Gateway's name behind it.
/// A revision is hexadecimal, which tells <c>accesslog-json-1f3a</c> from a reference of the profile <c>json-errors</c>.
/// </summary>
public static class ReferenceNames
{
    // A name may have 253 characters, of which the profile's may take 63 and its revision 10.
    private const int LongestGatewayPart = 253 - 63 - 10 - 12;

    private const int DigestLength = 10;

    private static readonly SearchValues<char> HexadecimalDigits = SearchValues.Create("0123456789abcdef");

    public static string Of(string profile, string? revision) => revision is null ? $"accesslog-{profile}" : $"accesslog-{profile}-{revision}";

    /// <summary>The Gateway's name is shortened, with a digest of the whole, where the name would be longer than Kubernetes takes.</summary>
    public static string OfWaypoint(string profile, string revision, string gateway) =>
        $"{Of(profile, revision)}-{GatewayPart(gateway)}";

    private static string GatewayPart(string gateway) => gateway.Length <= LongestGatewayPart ? gateway : Shortened(gateway);

    /// <summary>Whether a resource may be a rendered reference, by its name alone: labels can be taken off.</summary>
    public static bool MayBeRendered(string name) => name.StartsWith(Of("", null), StringComparison.Ordinal);

    /// <summary>Whether a resource is called as its labels say that a rendered reference of their profile and revision is.</summary>
    public static bool IsRendered(LoggingResource resource)
    {
        if (resource.Labels[AccessLogKeys.Profile] is not { } profile || resource.Labels[AccessLogKeys.Revision] is not { Length: > 0 } revision)
        {
            return false;
        }

        var name = Of(profile, revision);
        return resource.Key.Name.StartsWith(name, StringComparison.Ordinal) && (resource.Key.Name.Length == name.Length || resource.Key.Name[name.Length] == '-');
    }

    /// <summary>
    /// The profile whose rendered reference is called so: where it is none yet, or not any more, the name is all there is to go by. Null for a name of another form.
    /// </summary>
    /// <param name="workload">The name of the object that names it, which is that of the Gateway where it was rendered for a waypoint.</param>
    public static string? ProfileOf(string name, string workload)
    {
        var prefix = Of("", null);
        return !name.StartsWith(prefix, StringComparison.Ordinal) ? null
            : BeforeRevision(name.EndsWith($"-{GatewayPart(workload)}", StringComparison.Ordinal) ? name[..^(GatewayPart(workload).Length + 1)] : "") ?? BeforeRevision(name);

        string? BeforeRevision(string text)
        {
            var dash = text.LastIndexOf('-');
            return dash > prefix.Length && dash < text.Length - 1 && IsRevision(text.AsSpan(dash + 1)) ? text[prefix.Length..dash] : null;
        }
    }

    /// <summary>Whether it is made of the digits of a revision: lower-case hexadecimal.</summary>
    public static bool IsRevision(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(HexadecimalDigits);

    /// <summary>Whether a name is that of a reference of the profile, of whatever revision.</summary>
    public static bool IsOf(ReadOnlySpan<char> name, string profile)
    {
        var prefix = Of(profile, null);
        return name.StartsWith(prefix, StringComparison.Ordinal)
            && (name.Length == prefix.Length
                || (name.Length > prefix.Length + 1 && name[prefix.Length] == '-' && IsRevision(name[(prefix.Length + 1)..])));
    }

    private static string Shortened(string name)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..DigestLength];
        return $"{name[..(LongestGatewayPart - DigestLength - 1)].TrimEnd('-', '.')}-{digest}";
    }
}
