namespace AccessLogWebhook.Hosting;

/// <summary>
/// The time between being asked to stop and stopping: requests are taken and answered as before, while readiness is red, others learn of it, and
/// every answer ends its connection. API servers call webhooks by HTTP/1.1 on connections that they keep, and a POST
/// that meets the end of one is not sent again: so the connections must go before the server does.
/// </summary>
internal sealed class Draining(TimeSpan length, IHostApplicationLifetime lifetime, TimeProvider time) : IHostedLifecycleService
{
    // A host may be stopped twice.
    private int drained;

    /// <summary>Ends the connection with the answer, where the time has come.</summary>
    public void Mark(HttpContext http)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested && HttpProtocol.IsHttp11(http.Request.Protocol))
        {
            http.Response.Headers.Connection = "close";
        }
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        // Whoever stops the host itself, and not the application, comes here first.
        lifetime.StopApplication();
        if (Interlocked.Exchange(ref drained, 1) == 0 && length > TimeSpan.Zero)
        {
            await Task.Delay(length, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
