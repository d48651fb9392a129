using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Linting;
using AccessLogWebhook.Policy.Linting.Loggers;

namespace AccessLogWebhook.Policy.Logging;

/// <summary>Filters in a few words, and whether anything can pass them.</summary>
internal static class LoggerFilters
{
    private const int FingerprintLength = 12;

    private const int LongestDescription = 160;

    // Deeper ones are told by their outermost parts.
    private const int DeepestTold = 3;

    /// <summary>Connections that no filter chain took: what istiod gives to the listener's log (<c>accesslog.go listenerAccessLogFilter</c>).</summary>
    public static LogFilterSummary NoRoute { get; } = new("response flag NR", Hash("response flag NR"));

    /// <summary>By CEL, as a Telemetry's filter.</summary>
    public static LogFilterSummary Expression(string expression) => new(Excerpt.Of(expression, LongestDescription), Hash(expression));

    public static LogFilterSummary Of(Field filter, bool ofConnections)
    {
        var description = Describe(filter, 0);
        var fingerprint = description == NoRoute.Description ? NoRoute.Fingerprint
            : Convert.ToHexStringLower(SHA256.HashData(JsonMarshal.GetRawUtf8Value(filter.Value)))[..FingerprintLength];
        return new(
            KeepsTunnelsOut(filter) ? "no tunnels" : Excerpt.Of(description, LongestDescription), fingerprint, FilterRule.BlocksAll(filter, ofConnections), KeepsTunnelsOut(filter));
    }

    /// <summary>The filter by which rendered EnvoyFilters leave out the tunnels of HBONE: anything but a CONNECT, or else what was refused.</summary>
    private static bool KeepsTunnelsOut(Field filter) => filter.Proto("or_filter")?["filters"]?.Items().Any(each =>
        each.Proto("header_filter")?["header"] is { } header
        && header["name"]?.Text == ":method"
        && header.Proto("invert_match")?.Value.ValueKind == JsonValueKind.True
        && header.Proto("string_match")?["exact"]?.Text == "CONNECT") == true;

    private static string Describe(Field filter, int depth)
    {
        foreach (var (name, part) in filter.Members())
        {
            switch (name.Replace("_", "", StringComparison.Ordinal).ToUpperInvariant())
            {
                case "STATUSCODEFILTER":
                    return $"status {Compare(part["comparison"])}";
                case "DURATIONFILTER":
                    return $"duration {Compare(part["comparison"])} ms";
                case "RESPONSEFLAGFILTER":
                    var flags = part["flags"]?.Items().Select(flag => flag.Text).OfType<string>().Take(8).ToList() ?? [];
                    return flags.Count switch
                    {
                        0 => "any response flag",
                        1 => $"response flag {Excerpt.Of(flags[0])}",
                        _ => $"response flags {Excerpt.Of(string.Join(", ", flags))}",
                    };
                case "NOTHEALTHCHECKFILTER":
                    return "no health checks";
                case "RUNTIMEFILTER":
                    return "a sample";
                case "HEADERFILTER":
                    return $"header {Excerpt.Of(part["header"]?["name"]?.Text ?? "?")}";
                case "ANDFILTER" or "ORFILTER" when depth < DeepestTold:
                    var inner = part["filters"]?.Items().Take(8).Select(each => Describe(each, depth + 1)).ToList() ?? [];
                    var joined = string.Join(name[0] == 'a' ? " and " : " or ", inner);
                    return depth > 0 && inner.Count > 1 ? $"({joined})" : joined;
                case "EXTENSIONFILTER":
                    var config = part.Proto("typed_config");
                    return Excerpt.Of(config?["expression"]?.Text ?? part["name"]?.Text ?? name, LongestDescription);
                default:
                    return Excerpt.Of(name);
            }
        }

        return "a filter without a specifier";
    }

    private static string Compare(Field? comparison)
    {
        var value = comparison?["value"]?.Proto("default_value")?.Value is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var whole)
            ? whole.ToString(CultureInfo.InvariantCulture)
            : comparison?["value"]?.Proto("default_value")?.Text ?? "0";
        var sign = comparison?["op"]?.Text switch
        {
            "GE" => ">=",
            "LE" => "<=",
            "NE" => "!=",
            _ => "=",
        };
        return $"{sign} {Excerpt.Of(value)}";
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..FingerprintLength];
}
