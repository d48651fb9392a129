using AccessLogWebhook.Admission;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace AccessLogWebhook.Hosting;

/// <summary>What the HTTP server takes from a client, and for how long it waits: fixed numbers, far from what API servers do and from what hurts.</summary>
internal static class KestrelBounds
{
    public static void Apply(KestrelServerLimits limits, ServingOptions serving)
    {
        // The reader has the limit, and says so in words; this one is a little wider so that it never answers first.
        limits.MaxRequestBodySize = AdmissionEndpoint.MaxBodyBytes + 1;
        // API servers send a dozen headers, of which traceparent is the longest.
        limits.MaxRequestHeaderCount = 64;
        limits.MaxRequestHeadersTotalSize = 16 * 1024;
        limits.MaxRequestLineSize = 4 * 1024;
        limits.RequestHeadersTimeout = serving.HeadersWithin;
        // API servers keep an idle connection for 90 s. They must be the ones to end it, or a review is sent on a connection that is just being closed.
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(130);
        // A Pod in a second, by the worst of networks; and a grace for an API server that has too few processors.
        limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 16 * 1024, gracePeriod: TimeSpan.FromSeconds(3));
        limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 1024, gracePeriod: TimeSpan.FromSeconds(3));
        // What is taken from a connection before it is read: it is read at once, so this is what a client that must wait, or a hostile one, may cost.
        limits.MaxRequestBufferSize = 128 * 1024;
        limits.Http2.InitialConnectionWindowSize = 512 * 1024;
        limits.Http2.InitialStreamWindowSize = 128 * 1024;
        limits.Http2.MaxStreamsPerConnection = 100;
    }
}
