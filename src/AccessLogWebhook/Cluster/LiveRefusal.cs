using System.Net;
using System.Text.Json;
using AccessLogWebhook.Policy.Json;

namespace AccessLogWebhook.Cluster;

/// <summary>What an HTTP answer other than a success means.</summary>
internal static class LiveRefusal
{
    // Only the message of the Status object is wanted, which comes before its details. It alone may be long where a schema refuses much.
    private const int MostBytesRead = 64 * 1024;
    private const int LongestMessage = 300;

    public static async Task<LiveOutcome> ReadAsync(HttpResponseMessage response, DateTimeOffset now, CancellationToken cancellationToken) =>
        response.StatusCode switch
        {
            HttpStatusCode.NotFound => new LiveOutcome.NotServed(),
            HttpStatusCode.Gone => new LiveOutcome.Expired(),
            _ => new LiveOutcome.Failed(
                response.StatusCode switch
                {
                    HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => "refused",
                    HttpStatusCode.TooManyRequests => "throttled",
                    _ => "error",
                },
                await DescribeAsync(response, cancellationToken).ConfigureAwait(false),
                RetryAfter: RetryAfter(response, now)),
        };

    /// <summary>The answer as a sentence to come after a colon.</summary>
    public static async Task<string> DescribeAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var what = response.StatusCode switch
        {
            HttpStatusCode.Unauthorized => "the API server does not accept the credentials",
            HttpStatusCode.Forbidden => "the API server does not allow it",
            HttpStatusCode.TooManyRequests => "the API server asks to be left alone for a while",
            HttpStatusCode.NotFound => "the API server does not know it",
            HttpStatusCode.Conflict => "it is not as the request supposes",
            >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError => "the API server does not accept it",
            _ => "the API server failed",
        };
        var message = await MessageAsync(response, cancellationToken).ConfigureAwait(false);
        return message.Length > 0 ? $"{what} (HTTP {(int)response.StatusCode}): {message}." : $"{what} (HTTP {(int)response.StatusCode}).";
    }

    /// <summary>How long the API server asks to be left alone; zero where it says nothing of it.</summary>
    public static TimeSpan RetryAfter(HttpResponseMessage response, DateTimeOffset now) =>
        response.Headers.RetryAfter is not { } after ? TimeSpan.Zero : after.Delta ?? (after.Date - now) ?? TimeSpan.Zero;

    private static async Task<string> MessageAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var bytes = new byte[MostBytesRead];
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var count = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);

            // It quotes names and values that others chose.
            return Excerpt.Of(MessageOf(bytes.AsSpan(0, count)).TrimEnd('.'), LongestMessage);
        }
    }

    /// <summary>The message of a Status object, of which the end may be missing.</summary>
    private static string MessageOf(ReadOnlySpan<byte> beginning)
    {
        var reader = new Utf8JsonReader(beginning, isFinalBlock: false, state: default);
        try
        {
            while (reader.Read())
            {
                if (reader is { TokenType: JsonTokenType.PropertyName, CurrentDepth: 1 } && reader.ValueTextEquals("message"))
                {
                    return reader.Read() && reader.TokenType == JsonTokenType.String ? reader.GetString()! : "";
                }
            }
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // A proxy's page, or half a surrogate pair: the number has to do.
        }

        return "";
    }
}
