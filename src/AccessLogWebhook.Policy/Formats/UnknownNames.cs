using System.Collections.Frozen;
using AccessLogWebhook.Policy.Json;

namespace AccessLogWebhook.Policy.Formats;

/// <summary>What an operator that does not exist was meant to be.</summary>
internal static class UnknownNames
{
    /// <summary>Nothing longer was meant to be an operator; the longest has 45 characters.</summary>
    public const int LongestName = 64;

    /// <summary>What other proxies and libraries have names for, and Envoy reads from headers.</summary>
    private static readonly FrozenDictionary<string, string> Elsewhere = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["METHOD"] = "%REQ(:METHOD)%",
        ["REQUEST_METHOD"] = "%REQ(:METHOD)%",
        ["REQUEST_PATH"] = "%REQ_WITHOUT_QUERY(X-ENVOY-ORIGINAL-PATH?:PATH)%",
        ["URI"] = "%REQ_WITHOUT_QUERY(X-ENVOY-ORIGINAL-PATH?:PATH)%",
        ["AUTHORITY"] = "%REQ(:AUTHORITY)%",
        ["HOST"] = "%REQ(:AUTHORITY)%",
        ["USER_AGENT"] = "%REQ(USER-AGENT)%",
        ["REFERER"] = "%REQ(REFERER)%",
        ["REQUEST_ID"] = "%REQ(X-REQUEST-ID)%",
        ["X_FORWARDED_FOR"] = "%REQ(X-FORWARDED-FOR)%",
        ["UPSTREAM_SERVICE_TIME"] = "%RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)%",
        ["STATUS"] = "%RESPONSE_CODE%",
        ["STATUS_CODE"] = "%RESPONSE_CODE%",
        ["TIMESTAMP"] = "%START_TIME%",
        ["SNI"] = "%REQUESTED_SERVER_NAME%",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static string Message(string name) =>
        Elsewhere.TryGetValue(name, out var instead) ? $"there is no such command operator: write {instead}."
        : Spelling.Nearest(name, CommandOperators.All.Select(each => each.Name)) is { } near ? $"there is no such command operator, did you mean {near}?"
        : "there is no such command operator.";
}
