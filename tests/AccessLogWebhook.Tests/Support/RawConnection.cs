using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace AccessLogWebhook.Tests.Support;

/// <summary>One TLS connection on which a test says each byte itself, as no HTTP client would.</summary>
internal sealed class RawConnection : IAsyncDisposable
{
    private readonly TcpClient socket = new() { NoDelay = true };
    private readonly byte[] buffer = new byte[16 * 1024];
    private SslStream tls = null!;

    private RawConnection()
    {
    }

    public static async Task<RawConnection> OpenAsync(Uri server, X509Certificate2 authority, X509Certificate2? client = null)
    {
        var connection = new RawConnection();
        await connection.socket.ConnectAsync(server.Host, server.Port);
        connection.tls = new SslStream(connection.socket.GetStream());
        await connection.tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = server.Host,
            CertificateChainPolicy = TrustingHandler.Of(authority).SslOptions.CertificateChainPolicy,
            LocalCertificateSelectionCallback = client is null ? null : (_, _, _, _, _) => client,
        });
        return connection;
    }

    /// <summary>A whole request of HTTP/1.1 with a JSON body.</summary>
    public static byte[] Request(string path, byte[] body) =>
        [.. Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: webhook\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n"), .. body];

    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes) => tls.WriteAsync(bytes);

    public ValueTask SendAsync(string text) => SendAsync(Encoding.ASCII.GetBytes(text));

    /// <returns>How much of an answer is there now; 0 at the end of the connection, however it ends.</returns>
    public async ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return buffer.AsMemory(0, await tls.ReadAsync(buffer, cancellationToken));
        }
        catch (IOException)
        {
            return default;
        }
    }

    /// <summary>All that comes until the server ends the connection.</summary>
    public async Task<string> ReceiveToEndAsync()
    {
        using var patience = new CancellationTokenSource(TestTime.Patience);
        var text = new StringBuilder();
        while (await ReceiveAsync(patience.Token) is { IsEmpty: false } part)
        {
            text.Append(Encoding.UTF8.GetString(part.Span));
        }

        return text.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        await tls.DisposeAsync();
        socket.Dispose();
    }
}
