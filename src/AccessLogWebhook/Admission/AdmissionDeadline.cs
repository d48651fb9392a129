using System.Buffers;
using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;

namespace AccessLogWebhook.Admission;

/// <summary>
/// How long an answer may take. The API server sends its own limit as <c>?timeout=10s</c> (k8s.io/apiserver,
/// <c>plugin/webhook</c>); an answer after it is worth nothing, so ours ends a tenth earlier.
/// </summary>
internal static class AdmissionDeadline
{
    /// <summary>The API server's own limit where a webhook sets none.</summary>
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(10);

    /// <summary>The most that the API server lets a webhook take.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(50);

    /// <summary>The time for an answer, from a Go duration (<c>1m30s</c>, <c>500ms</c>); the usual one where it is absent or is none.</summary>
    public static TimeSpan From(QueryString query)
    {
        var limit = Usual;
        foreach (var parameter in new QueryStringEnumerable(query.Value))
        {
            if (parameter.EncodedName.Span is "timeout")
            {
                limit = TryParse(parameter.DecodeValue().Span, out var asked) && asked > TimeSpan.Zero ? asked : Usual;
                break;
            }
        }

        limit = limit > Longest ? Longest : limit * 0.9;
        return limit < Shortest ? Shortest : limit;
    }

    private static bool TryParse(ReadOnlySpan<char> text, out TimeSpan duration)
    {
        duration = default;
        while (!text.IsEmpty)
        {
            var digits = text.IndexOfAnyExcept(NumberCharacters);
            if (digits <= 0 || !double.TryParse(text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            {
                return false;
            }

            text = text[digits..];
            var letters = text.IndexOfAny(NumberCharacters);
            var unit = letters < 0 ? text : text[..letters];
            var seconds = unit switch
            {
                "h" => 3600d,
                "m" => 60,
                "s" => 1,
                "ms" => 1e-3,
                "us" or "µs" or "μs" => 1e-6,
                "ns" => 1e-9,
                _ => 0,
            };
            if (seconds == 0 || number * seconds > 1e6)
            {
                return false;
            }

            duration += TimeSpan.FromSeconds(number * seconds);
            text = text[unit.Length..];
        }

        return duration > TimeSpan.Zero;
    }
}
