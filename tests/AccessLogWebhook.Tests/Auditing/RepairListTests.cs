namespace AccessLogWebhook.Tests.Auditing;

public sealed class RepairListTests : IDisposable
{
    private const string Restart = "kubectl rollout restart deployment/api -n late";

    // The Pods api-1-a and api-1-b came in while the webhook was away, api-1-old before the namespace asked.
    private const string Cluster = AuditedFiles.Cluster + """
        - apiVersion: v1
          kind: Namespace
          metadata:
            name: late
            labels: {istio-injection: enabled, accesslog.mesh/inject: json}
            managedFields: [{manager: kubectl, operation: Update, time: "2026-11-01T12:00:00Z", fieldsType: FieldsV1, fieldsV1: {"f:metadata": {"f:labels": {"f:accesslog.mesh/inject": {}}}}}]
        - {apiVersion: v1, kind: Pod, metadata: {namespace: late, name: api-1-a, uid: a, creationTimestamp: "2026-11-01T12:00:01Z", labels: {pod-template-hash: "1"}, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: api-1, controller: true}]}}
        - {apiVersion: v1, kind: Pod, metadata: {namespace: late, name: api-1-b, uid: b, creationTimestamp: "2026-11-02T00:00:00Z", labels: {pod-template-hash: "1"}, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: api-1, controller: true}]}}
        - {apiVersion: v1, kind: Pod, metadata: {namespace: late, name: api-1-old, uid: c, creationTimestamp: "2026-11-01T12:00:00Z", labels: {pod-template-hash: "1"}, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: api-1, controller: true}]}}

        """;

    private readonly AuditedFiles files = new();

    [Fact]
    public async Task The_table_has_what_puts_right_what_came_in_unseen_once_for_each_owner()
    {
        var table = (await files.AuditTextAsync(Cluster, "-n", "late")).Output;

        Assert.Contains("Created while the webhook was not reached, though their namespace asked for inject (2):\n  Deployment/api in late (2): " + Restart, table, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nothing_came_in_unseen_nothing_is_said_of_it() =>
        Assert.DoesNotContain("not reached", (await files.AuditAsync()).Output, StringComparison.Ordinal);

    [Fact]
    public async Task Programs_get_it_for_each_Pod()
    {
        var rows = (await files.AuditTextAsync(Cluster, "-n", "late", "-o", "json")).Json;
        Assert.Equal(
            ["api-1-a Missing " + Restart, "api-1-b Missing " + Restart, "api-1-old Missing "],
            rows.Select(row => $"{row!["name"]} {row["verdict"]} {row["repair"]}"));

        var lines = (await files.AuditTextAsync(Cluster, "-n", "late", "-o", "csv")).Output.TrimEnd().Split('\n');
        Assert.EndsWith(",repair", lines[0].TrimEnd('\r'), StringComparison.Ordinal);
        Assert.Equal([true, true, false], lines[1..].Select(line => line.Contains(Restart, StringComparison.Ordinal)));
    }

    public void Dispose() => files.Dispose();
}
