using AccessLogWebhook.Observability;

namespace AccessLogWebhook.Hosting;

/// <summary>Health and metrics. They change nothing and name no object of the cluster.</summary>
internal sealed class OperationsEndpoint(Readiness readiness, WebhookMetrics metrics)
{
    public static Task HealthAsync(HttpContext http) => TextAsync(http, StatusCodes.Status200OK, "ok\n");

    public Task ReadyAsync(HttpContext http)
    {
        var problems = readiness.Problems();
        return problems.Count == 0
            ? TextAsync(http, StatusCodes.Status200OK, "ok\n")
            : TextAsync(http, StatusCodes.Status503ServiceUnavailable, string.Concat(problems.Select(problem => problem + "\n")));
    }

    public Task MetricsAsync(HttpContext http)
    {
        http.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        return metrics.WriteAsync(http.Response.Body, http.RequestAborted);
    }

    private static Task TextAsync(HttpContext http, int statusCode, string text)
    {
        http.Response.StatusCode = statusCode;
        http.Response.ContentType = "text/plain; charset=utf-8";
        return http.Response.WriteAsync(text, http.RequestAborted);
    }
}
