using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AccessLogWebhook.Certificates;

/// <summary>Whether those who trust a bundle of authorities trust a serving certificate, as the API server asks it of a webhook.</summary>
internal static class CertificateTrust
{
    public const string ServerAuthenticationUse = "1.3.6.1.5.5.7.3.1";

    private static readonly Oid ServerAuthentication = new(ServerAuthenticationUse);

    /// <param name="bundle">PEM, as in <c>caBundle</c>.</param>
    /// <param name="host">The name by which the server is called; null where any will do.</param>
    /// <returns>Null where they trust it; else why not, to be read after its name.</returns>
    public static string? FindProblem(string bundle, X509Certificate2 leaf, string? host, DateTimeOffset now)
    {
        if (host is not null && !leaf.MatchesHostname(host))
        {
            return $"is not for {host}";
        }

        using var chain = new X509Chain();
        try
        {
            chain.ChainPolicy.CustomTrustStore.ImportFromPem(bundle);
        }
        catch (CryptographicException)
        {
            return "cannot be verified: the authorities cannot be read";
        }

        if (chain.ChainPolicy.CustomTrustStore.Count == 0)
        {
            return "cannot be verified: there is no authority";
        }

        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        chain.ChainPolicy.ApplicationPolicy.Add(ServerAuthentication);
        var trusted = chain.Build(leaf);
        var problem = trusted ? null : $"is not verified: {string.Join(", ", chain.ChainStatus.Select(status => status.Status).Distinct())}";
        foreach (var element in chain.ChainElements)
        {
            element.Certificate.Dispose();
        }

        return problem;
    }

    /// <summary>Whether an authority has signed a certificate, and both are in force.</summary>
    public static bool IsTrusted(KeptCertificate authority, KeptCertificate leaf, DateTimeOffset now)
    {
        using var certificate = leaf.Load();
        return FindProblem(authority.Pem, certificate, null, now) is null;
    }
}
