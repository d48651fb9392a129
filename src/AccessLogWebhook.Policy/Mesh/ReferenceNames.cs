using System.Buffers;

namespace AccessLogWebhook.Policy.Mesh;

/// <summary>
/// The names of rendered references: <c>accesslog-PROFILE-REVISION</c>, and for a waypoint, which needs one of its own, the Gateway's name behind it.
/// A revision is hexadecimal, which tells <c>accesslog-json-1f3a</c> from a reference of the profile <c>json-errors</c>.
/// </summary>
public static class ReferenceNames
{
    private static readonly SearchValues<char> HexadecimalDigits = SearchValues.Create("0123456789abcdef");

    public static string Of(string profile, string? revision) => revision is null ? $"accesslog-{profile}" : $"accesslog-{profile}-{revision}";

    public static string OfWaypoint(string profile, string revision, string gateway) => $"{Of(profile, revision)}-{gateway}";

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
}
