using System.Text.Json.Nodes;
using AccessLogWebhook.Auditing;
using AccessLogWebhook.Observability;
using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccessLogWebhook.Tests.Auditing;

/// <summary>What a request leaves in the trail.</summary>
public sealed class RecordedDecisionTests : IDisposable
{
    private static readonly MeshSnapshot Mesh = MeshSnapshot.Empty with
    {
        Namespaces = MeshSnapshot.Empty.Namespaces
            .Add("shop", new NamespaceFacts("shop", LabelSet.Of(("istio-injection", "enabled"), ("accesslog.mesh/inject", "json"), ("accesslog.mesh/enforce", "json"))))
            .Add("blog", new NamespaceFacts("blog", LabelSet.Of(("istio-injection", "enabled"), ("accesslog.mesh/warn", "json"))))
            .Add("idle", new NamespaceFacts("idle", LabelSet.Empty)),
    };

    private readonly TemporaryDirectory directory = new();

    [Fact]
    public async Task Changed_refused_warned_and_exempted_requests_leave_a_line_and_others_none()
    {
        var lines = await RecordedAsync(async webhook =>
        {
            await webhook.PostAsync("/mutate", Reviews.Of("""{"metadata":{"name":"api","annotations":{"secret":"hunter2"}}}""", username: "ada"));
            await webhook.PostAsync("/validate", Reviews.Of("""{"metadata":{"name":"api"}}"""));
            await webhook.PostAsync("/validate", Reviews.Of("""{"metadata":{"name":"api"}}""", @namespace: "blog"));
            await webhook.PostAsync("/validate", Reviews.Of("""{"metadata":{"name":"api"}}""", username: "admin"));
            await webhook.PostAsync("/validate", Reviews.Of("""{"metadata":{"name":"api"}}""", @namespace: "idle"));
            await webhook.PostAsync("/validate", Reviews.Of("""{"metadata":{"name":"api"}}""", @namespace: "gone"));
            await webhook.PostAsync("/validate", "no review");
        });

        Assert.Equal(
            ["mutate changed inject Injected", "validate refused enforce NoProfileLabel", "validate warned warn NoProfileLabel", "validate exempted enforce ExemptUser", "validate refused  NamespaceUnavailable"],
            lines.Select(line => $"{line["endpoint"]} {line["outcome"]} {line["mode"]} {line["reason"]}"));
        Assert.Equal(("ada", "shop", "api", "Pod"), ((string?)lines[0]["user"], (string?)lines[0]["namespace"], (string?)lines[0]["name"], (string?)lines[0]["kind"]));
        Assert.Contains("/metadata/labels", lines[0]["changes"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.NotEmpty(lines[2]["warnings"]!.AsArray());
        Assert.DoesNotContain("hunter2", string.Concat(lines.Select(line => line.ToJsonString())), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_leaves_none() => Assert.Empty(await RecordedAsync(
        webhook => webhook.PostAsync("/validate", Reviews.Of("""{"metadata":{"name":"api"}}""", dryRun: true))));

    public void Dispose() => directory.Dispose();

    private async Task<List<JsonNode>> RecordedAsync(Func<RunningWebhook, Task> act)
    {
        var file = directory["trail.jsonl"];
        var trail = new AuditTrail(() => AuditDestination.Open(file), new WebhookMetrics(), TimeProvider.System, NullLogger<AuditTrail>.Instance);
        var settings = PolicySettings.Default with { Exemptions = new Exemptions { Usernames = ["admin"] } };
        await using (var webhook = await RunningWebhook.StartAsync(Mesh, settings, trail: trail))
        {
            await act(webhook);
        }

        // The server has stopped: whatever was answered has been recorded.
        await trail.RunAsync(new CancellationToken(canceled: true)).WaitAsync(TestTime.Patience);
        return File.Exists(file) ? [.. (await File.ReadAllLinesAsync(file)).Select(line => JsonNode.Parse(line)!)] : [];
    }
}
