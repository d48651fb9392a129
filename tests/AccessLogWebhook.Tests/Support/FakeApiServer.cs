using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AccessLogWebhook.Tests.Support;

/// <summary>
/// An API server as far as the wire goes. It answers nothing by itself: the test takes each request and says what comes back, so that
/// no test has to wait for time to pass. Paths that no test asked for are not served (404).
/// </summary>
internal sealed class FakeApiServer : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, FakeCollection> collections = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<FakeRequest> requests = new();
    private readonly WebApplication app;

    private FakeApiServer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        app = builder.Build();
        app.Run(AnswerAsync);
    }

    public Uri Address { get; private set; } = null!;

    /// <summary>The requests for all other paths; null where they are not served.</summary>
    public FakeCollection? Others { get; set; }

    public static async Task<FakeApiServer> StartAsync()
    {
        var server = new FakeApiServer();
        await server.app.StartAsync();
        server.Address = new Uri(server.app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        return server;
    }

    /// <summary>The requests for one path.</summary>
    public FakeCollection Collection(string path) => collections.GetOrAdd($"/{path}", _ => new FakeCollection());

    public async ValueTask DisposeAsync()
    {
        foreach (var request in requests)
        {
            request.Drop();
        }

        await app.StopAsync(new CancellationToken(canceled: true));
        await app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var request = new FakeRequest(context);
        await request.ReadBodyAsync();
        if ((collections.GetValueOrDefault(context.Request.Path.Value!) ?? Others) is { } collection)
        {
            requests.Enqueue(request);
            collection.Add(request);
            await request.EndAsync();
        }
        else
        {
            await request.RefuseAsync(404);
        }
    }
}
