using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AccessLogWebhook.Certificates;

namespace AccessLogWebhook.Tests.Support;

/// <summary>Certificates by which clients, such as an API server, say who they are.</summary>
internal static class ClientCertificate
{
    public const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    public static X509Certificate2 Authority(string name, DateTimeOffset? now = null) =>
        CertificateMaking.Authority(name, now ?? TimeProvider.System.GetUtcNow(), TimeSpan.FromDays(1));

    public static X509Certificate2 Of(
        X509Certificate2 authority, string commonName, string? dnsName = null, string use = ClientAuthentication, TimeSpan? validUntilNowAnd = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"O=system:masters, CN={commonName}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(use)], false));
        if (dnsName is not null)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(dnsName);
            request.CertificateExtensions.Add(names.Build());
        }

        var (until, last) = (TimeProvider.System.GetUtcNow() + (validUntilNowAnd ?? TimeSpan.FromHours(1)), new DateTimeOffset(authority.NotAfter));
        using var certificate = request.Create(authority, new DateTimeOffset(authority.NotBefore), until < last ? until : last, [1, 2, 3, 4]);
        return certificate.CopyWithPrivateKey(key);
    }
}
