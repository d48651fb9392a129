using System.Security.Cryptography.X509Certificates;

namespace AccessLogWebhook.ClusterTests.Support;

/// <summary>A certificate and its key, both in PEM.</summary>
public sealed record IssuedCertificate(string CertificatePem, string KeyPem)
{
    public X509Certificate2 ToX509() => X509Certificate2.CreateFromPem(CertificatePem, KeyPem);
}
