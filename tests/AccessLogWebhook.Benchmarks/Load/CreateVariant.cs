using System.Text;
using System.Text.Json;
using AccessLogWebhook.Cluster;

namespace AccessLogWebhook.Benchmarks.Load;

/// <summary>
/// One way in which Pods get their label and annotation at their creation, in a namespace of its own, so that all of them are in force side by side and
/// none meets the others' Pods.
/// </summary>
/// <param name="Manifests">What is applied for it, beside its namespace.</param>
/// <param name="Changes">Whether its Pods come out with the profile's label.</param>
internal sealed record CreateVariant(string Name, IReadOnlyList<(ObjectPath Path, string Json)> Manifests, bool Changes)
{
    private const string Registration = "admissionregistration.k8s.io/v1";
    private const string Pods = """{"apiGroups":[""],"apiVersions":["v1"],"operations":["CREATE"],"resources":["pods"]}""";

    public string Namespace => $"bench-{Name}";

    /// <summary>What a Pod costs without anybody on its way.</summary>
    public static CreateVariant Nothing { get; } = new("nothing", [], Changes: false);

    public static CreateVariant Webhook(string name, Uri address, byte[] authority) => new(
        name,
        [
            (new ObjectPath(Registration, "mutatingwebhookconfigurations", "", $"bench-{name}"), $$"""
            {"apiVersion":"{{Registration}}","kind":"MutatingWebhookConfiguration","metadata":{"name":"bench-{{name}}"},"webhooks":[{
            "name":"{{name}}.bench.accesslog.mesh","clientConfig":{"url":"{{address}}","caBundle":"{{Convert.ToBase64String(authority)}}"},
            "rules":[{{Pods}}],"namespaceSelector":{"matchLabels":{"bench":"{{name}}"} },"failurePolicy":"Fail","sideEffects":"None","admissionReviewVersions":["v1"]}]}
            """),
        ],
        Changes: true);

    /// <summary>The API server's own way to the same label and annotation.</summary>
    public static CreateVariant Policy(string revision) => new(
        "policy",
        [
            (new ObjectPath(Registration, "mutatingadmissionpolicies", "", "bench-policy"), $$"""
            {"apiVersion":"{{Registration}}","kind":"MutatingAdmissionPolicy","metadata":{"name":"bench-policy"},"spec":{
            "matchConstraints":{"namespaceSelector":{"matchLabels":{"bench":"policy"} },"resourceRules":[{{Pods}}]},"failurePolicy":"Fail","reinvocationPolicy":"Never",
            "mutations":[{"patchType":"ApplyConfiguration","applyConfiguration":{"expression":{{JsonSerializer.Serialize(Configuration(revision))}} } }] } }
            """),
            (new ObjectPath(Registration, "mutatingadmissionpolicybindings", "", "bench-policy"), $$"""
            {"apiVersion":"{{Registration}}","kind":"MutatingAdmissionPolicyBinding","metadata":{"name":"bench-policy"},"spec":{"policyName":"bench-policy"} }
            """),
        ],
        Changes: true);

    private static string Configuration(string revision) =>
        $$"""
        Object{metadata: Object.metadata{
          labels: {"accesslog.mesh/profile": "json", "accesslog.mesh/revision": "{{revision}}"},
          annotations: {"accesslog.mesh/envoyfilter": "istio-system/accesslog-json-{{revision}}"}
        } }
        """;

    /// <exception cref="InvalidOperationException">The API server refuses it; the message says why.</exception>
    public async Task InstallAsync(LiveObjects objects, CancellationToken cancellationToken)
    {
        var space = $$"""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"{{Namespace}}","labels":{"bench":"{{Name}}","accesslog.mesh/inject":"json","istio-injection":"enabled"} } }""";
        foreach (var (path, json) in Manifests.Prepend((new ObjectPath("v1", "namespaces", "", Namespace), space)))
        {
            if (await objects.ApplyAsync(path, Encoding.UTF8.GetBytes(json), cancellationToken) is not ObjectOutcome.Done and var refused)
            {
                throw new InvalidOperationException($"{path} could not be applied: {refused.Problem}");
            }
        }
    }
}
