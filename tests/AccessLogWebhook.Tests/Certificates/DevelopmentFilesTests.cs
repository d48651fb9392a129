using System.Security.Cryptography.X509Certificates;
using AccessLogWebhook.Certificates;

namespace AccessLogWebhook.Tests.Certificates;

public sealed class DevelopmentFilesTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("accesslog-development-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void The_certificate_is_for_its_names_and_verified_by_the_authority()
    {
        var output = Path.Combine(folder, "made");
        DevelopmentFiles.Write(output, ["accesslog-webhook.istio-system.svc", "127.0.0.1"], TimeProvider.System);

        using var leaf = X509Certificate2.CreateFromPemFile(
            Path.Combine(output, DevelopmentFiles.Certificate), Path.Combine(output, DevelopmentFiles.Key));
        using var authority = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(output, DevelopmentFiles.Authority));
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;

        Assert.True(chain.Build(leaf));
        Assert.True(leaf.HasPrivateKey);
        Assert.True(leaf.MatchesHostname("accesslog-webhook.istio-system.svc"));
        Assert.True(leaf.MatchesHostname("127.0.0.1"));
        Assert.False(leaf.MatchesHostname("localhost"));
    }

    [Fact]
    public void The_key_is_its_owners_alone_even_where_a_file_that_all_may_read_was_there()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no file modes.");
            return;
        }

        var key = Path.Combine(folder, DevelopmentFiles.Key);
        File.WriteAllText(key, "old");

        DevelopmentFiles.Write(folder, ["localhost"], TimeProvider.System);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key));
    }
}
