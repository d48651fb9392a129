using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using AccessLogWebhook.Admission;
using AccessLogWebhook.Auditing;
using AccessLogWebhook.Certificates;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Hosting;
using AccessLogWebhook.Observability;
using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Mesh;
using Microsoft.Extensions.Logging;

namespace AccessLogWebhook.Tests.Support;

/// <summary>The whole server in this process, over real TLS on loopback.</summary>
internal sealed class RunningWebhook : IAsyncDisposable
{
    private readonly WebhookHost host;
    private readonly DevelopmentAuthority authority = new(TimeProvider.System);

    private RunningWebhook(
        MeshSnapshot mesh, PolicySettings settings, FixedSource source, bool withCertificate, ServingOptions serving, TimeProvider time, AuditTrail? trail, ClientTrust? clients,
        LogLevel? level)
    {
        Source = source;
        View.Publish(_ => mesh);
        if (withCertificate)
        {
            Certificate.Use(authority.Issue("127.0.0.1"), []);
        }

        Settings = new LivePolicySettings(settings);
        host = new WebhookHost(
            serving with { Address = IPAddress.Loopback, HttpsPort = 0, HttpPort = 0 },
            View, source, Certificate, Settings, new WebhookMetrics(), time, logging => Collect(logging, level), trail, clients);
    }

    public ClusterView View { get; } = new();

    public FixedSource Source { get; }

    public ServingCertificate Certificate { get; } = new();

    public DevelopmentAuthority Authority => authority;

    public LivePolicySettings Settings { get; }

    public CollectedLogs Logs { get; } = new();

    public HttpClient Https { get; private set; } = null!;

    public HttpClient Http { get; private set; } = null!;

    public static async Task<RunningWebhook> StartAsync(
        MeshSnapshot? mesh = null, PolicySettings? settings = null, FixedSource? source = null, bool withCertificate = true,
        ServingOptions? serving = null, TimeProvider? time = null, AuditTrail? trail = null, ClientTrust? clients = null, LogLevel? level = null)
    {
        var webhook = new RunningWebhook(
            mesh ?? MeshSnapshot.Empty, settings ?? PolicySettings.Default, source ?? new FixedSource(), withCertificate, serving ?? new ServingOptions(),
            time ?? TimeProvider.System, trail, clients, level);
        await webhook.host.StartAsync(CancellationToken.None);
        webhook.Https = new HttpClient(webhook.Handler()) { BaseAddress = webhook.host.HttpsAddress };
        webhook.Http = new HttpClient { BaseAddress = webhook.host.HttpAddress };
        return webhook;
    }

    private void Collect(ILoggingBuilder logging, LogLevel? level)
    {
        logging.AddProvider(Logs);
        if (level is { } least)
        {
            logging.SetMinimumLevel(least);
        }
    }

    public Task StopAsync() => host.StopAsync(CancellationToken.None);

    /// <summary>A handler that trusts the webhook's own authority and nothing else.</summary>
    public SocketsHttpHandler Handler() => TrustingHandler.Of(authority.Certificate);

    public async Task<Answer> PostAsync(string path, byte[] body, string contentType = "application/json")
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = contentType.Length == 0 ? null : MediaTypeHeaderValue.Parse(contentType);
        using var response = await Https.PostAsync(new Uri(path, UriKind.Relative), content);
        return new Answer((int)response.StatusCode, response.Content.Headers.ContentType?.ToString() ?? "", await response.Content.ReadAsStringAsync());
    }

    public Task<Answer> PostAsync(string path, string body, string contentType = "application/json") =>
        PostAsync(path, Encoding.UTF8.GetBytes(body), contentType);

    public async Task<Answer> GetAsync(string path)
    {
        using var response = await Http.GetAsync(new Uri(path, UriKind.Relative));
        return new Answer((int)response.StatusCode, response.Content.Headers.ContentType?.ToString() ?? "", await response.Content.ReadAsStringAsync());
    }

    public async ValueTask DisposeAsync()
    {
        Https?.Dispose();
        Http?.Dispose();
        await host.StopAsync(CancellationToken.None);
        await host.DisposeAsync();
        authority.Dispose();
        Logs.Dispose();
    }
}

/// <summary>A whole HTTP answer.</summary>
internal sealed record Answer(int Status, string ContentType, string Body)
{
    /// <summary>The patch in it, decoded; empty where there is none.</summary>
    public string Patch()
    {
        using var review = JsonDocument.Parse(Body);
        return review.RootElement.GetProperty("response").TryGetProperty("patch", out var patch) ? Encoding.UTF8.GetString(patch.GetBytesFromBase64()) : "";
    }
}
