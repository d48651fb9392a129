using System.Globalization;

namespace AccessLogWebhook.Cluster;

/// <summary>A time as API servers write it: RFC 3339 in UTC, whole seconds.</summary>
internal static class ObjectTime
{
    /// <returns>Null where it is absent or no such time.</returns>
    public static DateTimeOffset? Read(string? text) => DateTimeOffset.TryParseExact(
        text, "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
        ? time
        : null;
}
