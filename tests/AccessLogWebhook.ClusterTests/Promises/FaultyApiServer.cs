using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using AccessLogWebhook.ClusterTests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace AccessLogWebhook.ClusterTests.Promises;

/// <summary>
/// Stands between replicas and a real API server, at the wire, and does to what they read what networks, load balancers and sick API servers do. Writes pass as they are.
/// </summary>
internal sealed class FaultyApiServer : IAsyncDisposable
{
    private readonly TestAuthority authority = new("faulty-authority");
    private readonly ConcurrentDictionary<OpenWatch, bool> watches = new();
    private readonly WebApplication server;
    private readonly HttpClient upstream;

    private FaultyApiServer(ControlPlane plane)
    {
        var handler = new SocketsHttpHandler { EnableMultipleHttp2Connections = true };
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            CustomTrustStore = { X509Certificate2.CreateFromPem(plane.AuthorityPem) },
        };
        upstream = new HttpClient(handler) { BaseAddress = plane.Address, Timeout = Timeout.InfiniteTimeSpan };
        server = LoopbackServer.Build(authority.Issue("faulty-api-server").ToX509());
        server.Run(ForwardAsync);
    }

    /// <summary>By which replicas come here in place of the API server.</summary>
    public (Uri Address, string AuthorityPem) Way => (new Uri(server.Urls.Single()), authority.CertificatePem);

    /// <summary>What lists and watches are refused with; null: nothing.</summary>
    public Refusal? Refusing { get; set; }

    /// <summary>What lists and watches are answered with, as if it were what they asked for; null: what it is.</summary>
    public string? Garbling { get; set; }

    /// <summary>How long each piece of a watch is held up.</summary>
    public TimeSpan Slowing { get; set; }

    /// <summary>How many watches are open.</summary>
    public int Watches => watches.Count;

    public static async Task<FaultyApiServer> StartAsync(ControlPlane plane)
    {
        var faulty = new FaultyApiServer(plane);
        await faulty.server.StartAsync(TestContext.Current.CancellationToken);
        return faulty;
    }

    /// <summary>Breaks every watch off.</summary>
    public void CutWatches()
    {
        foreach (var watch in watches.Keys)
        {
            watch.Cut();
        }
    }

    /// <summary>Breaks every connection off that has a watch, with whatever else goes on on it.</summary>
    public void CutConnections()
    {
        foreach (var watch in watches.Keys)
        {
            watch.CutConnection();
        }
    }

    /// <summary>Has the API server say this on every watch.</summary>
    public async Task SayAsync(string text)
    {
        foreach (var watch in watches.Keys)
        {
            try
            {
                await watch.WriteAsync(Encoding.UTF8.GetBytes(text), CancellationToken.None);
            }
            catch (Exception ended) when (ended is IOException or InvalidOperationException or OperationCanceledException)
            {
                // It has ended by itself meanwhile.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        CutWatches();
        await server.StopAsync(new CancellationToken(canceled: true));
        await server.DisposeAsync();
        upstream.Dispose();
        authority.Dispose();
    }

    private async Task ForwardAsync(HttpContext http)
    {
        var isRead = HttpMethods.IsGet(http.Request.Method);
        if (isRead && Refusing is { } refusal)
        {
            http.Response.StatusCode = refusal.Code;
            http.Response.Headers.RetryAfter = refusal.RetryAfter;
            http.Response.ContentType = "application/json";
            await http.Response.WriteAsync($$"""{"kind":"Status","apiVersion":"v1","status":"Failure","message":"as the test has it","reason":"{{refusal.Reason}}","code":{{refusal.Code}}}""");
            return;
        }

        if (isRead && Garbling is { } garbage)
        {
            http.Response.ContentType = "application/json";
            await http.Response.WriteAsync(garbage);
            return;
        }

        try
        {
            using var request = new HttpRequestMessage(new HttpMethod(http.Request.Method), $"{http.Request.Path.ToUriComponent()}{http.Request.QueryString}") { Version = HttpVersion.Version20 };
            foreach (var header in (string[])["Accept", "Authorization"])
            {
                request.Headers.TryAddWithoutValidation(header, (IEnumerable<string?>)http.Request.Headers[header]);
            }

            if (http.Request.ContentType is { } type)
            {
                request.Content = new StreamContent(http.Request.Body) { Headers = { ContentType = MediaTypeHeaderValue.Parse(type) } };
            }

            using var answer = await upstream.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, http.RequestAborted);
            http.Response.StatusCode = (int)answer.StatusCode;
            http.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
            await CopyAsync(await answer.Content.ReadAsStreamAsync(http.RequestAborted), http, isWatch: isRead && http.Request.Query.ContainsKey("watch"));
        }
        catch (Exception ended) when (ended is HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // One side has gone; the other goes with it.
            http.Abort();
        }
    }

    private async Task CopyAsync(Stream from, HttpContext http, bool isWatch)
    {
        using var to = new OpenWatch(http);
        if (isWatch)
        {
            watches.TryAdd(to, true);
        }

        try
        {
            await http.Response.StartAsync(http.RequestAborted);
            await http.Response.Body.FlushAsync(http.RequestAborted);
            var buffer = new byte[64 * 1024];
            while (await from.ReadAsync(buffer, http.RequestAborted) is var count and > 0)
            {
                if (isWatch && Slowing > TimeSpan.Zero)
                {
                    await Task.Delay(Slowing, TimeProvider.System, http.RequestAborted);
                }

                await to.WriteAsync(buffer.AsMemory(0, count), http.RequestAborted);
            }
        }
        finally
        {
            watches.TryRemove(to, out _);
        }
    }

    /// <param name="Code">The status.</param>
    /// <param name="Reason">The reason of a Status object.</param>
    /// <param name="RetryAfter">Empty for none.</param>
    public sealed record Refusal(int Code, string Reason, string RetryAfter = "");

    private sealed class OpenWatch(HttpContext http) : IDisposable
    {
        private readonly SemaphoreSlim turn = new(1);
        private readonly HttpContext context = http;

        // Asked for now: a request that has ended has none any more.
        private readonly IConnectionLifetimeFeature? connection = http.Features.Get<IConnectionLifetimeFeature>();

        public void Cut()
        {
            try
            {
                context.Abort();
            }
            catch (ObjectDisposedException)
            {
                // It has ended by itself meanwhile.
            }
        }

        public void CutConnection() => connection?.Abort();

        public void Dispose() => turn.Dispose();

        public async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            await turn.WaitAsync(cancellationToken);
            try
            {
                await context.Response.Body.WriteAsync(bytes, cancellationToken);
                await context.Response.Body.FlushAsync(cancellationToken);
            }
            finally
            {
                turn.Release();
            }
        }
    }
}
