using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace AccessLogWebhook.ClusterTests.Support;

/// <summary>A webhook that answers what a test tells it: for what the API server does, whatever the product does.</summary>
public sealed class StubWebhook : IAsyncDisposable
{
    private readonly WebApplication server;
    private readonly TestAuthority authority;
    private readonly ConcurrentQueue<(string Path, JsonObject Request)> requests;

    private StubWebhook(WebApplication server, TestAuthority authority, ConcurrentQueue<(string Path, JsonObject Request)> requests)
    {
        this.server = server;
        this.authority = authority;
        this.requests = requests;
        var addresses = server.Urls.Select(url => new Uri(url)).ToLookup(url => url.Scheme);
        Endpoint = new WebhookEndpoint(addresses["https"].Single(), addresses["http"].Single(), authority.CertificatePem);
    }

    public WebhookEndpoint Endpoint { get; }

    /// <summary>The requests of the reviews that came, with the path they came to.</summary>
    public IReadOnlyList<(string Path, JsonObject Request)> Requests => [.. requests];

    /// <param name="answer">From the path and the review's request to its response, to which the uid is added.</param>
    public static async Task<StubWebhook> StartAsync(Func<string, JsonObject, JsonObject> answer)
    {
        var authority = new TestAuthority("stub-webhook");
        var server = LoopbackServer.Build(authority.Issue("stub-webhook").ToX509(), hasPlain: true);
        var requests = new ConcurrentQueue<(string, JsonObject)>();
        server.Run(async context =>
        {
            if (HttpMethods.IsGet(context.Request.Method))
            {
                await context.Response.WriteAsync("ok");
                return;
            }

            var review = (await JsonNode.ParseAsync(context.Request.Body))!.AsObject();
            var request = review["request"]!.AsObject();
            requests.Enqueue((context.Request.Path, request));
            var response = answer(context.Request.Path, request);
            response["uid"] = (string)request["uid"]!;
            await context.Response.WriteAsync(new JsonObject
            {
                ["apiVersion"] = "admission.k8s.io/v1",
                ["kind"] = "AdmissionReview",
                ["response"] = response,
            }.ToJsonString());
        });
        await server.StartAsync(TestContext.Current.CancellationToken);
        return new StubWebhook(server, authority, requests);
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        authority.Dispose();
    }
}
