using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace AccessLogWebhook.Certificates;

/// <summary>
/// The certificate that new connections are served with. It is replaced whole, between handshakes; a connection keeps the one it began
/// with, so a replacement drops none.
/// </summary>
internal sealed class ServingCertificate
{
    private volatile Served? current;

    /// <summary>What TLS hands out, or null while there is no certificate.</summary>
    public SslStreamCertificateContext? Context => current?.Context;

    /// <summary>When the certificate expires; null while there is none.</summary>
    public DateTimeOffset? Expires => current?.Expires;

    /// <summary>Why clients may not accept what is served, a sentence; null where nothing is known against it. Set before anybody asks.</summary>
    public Func<string?> FindProblem { get; set; } = static () => null;

    /// <param name="leaf">The certificate with its private key.</param>
    /// <param name="intermediates">The rest of the chain, as far as it is to be sent.</param>
    public void Use(X509Certificate2 leaf, X509Certificate2Collection intermediates) =>
        // Offline: a handshake must never wait for a download of what the chain lacks.
        current = new Served(SslStreamCertificateContext.Create(leaf, intermediates, offline: true), new DateTimeOffset(leaf.NotAfter));

    private sealed record Served(SslStreamCertificateContext Context, DateTimeOffset Expires);
}
