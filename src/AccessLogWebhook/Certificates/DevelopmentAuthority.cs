using System.Security.Cryptography.X509Certificates;

namespace AccessLogWebhook.Certificates;

/// <summary>
/// A certificate authority that lives in memory, for development and the demo: its key is gone when the process ends, so nothing can be
/// trusted on its account afterwards.
/// </summary>
internal sealed class DevelopmentAuthority(TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Validity = TimeSpan.FromDays(30);

    private readonly DateTimeOffset now = time.GetUtcNow();
    private readonly X509Certificate2 authority = CertificateMaking.Authority("accesslog development authority", time.GetUtcNow(), Validity);

    /// <summary>What a client has to trust; without the key.</summary>
    public X509Certificate2 Certificate => X509CertificateLoader.LoadCertificate(authority.RawData);

    public string CertificatePem => authority.ExportCertificatePem();

    /// <summary>A serving certificate, with its key, for these DNS names and addresses.</summary>
    public X509Certificate2 Issue(params IEnumerable<string> names) => CertificateMaking.Leaf(authority, names, now, Validity);

    public void Dispose() => authority.Dispose();
}
