using System.Net;

namespace AccessLogWebhook.Hosting;

/// <summary>Asks a server of this program whether it is ready, for an image that has no other program to ask with.</summary>
internal static class HealthProbe
{
    // Container runtimes give a health check 30 s unless told otherwise; readiness is answered from memory.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <returns>Null where it is ready; else why not, one line to come after a colon.</returns>
    public static async Task<string?> FindProblemAsync(Uri server, CancellationToken cancellationToken)
    {
        using var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false };
        using var client = new HttpClient(handler) { Timeout = Timeout, MaxResponseContentBufferSize = 64 * 1024 };
        try
        {
            using var response = await client.GetAsync(new Uri(server, "/readyz"), cancellationToken).ConfigureAwait(false);
            return response.StatusCode == HttpStatusCode.OK
                ? null
                : (await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false)).Trim() is { Length: > 0 } reason
                    ? reason
                    : $"HTTP {(int)response.StatusCode}";
        }
        catch (HttpRequestException unreachable)
        {
            return unreachable.Message;
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"no answer within {Timeout.TotalSeconds:0} s";
        }
    }
}
