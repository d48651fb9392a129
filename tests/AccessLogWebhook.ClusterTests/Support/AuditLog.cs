using System.Text.Json.Nodes;

namespace AccessLogWebhook.ClusterTests.Support;

/// <summary>The API server's own record of requests, which is the only place where a webhook's audit annotations go.</summary>
internal sealed class AuditLog(string directory)
{
    private const string Policy = """
        apiVersion: audit.k8s.io/v1
        kind: Policy
        omitStages: [RequestReceived]
        rules:
        - level: Metadata
          verbs: [create, update, patch]
          resources:
          - {group: "", resources: [pods, namespaces]}
          - {group: networking.istio.io, resources: [gateways]}
          - {group: gateway.networking.k8s.io, resources: [gateways]}
        - level: None
        """;

    private readonly string path = Path.Combine(directory, "audit.log");

    public Stream Open() => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);

    /// <summary>Writes the policy; the arguments by which the API server keeps the log.</summary>
    public IReadOnlyList<string> Arguments()
    {
        var policy = Path.Combine(directory, "audit-policy.yaml");
        File.WriteAllText(policy, Policy);
        return [$"--audit-policy-file={policy}", $"--audit-log-path={path}"];
    }

    public Task<JsonObject> EventAsync(string auditId) => Eventually.ValueAsync($"the audit log has request {auditId}", async () =>
    {
        await using var stream = Open();
        using var reader = new StreamReader(stream);
        while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            // The last line may still be in the writing.
            if (line.Contains($"\"auditID\":\"{auditId}\"", StringComparison.Ordinal) && line.EndsWith('}'))
            {
                return JsonNode.Parse(line)!.AsObject();
            }
        }

        return null;
    });
}
