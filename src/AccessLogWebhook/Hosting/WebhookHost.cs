using System.Net;
using AccessLogWebhook.Admission;
using AccessLogWebhook.Auditing;
using AccessLogWebhook.Certificates;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Observability;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace AccessLogWebhook.Hosting;

/// <summary>
/// The running webhook: the composition root, and the one place that knows every room. Made by <c>serve</c>, by <c>demo</c> and by tests,
/// so that all three run the same server.
/// </summary>
internal sealed class WebhookHost : IAsyncDisposable
{
    // As long as an API server may wait for a webhook.
    private static readonly TimeSpan FinishWithin = TimeSpan.FromSeconds(30);

    private readonly WebApplication application;

    public WebhookHost(
        ServingOptions serving,
        ClusterView view,
        IClusterSource source,
        ServingCertificate certificate,
        LivePolicySettings settings,
        WebhookMetrics metrics,
        TimeProvider time,
        Action<ILoggingBuilder> logging,
        AuditTrail? trail = null,
        ClientTrust? clients = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        logging(builder.Logging);
        builder.Services.AddSingleton(services => new Draining(serving.Drain, services.GetRequiredService<IHostApplicationLifetime>(), time));
        builder.Services.AddHostedService(services => services.GetRequiredService<Draining>());
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = serving.Drain + FinishWithin);
        builder.WebHost.UseKestrelHttpsConfiguration();
        // Its lines about each request are ours to say; and while it may log anything, each request has an Activity made for it that nobody reads.
        builder.Logging.AddFilter(SharedLoggers.RequestCategory, LogLevel.None);
        builder.Services.AddSingleton(services => new TlsHandshakes(certificate, clients, metrics, time, services.GetRequiredService<ILogger<TlsHandshakes>>()));
        builder.Services.AddSingleton(services => new Listeners(
            serving, services.GetRequiredService<TlsHandshakes>(), metrics, time, services.GetRequiredService<ILogger<ConnectionLimit>>()));
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ApplicationServices.GetRequiredService<Listeners>().Configure(kestrel));
        application = builder.Build();
        var lifetime = application.Lifetime;
        var capacity = new AdmissionCapacity(serving.MaxInFlight, serving.MaxBodyBytesInFlight);
        var routes = new WebhookRoutes(
            new AdmissionEndpoint(
                new ClusterFacts(view, source, metrics.LookedUp), settings, capacity, metrics, trail, time,
                application.Services.GetRequiredService<ILogger<AdmissionEndpoint>>()),
            new OperationsEndpoint(new Readiness(source, certificate, lifetime), metrics),
            application.Services.GetRequiredService<Draining>(),
            application.Services.GetRequiredService<TlsHandshakes>());
        var listeners = application.Services.GetRequiredService<Listeners>();
        metrics.BeforeScrape(() =>
        {
            listeners.Measure();
            metrics.InFlight(capacity.Requests);
            metrics.CertificateExpires(certificate.Expires);
            metrics.ClientAuthorityExpires(clients?.Expires);
            Measure(metrics, source);
        });
        application.Run(routes.RouteAsync);
    }

    /// <summary>Cancelled when the process is asked to stop.</summary>
    public CancellationToken Stopping => application.Lifetime.ApplicationStopping;

    /// <summary>Where reviews are taken, after the start.</summary>
    public Uri HttpsAddress => Address("https");

    /// <summary>Where health and metrics are served, after the start.</summary>
    public Uri HttpAddress => Address("http");

    /// <exception cref="IOException">A port is taken.</exception>
    public Task StartAsync(CancellationToken cancellationToken) => application.StartAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => application.StopAsync(cancellationToken);

    public Task WaitForShutdownAsync(CancellationToken cancellationToken) => application.WaitForShutdownAsync(cancellationToken);

    public ValueTask DisposeAsync() => application.DisposeAsync();

    private static void Measure(WebhookMetrics metrics, IClusterSource source)
    {
        foreach (var cache in source.CacheStatuses())
        {
            metrics.CacheIs(cache.Kind, cache.Age, cache.Objects, cache.IsCurrent, cache.Problem is not null);
            foreach (var (reason, count) in cache.WatchRestarts)
            {
                metrics.WatchRestarted(cache.Kind, reason, count);
            }
        }
    }

    private Uri Address(string scheme)
    {
        var addresses = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        var bound = new Uri(addresses.First(address => address.StartsWith($"{scheme}:", StringComparison.Ordinal)));
        // What listens on every address is reached, from here, on loopback.
        return IPAddress.TryParse(bound.Host.Trim('[', ']'), out var ip) && (ip.Equals(IPAddress.IPv6Any) || ip.Equals(IPAddress.Any))
            ? new UriBuilder(bound) { Host = "127.0.0.1" }.Uri
            : bound;
    }
}
