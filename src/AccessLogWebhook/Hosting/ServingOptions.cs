using System.Collections.Immutable;
using System.Net;
using AccessLogWebhook.Admission;

namespace AccessLogWebhook.Hosting;

/// <summary>Where the server listens. Port 0 takes a free one.</summary>
internal sealed record ServingOptions
{
    public IPAddress Address { get; init; } = IPAddress.IPv6Any;

    /// <summary>HTTPS: <c>/mutate</c> and <c>/validate</c>.</summary>
    public int HttpsPort { get; init; } = 8443;

    /// <summary>HTTP: <c>/healthz</c>, <c>/readyz</c> and <c>/metrics</c>.</summary>
    public int HttpPort { get; init; } = 8080;

    /// <summary>How many reviews are answered at once; more are turned away with 429.</summary>
    /// <remarks>
    /// What three API servers send at most: each works on 600 requests at once (<c>--max-requests-inflight</c> and <c>--max-mutating-requests-inflight</c>), be all
    /// of them creations of Pods, and asks for one review of each at a time. An answer takes a tenth of a millisecond, so a healthy server has a handful.
    /// </remarks>
    public int MaxInFlight { get; init; } = 2_000;

    /// <summary>How much memory the bodies of those reviews may take; more are turned away with 429.</summary>
    public long MaxBodyBytesInFlight { get; init; } = AdmissionCapacity.BodyBytesOf(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    /// <summary>How many connections are open at once on the port of reviews; more are closed as they come.</summary>
    public int MaxConnections { get; init; } = 12_000;

    /// <summary>How long the headers of a request may take from the first byte. API servers send them in one piece.</summary>
    public TimeSpan HeadersWithin { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a TLS handshake may take: as long as API servers wait for it.</summary>
    public TimeSpan HandshakeWithin { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Of whose certificates the names are that may call, where clients must show one; none for all that the authority has signed.</summary>
    public ImmutableArray<string> ClientNames { get; init; } = [];

    /// <summary>How long requests are still taken once it is asked to stop.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.Zero;
}
