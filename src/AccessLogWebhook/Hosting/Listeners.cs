using System.Net;
using AccessLogWebhook.Observability;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace AccessLogWebhook.Hosting;

/// <summary>The two ports. Each has a limit of its own, so that a flood on one leaves the other as it was.</summary>
internal sealed class Listeners(ServingOptions serving, TlsHandshakes handshakes, WebhookMetrics metrics, TimeProvider time, ILogger<ConnectionLimit> logger)
{
    // A kubelet's probes, some scrapers, and whoever looks.
    private const int MostToOperations = 500;

    private readonly ConnectionLimit reviews = new("https", serving.MaxConnections, metrics, time, logger);
    private readonly ConnectionLimit operations = new("http", MostToOperations, metrics, time, logger);

    public void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        KestrelBounds.Apply(kestrel.Limits, serving);
        Listen(kestrel, serving.HttpsPort, listen =>
        {
            listen.Use(reviews.Enforce);
            listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = handshakes.OptionsAsync, HandshakeTimeout = serving.HandshakeWithin });
        });
        Listen(kestrel, serving.HttpPort, listen => listen.Use(operations.Enforce));
    }

    public void Measure()
    {
        metrics.ConnectionsAre(reviews.Port, reviews.Open);
        metrics.ConnectionsAre(operations.Port, operations.Open);
    }

    private void Listen(KestrelServerOptions kestrel, int port, Action<ListenOptions> configure)
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
}
