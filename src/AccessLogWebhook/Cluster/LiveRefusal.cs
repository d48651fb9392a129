using System.Net;
using System.Text.Json;
using AccessLogWebhook.Policy.Json;

namespace AccessLogWebhook.Cluster;

/// <summary>What an HTTP answer other than a success means.</summary>
internal static class LiveRefusal
{
    // Only message and reason of the Status object are wanted, which come before its details. The message alone may be long where a schema refuses much.
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
                (await ExplainAsync(response, cancellationToken).ConfigureAwait(false)).Problem,
                RetryAfter: RetryAfter(response, now)),
        };

    /// <summary>
    /// The answer as a sentence to come after a colon; and whether a webhook on the way of this very request failed or refused, whatever number that has: the API
    /// server is well, and another object may fare better.
    /// </summary>
    public static async Task<(string Problem, bool IsByWebhook)> ExplainAsync(HttpResponseMessage response, CancellationToken cancellationToken)
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
        var (message, reason) = await StatusAsync(response, cancellationToken).ConfigureAwait(false);
        return (message.Length > 0 ? $"{what} (HTTP {(int)response.StatusCode}): {message}." : $"{what} (HTTP {(int)response.StatusCode}).", IsByWebhook(message, reason));
    }

    /// <summary>How long the API server asks to be left alone; zero where it says nothing of it.</summary>
    public static TimeSpan RetryAfter(HttpResponseMessage response, DateTimeOffset now) =>
        response.Headers.RetryAfter is not { } after ? TimeSpan.Zero : after.Delta ?? (after.Date - now) ?? TimeSpan.Zero;

    // k8s.io/apiserver, pkg/admission/plugin/webhook: a webhook that cannot be called, with failurePolicy Fail, is an InternalError with these words; one that refuses
    // may choose the number. An etcd that is away has no reason.
    private static bool IsByWebhook(string message, string reason) =>
        (reason == "InternalError" && message.Contains("failed calling webhook", StringComparison.Ordinal)) || message.StartsWith("admission webhook \"", StringComparison.Ordinal);

    private static async Task<(string Message, string Reason)> StatusAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var bytes = new byte[MostBytesRead];
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var count = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            var (message, reason) = StatusOf(bytes.AsSpan(0, count));

            // It quotes names and values that others chose.
            return (Excerpt.Of(message.TrimEnd('.'), LongestMessage), reason);
        }
    }

    /// <summary>Message and reason of a Status object, of which the end may be missing.</summary>
    private static (string Message, string Reason) StatusOf(ReadOnlySpan<byte> beginning)
    {
        var reader = new Utf8JsonReader(beginning, isFinalBlock: false, state: default);
        var (message, reason) = ("", "");
        try
        {
            while (reader.Read())
            {
                if (reader is not { TokenType: JsonTokenType.PropertyName, CurrentDepth: 1 })
                {
                    continue;
                }

                if (reader.ValueTextEquals("message"))
                {
                    message = reader.Read() && reader.TokenType == JsonTokenType.String ? reader.GetString()! : "";
                }
                else if (reader.ValueTextEquals("reason"))
                {
                    reason = reader.Read() && reader.TokenType == JsonTokenType.String ? reader.GetString()! : "";
                }
            }
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // A proxy's page, or half a surrogate pair: what came before, or the number, has to do.
        }

        return (message, reason);
    }
}
