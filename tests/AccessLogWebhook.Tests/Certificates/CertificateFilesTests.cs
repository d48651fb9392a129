using System.Diagnostics;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using AccessLogWebhook.Certificates;
using AccessLogWebhook.Tests.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace AccessLogWebhook.Tests.Certificates;

/// <summary>Certificates come from files and are replaced under running connections.</summary>
public sealed class CertificateFilesTests : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("accesslog-certificates-").FullName;
    private readonly FakeTimeProvider time = new(TimeProvider.System.GetUtcNow());
    private readonly ServingCertificate serving = new();
    private readonly CollectedLogs logs = new();
    private readonly ILoggerFactory loggers;
    private readonly CancellationTokenSource stop = new();
    private Task following = Task.CompletedTask;

    public CertificateFilesTests() => loggers = LoggerFactory.Create(builder => builder.AddProvider(logs));

    private string CertificatePath => Path.Combine(folder, "tls.crt");

    private string KeyPath => Path.Combine(folder, "tls.key");

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await following;
            stop.Token.ThrowIfCancellationRequested();
        });
        stop.Dispose();
        loggers.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_pair_that_is_there_is_served()
    {
        using var authority = new DevelopmentAuthority(time);
        using var leaf = Write(authority);

        Follow();
        await UntilAsync(() => serving.Context is not null);

        Assert.Equal(leaf.NotAfter, serving.Expires!.Value.LocalDateTime);
    }

    [Fact]
    public async Task Nothing_is_served_until_the_files_appear()
    {
        using var authority = new DevelopmentAuthority(time);
        Follow();
        await UntilAsync(() => logs.Lines.Any(line => line.StartsWith("Error 4002: No usable pair", StringComparison.Ordinal)));
        Assert.Null(serving.Context);

        using var leaf = Write(authority);
        await UntilAsync(() => serving.Context is not null);
    }

    [Fact]
    public async Task A_half_replaced_pair_leaves_the_old_one_until_it_is_whole()
    {
        using var authority = new DevelopmentAuthority(time);
        using var first = Write(authority);
        Follow();
        await UntilAsync(() => serving.Context is not null);
        var before = serving.Context;

        using var second = authority.Issue("127.0.0.1");
        await File.WriteAllTextAsync(CertificatePath, second.ExportCertificatePem());
        await UntilAsync(() => logs.Lines.Any(line => line.StartsWith("Error 4002: No usable pair", StringComparison.Ordinal)));
        Assert.Same(before, serving.Context);
        Assert.Single(logs.Lines, line => line.StartsWith("Error 4002", StringComparison.Ordinal));

        await File.WriteAllTextAsync(KeyPath, second.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        await UntilAsync(() => serving.Context != before);
        Assert.Equal(second.Thumbprint, serving.Context!.TargetCertificate.Thumbprint);
    }

    [Fact]
    public async Task A_replacement_reaches_new_connections_and_drops_none()
    {
        await using var webhook = await RunningWebhook.StartAsync();
        var first = webhook.Certificate.Context!.TargetCertificate.Thumbprint;
        var connections = 0;
        using var handler = webhook.Handler();
        handler.ConnectCallback = async (context, cancellationToken) =>
        {
            Interlocked.Increment(ref connections);
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        };
        using var client = new HttpClient(handler) { BaseAddress = webhook.Https.BaseAddress };
        Assert.Equal(200, await PostAsync(client));

        using var second = webhook.Authority.Issue("127.0.0.1");
        webhook.Certificate.Use(second, []);

        Assert.Equal(second.Thumbprint, await ServedThumbprintAsync(webhook));
        Assert.NotEqual(first, second.Thumbprint);
        Assert.Equal(200, await PostAsync(client));
        Assert.Equal(1, connections);
    }

    private static async Task<int> PostAsync(HttpClient client)
    {
        using var content = new StringContent(Reviews.Of("""{"metadata":{}}"""), System.Text.Encoding.UTF8, "application/json");
        using var response = await client.PostAsync(new Uri("/mutate", UriKind.Relative), content);
        return (int)response.StatusCode;
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task TLS_1_2_and_1_3_are_spoken(SslProtocols protocol)
    {
        await using var webhook = await RunningWebhook.StartAsync();

        Assert.Equal(protocol, await HandshakeAsync(webhook, protocol));
    }

    [Fact]
    public async Task TLS_1_1_is_refused_by_the_server()
    {
        await using var webhook = await RunningWebhook.StartAsync();
        using var tcp = new TcpClient();
        await tcp.ConnectAsync("127.0.0.1", webhook.Https.BaseAddress!.Port);

        // A ClientHello of TLS 1.1 (RFC 4346, 7.4.1.2), byte by byte: a client library of today would not send one.
        byte[] hello = [0x03, 0x02, .. new byte[32], 0x00, 0x00, 0x04, 0xC0, 0x09, 0xC0, 0x13, 0x01, 0x00];
        byte[] handshake = [0x01, 0x00, 0x00, (byte)hello.Length, .. hello];
        await tcp.GetStream().WriteAsync(new byte[] { 0x16, 0x03, 0x01, 0x00, (byte)handshake.Length }.Concat(handshake).ToArray());
        var alert = new byte[7];
        await tcp.GetStream().ReadExactlyAsync(alert);

        // A fatal alert, protocol_version (RFC 8446, 6).
        Assert.Equal((0x15, 0x02, 70), (alert[0], alert[5], alert[6]));
    }

    [Fact]
    public async Task Without_a_certificate_the_webhook_is_not_ready_and_shakes_no_hands()
    {
        await using var webhook = await RunningWebhook.StartAsync(withCertificate: false);

        Assert.Equal(new Answer(503, "text/plain; charset=utf-8", "No serving certificate could be read yet.\n"), await webhook.GetAsync("/readyz"));
        Assert.Equal(200, (await webhook.GetAsync("/healthz")).Status);
        await Assert.ThrowsAsync<HttpRequestException>(() => webhook.PostAsync("/mutate", "{}"));

        webhook.Certificate.Use(webhook.Authority.Issue("127.0.0.1"), []);
        Assert.Equal(new Answer(200, "text/plain; charset=utf-8", "ok\n"), await webhook.GetAsync("/readyz"));
    }

    private static async Task<SslProtocols> HandshakeAsync(RunningWebhook webhook, SslProtocols protocol)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync("127.0.0.1", webhook.Https.BaseAddress!.Port);
        await using var tls = new SslStream(tcp.GetStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "127.0.0.1",
            EnabledSslProtocols = protocol,
            CertificateChainPolicy = webhook.Handler().SslOptions.CertificateChainPolicy,
        });
        return tls.SslProtocol;
    }

    private static async Task<string> ServedThumbprintAsync(RunningWebhook webhook)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync("127.0.0.1", webhook.Https.BaseAddress!.Port);
        await using var tls = new SslStream(tcp.GetStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "127.0.0.1",
            CertificateChainPolicy = webhook.Handler().SslOptions.CertificateChainPolicy,
        });
        return ((X509Certificate2)tls.RemoteCertificate!).Thumbprint;
    }

    private X509Certificate2 Write(DevelopmentAuthority authority)
    {
        var leaf = authority.Issue("127.0.0.1");
        File.WriteAllText(CertificatePath, leaf.ExportCertificatePem());
        File.WriteAllText(KeyPath, leaf.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        return leaf;
    }

    private void Follow()
    {
        following = new CertificateFiles(CertificatePath, KeyPath, serving, time, new Logger<CertificateFiles>(loggers)).FollowAsync(stop.Token);
    }

    /// <summary>Lets the clock run until something is so; fails when it is not so after half a minute of real time.</summary>
    private async Task UntilAsync(Func<bool> isSo)
    {
        for (var patience = Stopwatch.StartNew(); !isSo();)
        {
            Assert.True(patience.Elapsed < TimeSpan.FromSeconds(30), "it did not come about");
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }
}
