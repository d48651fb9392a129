using System.Globalization;
using System.Text.Json;
using AccessLogWebhook.Policy.Linting.EnvoyFilters;
using AccessLogWebhook.Policy.Linting.Protos;

namespace AccessLogWebhook.Policy.Linting.Loggers;

/// <summary>
/// AL025, AL029 and AL030. Source: Envoy's <c>source/common/access_log/access_log_impl.cc</c>: without a status a connection counts as 0, without
/// headers none matches, and a runtime filter without <c>percent_sampled</c> is of 0 percent; <c>accesslog.proto</c> requires a specifier (istio#28901).
/// </summary>
internal static class FilterRule
{
    private static readonly ProtoMessage FilterType = ProtoTypes.Find(AccessLogMessages.AccessLogFilter)!;

    private static readonly string[] AttributesOfRequests =
    [
        "response.code", "request.headers", "request.path", "request.url_path", "request.host", "request.method", "request.useragent", "response.headers", "response.grpc_status",
    ];

    public static void Check(LintPass pass)
    {
        foreach (var log in pass.Logs)
        {
            if (log.Filter is { } filter)
            {
                CheckEmpty(pass, filter);
                if (Blocking(filter, log.Point is LogPoint.Tcp or LogPoint.Listener) is var (rule, at, message))
                {
                    pass.Add(rule, at, message);
                }
            }
        }
    }

    /// <summary>Whether nothing can pass a filter, for all that is known.</summary>
    public static bool BlocksAll(Field filter, bool ofConnections) => Blocking(filter, ofConnections) is not null;

    private static void CheckEmpty(LintPass pass, Field filter)
    {
        if (!filter.IsObject || filter.Depth > AccessLogSearch.Deepest)
        {
            return;
        }

        // A member that is no misspelling either is a specifier of an Envoy to come, perhaps.
        if (!filter.Members().Any(member => member.Field.Value.ValueKind != JsonValueKind.Null && (FilterType.Find(member.Name) is not null || MayBeNew(pass, member.Name))))
        {
            pass.Add(
                LintRules.EmptyFilter, filter, "The filter has no specifier, and Envoy rejects the listener.",
                "Remove it to log everything, or give it one: status_code_filter, response_flag_filter, ….");
        }

        foreach (var inner in Inner(filter, "and_filter").Concat(Inner(filter, "or_filter")))
        {
            CheckEmpty(pass, inner);
        }
    }

    private static bool MayBeNew(LintPass pass, string name) =>
        (name.EndsWith("_filter", StringComparison.Ordinal) || name.EndsWith("Filter", StringComparison.Ordinal)) && pass.Guess(name, FilterType.Fields.Select(field => field.Name)) is null;

    /// <summary>What keeps everything from passing; null where something may pass, for all that is known.</summary>
    private static (LintRule Rule, Field At, string Message)? Blocking(Field filter, bool ofConnections)
    {
        if (filter.Depth > AccessLogSearch.Deepest)
        {
            return null;
        }

        if (filter.Proto("runtime_filter") is { IsObject: true } runtime && IsZero(runtime.Proto("percent_sampled")?.Proto("numerator")))
        {
            return (LintRules.NothingPasses, runtime, "A runtime_filter is of 0 percent where percent_sampled has no numerator, and lets nothing pass.");
        }

        if (ofConnections && OfRequests(filter) is var (at, what))
        {
            return (LintRules.HttpFilterOfConnections, at, $"The log is of connections, which have no {what}: nothing is ever logged.");
        }

        if (Inner(filter, "and_filter").Select(inner => Blocking(inner, ofConnections)).FirstOrDefault(blocking => blocking is not null) is { } one)
        {
            return one;
        }

        var alternatives = Inner(filter, "or_filter").Select(inner => Blocking(inner, ofConnections)).ToList();
        return alternatives.Count > 0 && alternatives.TrueForAll(blocking => blocking is not null) ? alternatives[0] : null;
    }

    private static (Field At, string What)? OfRequests(Field filter)
    {
        if (filter.Proto("status_code_filter") is { } status
            && status["comparison"] is { } comparison
            && (comparison["op"]?.Text ?? "EQ") is "EQ" or "GE"
            && !IsZero(comparison["value"]?.Proto("default_value")))
        {
            return (status, "status");
        }

        if (filter.Proto("header_filter") is { } header && header["header"]?.Proto("invert_match") is not { Value.ValueKind: JsonValueKind.True })
        {
            return (header, "headers");
        }

        // With an "or", a negation or a test for presence, the expression may be true without the attribute.
        return filter.Proto("extension_filter")?.Proto("typed_config")?["expression"] is { Text: { } expression } cel
            && !expression.AsSpan().ContainsAny("|?!") && !expression.Contains("has(", StringComparison.Ordinal)
            && Array.Find(AttributesOfRequests, attribute => expression.Contains(attribute, StringComparison.Ordinal)) is { } attribute
            ? (cel, attribute)
            : null;
    }

    private static IEnumerable<Field> Inner(Field filter, string name) => filter.Proto(name)?["filters"]?.Items() ?? [];

    /// <summary>Whether a number is 0 or absent; protobuf's JSON takes it as text as well.</summary>
    private static bool IsZero(Field? number) => number is null
        || (number.Value.ValueKind == JsonValueKind.Number && number.Value.TryGetDouble(out var value) && value == 0)
        || (double.TryParse(number.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var text) && text == 0);
}
