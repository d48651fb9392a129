using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AccessLogWebhook.Certificates;

/// <summary>
/// Whether a certificate and its key, which anybody may have put into the Secret, can be an authority for these names: what it signs is to be trusted by
/// those who trust it alone.
/// </summary>
internal static class AuthorityFitness
{
    private const string AnyUse = "2.5.29.37.0";

    /// <returns>A sentence without its subject; null where it is fit.</returns>
    public static string? FindFault(KeptCertificate authority, ImmutableArray<string> names, DateTimeOffset now)
    {
        try
        {
            using var certificate = authority.Load();
            return FindFault(certificate) ?? TryOut(certificate, names, now);
        }
        catch (Exception fault) when (fault is CryptographicException or ArgumentException or InvalidOperationException)
        {
            return $"cannot sign: {fault.Message}";
        }
    }

    private static string? FindFault(X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey();
        var uses = certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().FirstOrDefault()?.EnhancedKeyUsages;
        return key is null ? "has a key that is not ECDSA."
            : certificate.Extensions.OfType<X509BasicConstraintsExtension>().FirstOrDefault() is not { CertificateAuthority: true } ? "is no authority: it lacks CA:TRUE."
            : certificate.Extensions.OfType<X509KeyUsageExtension>().FirstOrDefault() is { } usage && !usage.KeyUsages.HasFlag(X509KeyUsageFlags.KeyCertSign) ? "may not sign certificates by its key usage."
            : uses is not null && !uses.Cast<Oid>().Any(use => use.Value is CertificateTrust.ServerAuthenticationUse or AnyUse) ? "is not for servers by its extended key usage."
            : null;
    }

    /// <summary>What is not foreseen here, such as a constraint on names, shows in a certificate that is thrown away.</summary>
    private static string? TryOut(X509Certificate2 certificate, ImmutableArray<string> names, DateTimeOffset now)
    {
        using var trial = CertificateMaking.Leaf(certificate, names, now, TimeSpan.FromHours(1));
        return CertificateTrust.FindProblem(certificate.ExportCertificatePem(), trial, names[0], now) is { } problem ? $"signs what {problem}." : null;
    }
}
