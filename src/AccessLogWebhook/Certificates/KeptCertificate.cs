using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AccessLogWebhook.Certificates;

/// <summary>A certificate as a Secret keeps it, in PEM, with what a plan looks at.</summary>
/// <param name="KeyPem">Null where the key is not kept, or is another certificate's.</param>
internal sealed record KeptCertificate(string Pem, string? KeyPem, DateTimeOffset NotBefore, DateTimeOffset NotAfter, string Thumbprint)
{
    /// <summary>
    /// From two thirds of its life on it is to be replaced, a little earlier by chance: clusters that were made together do not renew
    /// together. The chance is the certificate's own, so that every leader says the same.
    /// </summary>
    public DateTimeOffset RenewAt => NotBefore + ((NotAfter - NotBefore) * (2.0 / 3 - Chance / 20));

    // From 0 to 1, of the first digits of the hash.
    private double Chance => int.Parse(Thumbprint.AsSpan(0, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) / 65536.0;

    /// <param name="certificate">With its private key, which is kept, too.</param>
    public static KeptCertificate Of(X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey();
        return Of(certificate, key?.ExportPkcs8PrivateKeyPem() + "\n");
    }

    /// <summary>Reads the first certificate of a PEM text. A key that does not fit it is left out.</summary>
    public static bool TryRead(string? pem, string? keyPem, [NotNullWhen(true)] out KeptCertificate? certificate)
    {
        certificate = null;
        if (pem is null)
        {
            return false;
        }

        try
        {
            using var read = X509Certificate2.CreateFromPem(pem);
            certificate = Of(read, keyPem is not null && Fits(pem, keyPem) ? keyPem : null);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    /// <summary>Every certificate of a PEM text that can be read, without keys; none where it is no such text.</summary>
    public static IEnumerable<KeptCertificate> ReadAll(string? pem)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(pem);
        }
        catch (CryptographicException)
        {
            // One that is damaged says nothing for those beside it either.
            certificates.Clear();
        }

        return certificates.Select(certificate =>
        {
            using (certificate)
            {
                return Of(certificate, null);
            }
        }).ToList();
    }

    public bool IsExpired(DateTimeOffset now) => now >= NotAfter;

    /// <summary>Whether it is an authority that the webhook made: it says so of itself.</summary>
    public bool IsOwnAuthority()
    {
        using var certificate = X509Certificate2.CreateFromPem(Pem);
        return certificate.Subject.StartsWith($"CN={CertificateMaking.AuthorityName} ", StringComparison.Ordinal);
    }

    /// <summary>With its key, where that is kept.</summary>
    public X509Certificate2 Load() => KeyPem is null ? X509Certificate2.CreateFromPem(Pem) : X509Certificate2.CreateFromPem(Pem, KeyPem);

    /// <summary>Never the key.</summary>
    public override string ToString() => $"{Thumbprint} until {NotAfter:u}";

    private static bool Fits(string pem, string keyPem)
    {
        try
        {
            using var pair = X509Certificate2.CreateFromPem(pem, keyPem);
            return true;
        }
        catch (Exception fault) when (fault is CryptographicException or ArgumentException)
        {
            return false;
        }
    }

    private static KeptCertificate Of(X509Certificate2 certificate, string? keyPem) => new(
        certificate.ExportCertificatePem() + "\n",
        keyPem,
        new DateTimeOffset(certificate.NotBefore).ToUniversalTime(),
        new DateTimeOffset(certificate.NotAfter).ToUniversalTime(),
        certificate.GetCertHashString(HashAlgorithmName.SHA256));
}
