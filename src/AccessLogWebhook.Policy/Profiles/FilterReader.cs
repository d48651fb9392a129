using System.Text.Json;

namespace AccessLogWebhook.Policy.Profiles;

/// <summary>Reads <c>spec.filter</c>.</summary>
internal static class FilterReader
{
    // Ample for four decimals. What is longer, or as small as 1e-40, would be rounded when it is read.
    private const int LongestNumber = 16;

    private const int LongestExpression = 1024;

    public static LogFilter Read(SpecFields spec)
    {
        if (spec.Object("filter") is not { } filter)
        {
            return LogFilter.Everything;
        }

        var read = new LogFilter(
            filter.Integer("minStatus", 100, 599),
            ReadDuration(filter),
            filter.Flag("excludeHealthChecks") ?? false,
            ReadSample(filter),
            ReadExpression(filter));
        filter.End();
        return read;
    }

    private static uint? ReadDuration(SpecFields filter)
    {
        if (filter.Text("minDuration", 2, 32) is not { } text)
        {
            return null;
        }

        if (DurationText.Milliseconds(text) is { } milliseconds)
        {
            return milliseconds;
        }

        filter.Refuse("minDuration", DurationText.Fault);
        return null;
    }

    /// <summary>All of them is no filter, which is how it is rendered.</summary>
    private static SampleRate? ReadSample(SpecFields filter)
    {
        const string field = "samplePercent";
        if (filter.Any(field) is not { } value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDecimal(out var percent) || percent is < 0 or > 100)
        {
            filter.Refuse(field, "must be a number from 0 to 100.");
            return null;
        }

        var isRounded = value.GetRawText().Length > LongestNumber || (percent == 0 && value.GetDouble() != 0);
        if (isRounded || SampleRate.OfPercent(percent) is not { } rate)
        {
            filter.Refuse(field, "must have at most four decimals: Envoy samples so many of a million.");
            return null;
        }

        return percent == 100 ? null : rate;
    }

    private static string? ReadExpression(SpecFields filter)
    {
        if (filter.Text("expression", 1, LongestExpression) is not { } expression)
        {
            return null;
        }

        if (CelText.Fault(expression) is { } fault)
        {
            filter.Refuse("expression", fault);
        }

        return expression;
    }
}
