using System.Security.Cryptography.X509Certificates;
using System.Text;
using AccessLogWebhook.Certificates;
using AccessLogWebhook.Tests.Support;

namespace AccessLogWebhook.Tests.Hosting;

/// <summary>With <c>--client-ca</c> only those may ask for reviews who can say who they are; health and metrics are for everybody, as before.</summary>
public sealed class ClientCertificateTests : IAsyncLifetime
{
    private static readonly byte[] Review = RawConnection.Request("/mutate", Encoding.UTF8.GetBytes(Reviews.Of("""{"metadata":{"name":"api"}}""")));

    private readonly X509Certificate2 authority = ClientCertificate.Authority("API servers");
    private readonly ClientTrust trust = new(["kube-apiserver", "apiserver.example"], TimeProvider.System);
    private RunningWebhook webhook = null!;

    public async ValueTask InitializeAsync()
    {
        trust.Use([authority]);
        webhook = await RunningWebhook.StartAsync(clients: trust);
    }

    public async ValueTask DisposeAsync()
    {
        await webhook.DisposeAsync();
        authority.Dispose();
    }

    [Theory]
    [InlineData("kube-apiserver", null)]
    [InlineData("somebody", "apiserver.example")]
    public async Task A_certificate_for_one_of_the_names_is_let_in(string commonName, string? dnsName)
    {
        Assert.StartsWith("HTTP/1.1 200 ", await AskAsync(ClientCertificate.Of(authority, commonName, dnsName)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_certificate_nobody_is_let_in()
    {
        Assert.Equal("", await AskAsync(null));
        await RefusedAsync("NoCertificate", "it shows no certificate");
    }

    [Fact]
    public async Task A_certificate_of_the_authority_for_another_name_is_refused()
    {
        Assert.Equal("", await AskAsync(ClientCertificate.Of(authority, "system:node:worker-1", "worker-1.example")));
        await RefusedAsync("WrongName", "its certificate O=system:masters, CN=system:node:worker-1 is for none of the names of --client-name");
    }

    [Fact]
    public async Task A_certificate_of_another_authority_of_the_same_name_is_refused()
    {
        using var other = ClientCertificate.Authority("API servers");

        Assert.Equal("", await AskAsync(ClientCertificate.Of(other, "kube-apiserver")));
        await RefusedAsync("Untrusted", "its certificate O=system:masters, CN=kube-apiserver is not good by --client-ca: ");
    }

    [Fact]
    public async Task A_certificate_that_has_expired_is_refused()
    {
        Assert.Equal("", await AskAsync(ClientCertificate.Of(authority, "kube-apiserver", validUntilNowAnd: TimeSpan.FromMinutes(-1))));
        await RefusedAsync("Untrusted", "NotTimeValid");
    }

    [Fact]
    public async Task A_server_s_certificate_is_refused()
    {
        Assert.Equal("", await AskAsync(ClientCertificate.Of(authority, "kube-apiserver", use: CertificateTrust.ServerAuthenticationUse)));
        await RefusedAsync("Untrusted", "NotValidForUsage");
    }

    [Fact]
    public async Task Before_there_is_any_authority_nobody_is_let_in()
    {
        await using var closed = await RunningWebhook.StartAsync(clients: new ClientTrust([], TimeProvider.System));

        Assert.Equal("", await AskAsync(ClientCertificate.Of(authority, "kube-apiserver"), closed));
    }

    [Fact]
    public async Task Health_and_metrics_ask_for_none()
    {
        Assert.Equal(200, (await webhook.GetAsync("/healthz")).Status);
        Assert.Equal(200, (await webhook.GetAsync("/readyz")).Status);
        Assert.Equal(200, (await webhook.GetAsync("/metrics")).Status);
    }

    [Fact]
    public async Task A_new_authority_is_in_force_for_new_connections_and_an_old_one_ends_with_its_next_answer()
    {
        using var next = ClientCertificate.Authority("API servers of tomorrow");
        await using var kept = await RawConnection.OpenAsync(webhook.Https.BaseAddress!, webhook.Authority.Certificate, ClientCertificate.Of(authority, "kube-apiserver"));
        await kept.SendAsync(Review);
        Assert.StartsWith("HTTP/1.1 200 ", Encoding.ASCII.GetString((await kept.ReceiveAsync()).Span), StringComparison.Ordinal);

        trust.Use([next]);

        await kept.SendAsync(Review);
        var last = await kept.ReceiveToEndAsync();
        Assert.StartsWith("HTTP/1.1 200 ", last, StringComparison.Ordinal);
        Assert.Contains("Connection: close\r\n", last, StringComparison.Ordinal);
        Assert.Equal("", await AskAsync(ClientCertificate.Of(authority, "kube-apiserver")));
        Assert.StartsWith("HTTP/1.1 200 ", await AskAsync(ClientCertificate.Of(next, "kube-apiserver")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_client_s_certificate_says_cannot_forge_lines_of_the_log()
    {
        using var other = ClientCertificate.Authority("other");
        await AskAsync(ClientCertificate.Of(other, "\"a\u001b[2J\nError 1: forged\""));

        await RefusedAsync("Untrusted", "not good");
        Assert.DoesNotContain(webhook.Logs.Lines, line => line.Any(char.IsControl));
    }

    private async Task RefusedAsync(string reason, string problem)
    {
        Assert.Contains($"accesslog_connections_refused_total{{port=\"https\",reason=\"{reason}\"}} 1\n", (await webhook.GetAsync("/metrics")).Body, StringComparison.Ordinal);
        var line = Assert.Single(webhook.Logs.Lines, line => line.StartsWith("Warning 5011: The client 127.0.0.1:", StringComparison.Ordinal));
        Assert.Contains(problem, line, StringComparison.Ordinal);
    }

    /// <returns>The answer, and nothing where the connection ends without one.</returns>
    private async Task<string> AskAsync(X509Certificate2? client, RunningWebhook? server = null)
    {
        server ??= webhook;
        try
        {
            await using var connection = await RawConnection.OpenAsync(server.Https.BaseAddress!, server.Authority.Certificate, client);
            await connection.SendAsync(Review);
            return Encoding.UTF8.GetString((await connection.ReceiveAsync()).Span);
        }
        catch (IOException)
        {
            // With TLS 1.3 the client has finished its handshake before it is refused.
            return "";
        }
    }
}
