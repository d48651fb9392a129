using System.Security.Cryptography.X509Certificates;
using AccessLogWebhook.Certificates;
using AccessLogWebhook.Tests.Support;

namespace AccessLogWebhook.Tests.Certificates;

public sealed class ClientAuthorityFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("accesslog-clients-").FullName;
    private readonly TestTime time = new();
    private readonly LogCollector<ClientAuthorityFile> logs = new();
    private readonly ClientTrust trust;
    private readonly ClientAuthorityFile file;

    public ClientAuthorityFileTests()
    {
        trust = new ClientTrust([], time);
        file = new ClientAuthorityFile(Path, trust, time, logs);
    }

    private string Path => System.IO.Path.Combine(folder, "ca.crt");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_file_that_is_not_there_is_named() =>
        Assert.Equal($"{Path}: the authorities of clients cannot be read: Could not find file '{Path}'.", file.LoadOnce());

    [Theory]
    [InlineData("")]
    [InlineData("no PEM at all\n")]
    [InlineData("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")]
    public void A_file_without_a_certificate_is_refused(string text)
    {
        File.WriteAllText(Path, text);

        Assert.Equal($"{Path}: no certificate is in it; it must hold those of the authorities of clients, PEM.", file.LoadOnce());
    }

    [Fact]
    public void A_broken_certificate_is_refused()
    {
        File.WriteAllText(Path, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");

        Assert.StartsWith($"{Path}: a certificate in it is broken: ", file.LoadOnce(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_client_s_own_certificate_is_refused()
    {
        using var authority = Authority("first");
        using var client = ClientCertificate.Of(authority, "kube-apiserver");
        File.WriteAllText(Path, client.ExportCertificatePem());

        Assert.Equal($"{Path}: O=system:masters, CN=kube-apiserver is no authority (CA:TRUE), so it can have signed no client's certificate.", file.LoadOnce());
    }

    [Fact]
    public void Authorities_that_have_all_expired_are_refused()
    {
        using var authority = Authority("first");
        File.WriteAllText(Path, authority.ExportCertificatePem());
        time.Advance(TimeSpan.FromDays(2));

        Assert.Equal($"{Path}: CN=first has expired at {authority.NotAfter.ToUniversalTime():u}, and no authority in it is good any more.", file.LoadOnce());
    }

    [Fact]
    public void One_that_has_expired_beside_one_that_has_not_is_told()
    {
        using var first = Authority("first");
        time.Advance(TimeSpan.FromDays(2));
        using var second = Authority("second");
        File.WriteAllText(Path, first.ExportCertificatePem() + "\n" + second.ExportCertificatePem());

        Assert.Null(file.LoadOnce());
        Assert.Equal(
            [
                $"Information 4010: Only clients whose certificates are signed by the authorities of {Path} may call: CN=first; CN=second",
                $"Warning 4011: The authority CN=first of {Path} has expired at {first.NotAfter.ToUniversalTime():u}: no client of it is let in",
            ],
            logs.Lines);
    }

    [Fact]
    public async Task A_replacement_is_picked_up_and_one_that_is_no_good_leaves_what_was()
    {
        using var first = Authority("first");
        using var second = Authority("second");
        File.WriteAllText(Path, first.ExportCertificatePem());
        Assert.Null(file.LoadOnce());
        using var stop = new CancellationTokenSource();
        var following = file.FollowAsync(stop.Token);
        Assert.Equal((1, "CN=first"), (trust.Generation, Trusted()));

        await File.WriteAllTextAsync(Path, second.ExportCertificatePem());
        await PassAsync(() => trust.Generation == 2);
        Assert.Equal("CN=second", Trusted());

        await File.WriteAllTextAsync(Path, "");
        await PassAsync(() => logs.Lines.Any(line => line.StartsWith("Error 4012: ", StringComparison.Ordinal)));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((2, "CN=second"), (trust.Generation, Trusted()));
        Assert.Single(logs.Lines, line => line == $"Error 4012: {Path}: no certificate is in it; it must hold those of the authorities of clients, PEM. The authorities before stay in force; reading again each second");

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => following);
    }

    private X509Certificate2 Authority(string name) => ClientCertificate.Authority(name, time.GetUtcNow());

    private string Trusted() => string.Join("; ", trust.Policy().CustomTrustStore.Select(authority => authority.Subject));

    private async Task PassAsync(Func<bool> isSo)
    {
        using var patience = new CancellationTokenSource(TestTime.Patience);
        while (!isSo())
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
            patience.Token.ThrowIfCancellationRequested();
        }
    }
}
