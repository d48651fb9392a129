using System.Net;
using AccessLogWebhook.ClusterTests.Support;

namespace AccessLogWebhook.ClusterTests.Bypass;

/// <summary>What a running webhook, at its most talkative, leaves behind in a cluster: nothing of what Pods keep to themselves.</summary>
public sealed class DisclosureTests(InstalledPlane plane) : IClassFixture<InstalledPlane>
{
    private const string Canary = "s3cr3t-c4n4ry";

    [Fact]
    public async Task Logs_reports_Events_metrics_and_the_audit_log_hold_no_value_and_no_token()
    {
        const string Metadata = $$$""","annotations":{"sidecar.istio.io/status":"x","vault.example/token":"{{{Canary}}}","kubectl.kubernetes.io/last-applied-configuration":"{\"env\":\"{{{Canary}}}\"}"}""";
        const string Container = $$$""","command":["run","--token={{{Canary}}}"],"env":[{"name":"TOKEN","value":"{{{Canary}}}"}],"envFrom":[{"secretRef":{"name":"{{{Canary}}}"}}]""";
        var admin = plane.Admin;
        var (enforcing, audited) = (await plane.EnforcingOnlyAsync(), await plane.Plane.CreateNamespaceAsync([new("accesslog.mesh/audit", "json"), new("istio-injection", "enabled")]));
        Assert.Equal(HttpStatusCode.Forbidden, (await admin.PostAsync(ApiPaths.Pods(enforcing), InstalledPlane.Pod(Metadata, container: Container))).Status);
        (await admin.PostAsync(ApiPaths.Pods(audited), InstalledPlane.Pod(Metadata, container: Container))).Successful();
        await plane.LoggedPodAsync(await plane.EnforcingAsync(), Metadata);

        var events = await Eventually.ValueAsync("an Event tells of it", async () =>
            (await admin.GetAsync($"/apis/events.k8s.io/v1/namespaces/{audited}/events")).Body is var found && found.Contains("AccessLogMissing", StringComparison.Ordinal) ? found : null);
        var reports = await admin.GetAsync($"/apis/openreports.io/v1alpha1/namespaces/{audited}/reports");

        using var reader = new StreamReader(plane.Plane.OpenAuditLog());
        var auditLog = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.Contains("enforce.accesslog.mesh/outcome", auditLog, StringComparison.Ordinal);
        var logs = string.Join('\n', plane.Webhook.Logs);
        Assert.Contains("Debug", logs, StringComparison.Ordinal);
        foreach (var seen in (string[])[events, reports.Body, auditLog, logs, await plane.Webhook.MetricsAsync()])
        {
            Assert.DoesNotContain(Canary, seen, StringComparison.OrdinalIgnoreCase);
            // A token of an account, and a key.
            Assert.DoesNotContain("eyJhbGciOi", seen, StringComparison.Ordinal);
            Assert.DoesNotContain("PRIVATE KEY", seen, StringComparison.Ordinal);
        }
    }
}
