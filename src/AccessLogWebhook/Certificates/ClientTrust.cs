using System.Collections.Immutable;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace AccessLogWebhook.Certificates;

/// <summary>
/// Who may call: whoever has a certificate for client authentication that one of the authorities signed, for one of the names. The authorities are replaced whole;
/// until there are any, nobody may.
/// </summary>
/// <param name="names">Common names and DNS names, of which a certificate must have one. None: any certificate of the authorities will do.</param>
internal sealed class ClientTrust(ImmutableArray<string> names, TimeProvider time)
{
    private const string ClientAuthenticationUse = "1.3.6.1.5.5.7.3.2";
    private const string CommonName = "2.5.4.3";

    private volatile Trusted current = new([], 0);

    /// <summary>Another number for each set of authorities: whoever was let in under another one has to show again who they are.</summary>
    public int Generation => current.Generation;

    /// <summary>When the last of the authorities expires; null while there is none.</summary>
    public DateTimeOffset? Expires => current.Authorities is { IsEmpty: false } authorities ? authorities.Max(authority => new DateTimeOffset(authority.NotAfter)) : null;

    public void Use(ImmutableArray<X509Certificate2> authorities) => current = new(authorities, current.Generation + 1);

    /// <summary>How a certificate is verified. One for each handshake, since the handshake adds to it what the client sends.</summary>
    public X509ChainPolicy Policy()
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            // A handshake must never wait for a download, of whatever address a stranger's certificate names.
            DisableCertificateDownloads = true,
            VerificationTime = time.GetUtcNow().UtcDateTime,
            VerificationTimeIgnored = false,
            ApplicationPolicy = { new(ClientAuthenticationUse) },
        };
        foreach (var authority in current.Authorities)
        {
            policy.CustomTrustStore.Add(authority);
        }

        return policy;
    }

    /// <summary>Why a client is refused; null where it may call.</summary>
    /// <param name="certificate">What it has shown.</param>
    /// <param name="errors">What the verification by <see cref="Policy"/> has found.</param>
    public ClientRefusal? Refusal(X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is null)
        {
            return new("NoCertificate", "it shows no certificate");
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors) || chain is null)
        {
            var statuses = chain?.ChainStatus.Select(status => status.Status.ToString()).Distinct() ?? [];
            return new("Untrusted", $"its certificate {certificate.Subject} is not good by --client-ca: {string.Join(", ", statuses)}");
        }

        return names.IsEmpty || NamesOf(certificate).Any(names.Contains)
            ? null
            : new("WrongName", $"its certificate {certificate.Subject} is for none of the names of --client-name");
    }

    private static IEnumerable<string> NamesOf(X509Certificate2 certificate)
    {
        foreach (var part in certificate.SubjectName.EnumerateRelativeDistinguishedNames())
        {
            if (!part.HasMultipleElements && part.GetSingleElementType().Value == CommonName && part.GetSingleElementValue() is { } name)
            {
                yield return name;
            }
        }

        foreach (var name in certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(alternatives => alternatives.EnumerateDnsNames()))
        {
            yield return name;
        }
    }

    private sealed record Trusted(ImmutableArray<X509Certificate2> Authorities, int Generation);
}

/// <summary>That a client may not call.</summary>
/// <param name="Reason">Of the metric.</param>
/// <param name="Problem">What is wrong, to come after a colon. It quotes what the client has sent.</param>
internal sealed record ClientRefusal(string Reason, string Problem);
