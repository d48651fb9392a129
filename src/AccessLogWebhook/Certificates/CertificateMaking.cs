using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AccessLogWebhook.Certificates;

/// <summary>Makes authorities and the serving certificates that they sign, each with a new key: ECDSA on P-256, which everybody speaks.</summary>
internal static class CertificateMaking
{
    /// <summary>How the names of its own authorities begin.</summary>
    public const string AuthorityName = "accesslog-webhook authority";

    // Clocks of the two sides of a handshake may differ.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    /// <param name="name">Its subject. Two authorities that are trusted together have two names, since some verifiers look for an issuer by its name alone.</param>
    public static X509Certificate2 Authority(string name, DateTimeOffset now, TimeSpan lifetime)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request.CreateSelfSigned(now - ClockSkew, now + lifetime);
    }

    /// <summary>A serving certificate for these DNS names and addresses. It does not outlive its authority.</summary>
    /// <param name="authority">With its private key.</param>
    public static X509Certificate2 Leaf(X509Certificate2 authority, IEnumerable<string> names, DateTimeOffset now, TimeSpan lifetime)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=accesslog-webhook", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address))
            {
                alternatives.AddIpAddress(address);
            }
            else
            {
                alternatives.AddDnsName(name);
            }
        }

        request.CertificateExtensions.Add(alternatives.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(CertificateTrust.ServerAuthenticationUse, "serverAuth")], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, true, false));
        Span<byte> serial = stackalloc byte[16];
        RandomNumberGenerator.Fill(serial);
        // Positive, as RFC 5280, 4.1.2.2 demands.
        serial[0] &= 0x7F;

        // Within its authority's time, also where the clock of another leader was ahead.
        var (from, until) = (now - ClockSkew, now + lifetime);
        var (first, last) = (new DateTimeOffset(authority.NotBefore), new DateTimeOffset(authority.NotAfter));
        using var certificate = request.Create(authority, from < first ? first : from, until > last ? last : until, serial);
        return certificate.CopyWithPrivateKey(key);
    }
}
