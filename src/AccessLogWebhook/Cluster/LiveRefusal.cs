using System.Net;
using System.Text.Json;
using AccessLogWebhook.Policy.Json;

namespace AccessLogWebhook.Cluster;

/// <summary>What an HTTP answer other than a success means.</summary>
internal static class LiveRefusal
{
    // Only the message of the Status object is wanted, which comes before its details.
    private const int MostBytesRead = 8 * 1024;
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
            _ => "the API server failed",
        };
        var message = await MessageAsync(response, cancellationToken).ConfigureAwait(false);
        return message.Length > 0 ? $"{what} (HTTP {(int)response.StatusCode}): {message}." : $"{what} (HTTP {(int)response.StatusCode}).";
    }

    private static async Task<string> MessageAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var bytes = new byte[MostBytesRead];
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var count = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            try
            {
                using var status = JsonDocument.Parse(bytes.AsMemory(0, count));
                var message = status.RootElement.Text("message")?.TrimEnd('.') ?? "";
                return message.Length <= LongestMessage ? message : $"{message.AsSpan(0, LongestMessage)}…";
            }
            catch (JsonException)
            {
                // A proxy's page, or a Status longer than any an API server writes: the number has to do.
                return "";
            }
        }
    }

    private static TimeSpan RetryAfter(HttpResponseMessage response, DateTimeOffset now) =>
        response.Headers.RetryAfter is not { } after ? TimeSpan.Zero : after.Delta ?? (after.Date - now) ?? TimeSpan.Zero;
}
