using System.Net;

namespace AccessLogWebhook.Hosting;

/// <summary>Where the server listens. Port 0 takes a free one.</summary>
internal sealed record ServingOptions
{
    public IPAddress Address { get; init; } = IPAddress.IPv6Any;

    /// <summary>HTTPS: <c>/mutate</c> and <c>/validate</c>.</summary>
    public int HttpsPort { get; init; } = 8443;

    /// <summary>HTTP: <c>/healthz</c>, <c>/readyz</c> and <c>/metrics</c>.</summary>
    public int HttpPort { get; init; } = 8080;

    /// <summary>How long requests are still taken once it is asked to stop.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.Zero;
}
