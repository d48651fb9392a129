using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using AccessLogWebhook.Certificates;
using AccessLogWebhook.Observability;
using AccessLogWebhook.Policy.Json;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace AccessLogWebhook.Hosting;

/// <summary>What is said at the beginning of each connection for reviews: the certificate of this moment, and, where that is asked for, who the client is.</summary>
/// <param name="clients">Who may call; null for everybody.</param>
internal sealed partial class TlsHandshakes(ServingCertificate certificate, ClientTrust? clients, WebhookMetrics metrics, TimeProvider time, ILogger<TlsHandshakes> logger)
{
    private static readonly List<SslApplicationProtocol> Protocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];
    private static readonly object GenerationKey = new();

    private readonly LogAllowance allowance = new(burst: 20, perSecond: 1, metrics, time);

    public ValueTask<SslServerAuthenticationOptions> OptionsAsync(TlsHandshakeCallbackContext context)
    {
        if (certificate.Context is not { } served)
        {
            throw new AuthenticationException("No serving certificate could be read yet.");
        }

        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = served,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ApplicationProtocols = Protocols,
        };
        if (clients is not null)
        {
            context.Connection.Items[GenerationKey] = clients.Generation;
            options.ClientCertificateRequired = true;
            options.CertificateChainPolicy = clients.Policy();
            // A session that is taken up again would not be verified by the authorities of now.
            options.AllowTlsResume = false;
            options.RemoteCertificateValidationCallback = (_, shown, chain, errors) => MayCall(context.Connection, shown as X509Certificate2, chain, errors);
        }

        return ValueTask.FromResult(options);
    }

    /// <summary>Ends the connection with this answer where the client was let in by authorities that have been replaced since: its next one shows who it is.</summary>
    public void Mark(HttpContext http)
    {
        if (clients is not null && http.Features.Get<IConnectionItemsFeature>()?.Items.TryGetValue(GenerationKey, out var generation) == true && (int)generation! != clients.Generation)
        {
            http.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
        }
    }

    private bool MayCall(BaseConnectionContext connection, X509Certificate2? shown, X509Chain? chain, SslPolicyErrors errors)
    {
        if (clients!.Refusal(shown, chain, errors) is not { } refusal)
        {
            return true;
        }

        metrics.ConnectionRefused("https", refusal.Reason);
        if (allowance.TryTake(out var before))
        {
            Log.Refused(logger, connection.RemoteEndPoint?.ToString() ?? "unknown", Excerpt.Of(refusal.Problem, longest: 300), before);
        }

        return false;
    }

    private static partial class Log
    {
        [LoggerMessage(5011, LogLevel.Warning, "The client {Client} was refused: {Problem} ({Suppressed} lines like this one were not logged)")]
        public static partial void Refused(ILogger logger, string client, string problem, long suppressed);
    }
}
