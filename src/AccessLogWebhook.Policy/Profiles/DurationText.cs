using System.Globalization;
using System.Text.RegularExpressions;

namespace AccessLogWebhook.Policy.Profiles;

/// <summary>
/// Durations as Go and CEL write them, in so far as Envoy's duration filter can compare them: whole milliseconds that fit 32 bits
/// (<c>envoy/config/core/v3/base.proto</c>, RuntimeUInt32), which is 1193 hours.
/// </summary>
internal static partial class DurationText
{
    public const string Fault =
        "must be a duration from 1ms to 1193h in hours, minutes, seconds or milliseconds, such as 500ms or 1m30s; Envoy counts whole milliseconds.";

    private const decimal Longest = 1193m * 60 * 60 * 1000;

    /// <summary>Null where it is none.</summary>
    public static uint? Milliseconds(string text)
    {
        if (Parts().Match(text) is not { Success: true } match)
        {
            return null;
        }

        var total = 0m;
        for (var index = 0; index < match.Groups["value"].Captures.Count; index++)
        {
            var value = decimal.Parse(match.Groups["value"].Captures[index].ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
            total += value * match.Groups["unit"].Captures[index].ValueSpan switch
            {
                "h" => 3_600_000,
                "m" => 60_000,
                "s" => 1000,
                _ => 1,
            };
        }

        return total is >= 1 and <= Longest ? (uint)total : null;
    }

    // The same as in the custom resource definition: at most five digits and four parts, so that no value overflows.
    [GeneratedRegex(@"\A((?<value>[0-9]{1,5})(?<unit>ms)|(?<value>[0-9]{1,5}(\.[0-9]{1,3})?)(?<unit>[smh])){1,4}\z")]
    private static partial Regex Parts();
}
