using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace AccessLogWebhook.ClusterTests.Support;

/// <summary>A server of a test's own on a free port of this machine, which logs nothing.</summary>
internal static class LoopbackServer
{
    /// <param name="hasPlain">Whether it has a second port, without TLS.</param>
    public static WebApplication Build(X509Certificate2 certificate, bool hasPlain = false)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listener => listener.UseHttps(certificate));
            if (hasPlain)
            {
                kestrel.Listen(IPAddress.Loopback, 0);
            }
        });
        return builder.Build();
    }
}
