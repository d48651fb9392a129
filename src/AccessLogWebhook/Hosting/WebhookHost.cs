using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using AccessLogWebhook.Admission;
using AccessLogWebhook.Auditing;
using AccessLogWebhook.Certificates;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Observability;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace AccessLogWebhook.Hosting;

/// <summary>
/// The running webhook: the composition root, and the one place that knows every room. Made by <c>serve</c>, by <c>demo</c> and by tests,
/// so that all three run the same server.
/// </summary>
internal sealed class WebhookHost : IAsyncDisposable
{
    private static readonly List<SslApplicationProtocol> Protocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];

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
        AuditTrail? trail = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        logging(builder.Logging);
        builder.Services.AddSingleton(services => new Draining(serving.Drain, services.GetRequiredService<IHostApplicationLifetime>(), time));
        builder.Services.AddHostedService(services => services.GetRequiredService<Draining>());
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = serving.Drain + FinishWithin);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // The reader has the limit, and says so in words; this one is a little wider so that it never answers first.
            kestrel.Limits.MaxRequestBodySize = AdmissionEndpoint.MaxBodyBytes + 1;
            void Listen(int port, Action<ListenOptions> configure)
            {
                if (serving.Address.Equals(IPAddress.IPv6Any) && port != 0)
                {
                    // On a node without IPv6 this takes every address of IPv4.
                    kestrel.ListenAnyIP(port, configure);
                }
                else
                {
                    kestrel.Listen(serving.Address, port, configure);
                }
            }

            Listen(serving.HttpsPort, listen => listen.UseHttps(TlsCallback(certificate)));
            Listen(serving.HttpPort, _ => { });
        });
        application = builder.Build();
        var lifetime = application.Lifetime;
        var routes = new WebhookRoutes(
            new AdmissionEndpoint(
                new ClusterFacts(view, source, metrics.LookedUp), settings, metrics, trail, time,
                application.Services.GetRequiredService<ILogger<AdmissionEndpoint>>()),
            new OperationsEndpoint(new Readiness(source, certificate, lifetime), metrics),
            application.Services.GetRequiredService<Draining>());
        metrics.BeforeScrape(() => Measure(metrics, source, certificate));
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

    private static void Measure(WebhookMetrics metrics, IClusterSource source, ServingCertificate certificate)
    {
        foreach (var cache in source.CacheStatuses())
        {
            metrics.CacheIs(cache.Kind, cache.Age, cache.Objects, cache.IsCurrent, cache.Problem is not null);
            foreach (var (reason, count) in cache.WatchRestarts)
            {
                metrics.WatchRestarted(cache.Kind, reason, count);
            }
        }

        metrics.CertificateExpires(certificate.Expires);
    }

    private static TlsHandshakeCallbackOptions TlsCallback(ServingCertificate certificate) => new()
    {
        OnConnection = _ => certificate.Context is { } context
            ? ValueTask.FromResult(new SslServerAuthenticationOptions
            {
                ServerCertificateContext = context,
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                ApplicationProtocols = Protocols,
            })
            : throw new AuthenticationException("No serving certificate could be read yet."),
    };

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
