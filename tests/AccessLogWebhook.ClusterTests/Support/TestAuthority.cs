using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AccessLogWebhook.ClusterTests.Support;

/// <summary>A certificate authority in memory.</summary>
public sealed class TestAuthority : IDisposable
{
    private static readonly OidCollection ServerAndClient = [new("1.3.6.1.5.5.7.3.1"), new("1.3.6.1.5.5.7.3.2")];

    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 certificate;
    private readonly DateTimeOffset now = TimeProvider.System.GetUtcNow();

    public TestAuthority(string name)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        certificate = request.CreateSelfSigned(now.AddHours(-1), now.AddDays(2));
    }

    public string CertificatePem => certificate.ExportCertificatePem();

    /// <summary>A certificate for 127.0.0.1 and localhost, for servers and clients.</summary>
    /// <param name="name">The common name: to an API server the user.</param>
    /// <param name="organization">To an API server the user's group.</param>
    /// <param name="dnsNames">Names of the server beside localhost.</param>
    public IssuedCertificate Issue(string name, string? organization = null, params IEnumerable<string> dnsNames)
    {
        using var ownKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var subject = organization is null ? $"CN={name}" : $"CN={name}, O={organization}";
        var request = new CertificateRequest(subject, ownKey, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        names.AddDnsName("localhost");
        foreach (var dnsName in dnsNames)
        {
            names.AddDnsName(dnsName);
        }

        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(ServerAndClient, false));
        using var issued = request.Create(certificate, now.AddHours(-1), now.AddDays(1), RandomNumberGenerator.GetBytes(16));
        return new IssuedCertificate(issued.ExportCertificatePem(), ownKey.ExportPkcs8PrivateKeyPem());
    }

    public void Dispose()
    {
        certificate.Dispose();
        key.Dispose();
    }
}
