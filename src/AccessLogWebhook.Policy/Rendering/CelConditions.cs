using System.Globalization;
using AccessLogWebhook.Policy.Formats;
using AccessLogWebhook.Policy.Profiles;

namespace AccessLogWebhook.Policy.Rendering;

/// <summary>
/// A profile's filter as one expression in CEL, which is all that a Telemetry has. Attributes are Envoy's ("Attributes" in its documentation;
/// <c>source/extensions/filters/common/expr/context.cc</c>). One expression serves requests, TCP connections and connections that no filter chain took.
/// </summary>
internal static class CelConditions
{
    /// <summary>Null where everything is logged.</summary>
    public static string? Of(LogFilter filter)
    {
        List<string> conditions =
        [
            .. filter.MinStatus is { } status ? [Status(status)] : Array.Empty<string>(),
            .. filter.MinDuration is { } duration ? [Duration(duration)] : Array.Empty<string>(),
        ];
        return (conditions.Count, filter.Expression) switch
        {
            (0, var expression) => expression,
            (1, null) => conditions[0],
            (_, null) => string.Join(" && ", conditions),
            (_, { } expression) => $"{string.Join(" && ", conditions)} && ({expression}{(CelExpression.MayEndInComment(expression) ? "\n" : "")})",
        };
    }

    /// <summary>
    /// As an EnvoyFilter has it: what has no method is no request, and is logged where it failed, which is where it has a response flag. <c>response.code</c> alone would
    /// be an error there, and nothing would be logged.
    /// </summary>
    private static string Status(int least) =>
        string.Create(CultureInfo.InvariantCulture, $"(has(request.method) ? response.code >= {least} : response.flags != 0)");

    private static string Duration(uint least) => string.Create(CultureInfo.InvariantCulture, $"request.duration >= duration('{least}ms')");
}
