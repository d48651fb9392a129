using AccessLogWebhook.Admission;

namespace AccessLogWebhook.Hosting;

/// <summary>
/// Which listener serves what: reviews come over TLS only, and what probes and scrapes read is on the other port, so that neither port
/// shows what belongs to the other.
/// </summary>
internal sealed class WebhookRoutes(AdmissionEndpoint admission, OperationsEndpoint operations, Draining draining, TlsHandshakes handshakes)
{
    public Task RouteAsync(HttpContext http)
    {
        draining.Mark(http);
        handshakes.Mark(http);
        var path = http.Request.Path.Value;
        var handler = http.Request.IsHttps
            ? path switch
            {
                "/mutate" => (HttpMethods.Post, admission.MutateAsync),
                "/validate" => (HttpMethods.Post, admission.ValidateAsync),
                // What an API server tells of a webhook that it cannot reach is its name and this path: so the chart puts the way out into it.
                _ when path?.StartsWith("/validate/", StringComparison.Ordinal) == true => (HttpMethods.Post, admission.ValidateAsync),
                _ => default((string Method, RequestDelegate Handler)),
            }
            : path switch
            {
                "/healthz" => (HttpMethods.Get, OperationsEndpoint.HealthAsync),
                "/readyz" => (HttpMethods.Get, operations.ReadyAsync),
                "/metrics" => (HttpMethods.Get, operations.MetricsAsync),
                _ => default((string Method, RequestDelegate Handler)),
            };
        if (handler.Handler is null)
        {
            return RefuseAsync(
                http,
                StatusCodes.Status404NotFound,
                http.Request.IsHttps
                    ? "There is nothing here: this port serves POST /mutate and POST /validate."
                    : "There is nothing here: this port serves GET /healthz, /readyz and /metrics.");
        }

        if (HttpMethods.Equals(http.Request.Method, handler.Method) || (HttpMethods.IsHead(http.Request.Method) && HttpMethods.IsGet(handler.Method)))
        {
            return handler.Handler(http);
        }

        http.Response.Headers.Allow = handler.Method;
        return RefuseAsync(http, StatusCodes.Status405MethodNotAllowed, $"{path} takes {handler.Method}.");
    }

    private static Task RefuseAsync(HttpContext http, int statusCode, string message)
    {
        http.Response.StatusCode = statusCode;
        http.Response.ContentType = "text/plain; charset=utf-8";
        return http.Response.WriteAsync(message + "\n", http.RequestAborted);
    }
}
