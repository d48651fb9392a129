using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace AccessLogWebhook.ClusterTests.Support;

/// <summary>
/// Every right that an API server has looked for, as it asks an authorization webhook before RBAC: also those within a request, as that of creating what an apply
/// does not find, which no audit log has.
/// </summary>
public sealed class AccessLog : IAsyncDisposable
{
    private readonly TestAuthority authority = new("access-log");
    private readonly ConcurrentDictionary<(string User, string Right), bool> asked = new();
    private readonly WebApplication server;

    private AccessLog()
    {
        server = LoopbackServer.Build(authority.Issue("access-log").ToX509());
        server.Run(AnswerAsync);
    }

    public static async Task<AccessLog> StartAsync()
    {
        var log = new AccessLog();
        await log.server.StartAsync(TestContext.Current.CancellationToken);
        return log;
    }

    /// <summary>What a user has asked for, as "group/resource/name:verb"; the name is empty where it was asked for all.</summary>
    public IReadOnlyList<string> AskedBy(string user) => [.. asked.Keys.Where(each => each.User == user).Select(each => each.Right).Order(StringComparer.Ordinal)];

    /// <summary>The API server's arguments.</summary>
    internal IReadOnlyList<string> Arguments(string directory)
    {
        var kubeconfig = Path.Combine(directory, "access-log.kubeconfig");
        File.WriteAllText(kubeconfig, Kubeconfig.ForToken(new Uri(server.Urls.Single()), authority.CertificatePem, "nobody's"));
        return ["--authorization-mode=Webhook,RBAC", $"--authorization-webhook-config-file={kubeconfig}", "--authorization-webhook-version=v1"];
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        authority.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var review = (await JsonNode.ParseAsync(context.Request.Body))!.AsObject();
        var spec = review["spec"]!;
        if (spec["resourceAttributes"] is { } wanted)
        {
            var subresource = (string?)wanted["subresource"] is { Length: > 0 } sub ? $"/{sub}" : "";
            asked[((string)spec["user"]!, $"{wanted["group"]}/{wanted["resource"]}{subresource}/{wanted["name"]}:{wanted["verb"]}")] = true;
        }

        // No opinion: RBAC decides.
        review["status"] = new JsonObject { ["allowed"] = false };
        await context.Response.WriteAsJsonAsync(review);
    }
}
