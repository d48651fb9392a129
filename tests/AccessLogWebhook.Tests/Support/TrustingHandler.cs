using System.Security.Cryptography.X509Certificates;

namespace AccessLogWebhook.Tests.Support;

/// <summary>An HTTP handler that trusts one authority and nothing else.</summary>
internal static class TrustingHandler
{
    public static SocketsHttpHandler Of(X509Certificate2 authority) => new()
    {
        SslOptions =
        {
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { authority },
                RevocationMode = X509RevocationMode.NoCheck,
            },
        },
    };
}
