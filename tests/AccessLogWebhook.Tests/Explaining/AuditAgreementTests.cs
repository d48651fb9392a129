using System.Text.Json.Nodes;
using AccessLogWebhook.Tests.Auditing;

namespace AccessLogWebhook.Tests.Explaining;

/// <summary>Whoever audits a cluster and then asks why gets the same verdict twice.</summary>
public sealed class AuditAgreementTests : IDisposable
{
    private const string Cluster = AuditedFiles.Cluster +
        """
        ---
        {apiVersion: v1, kind: Namespace, metadata: {name: bare, labels: {accesslog.mesh/audit: json}}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {namespace: bank, name: escaped, uid: u1, labels: {accesslog.mesh/profile: json, accesslog.mesh/revision: 0c4d}}, spec: {containers: [{name: app}]}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {namespace: bank, name: marked, uid: u2, labels: {accesslog.mesh/profile: json, accesslog.mesh/revision: 0c4d}, annotations: {sidecar.istio.io/status: "{}"}}, spec: {containers: [{name: app}]}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {namespace: bank, name: sound, uid: u3, labels: {accesslog.mesh/profile: json, accesslog.mesh/revision: 0c4d}}, spec: {containers: [{name: app}, {name: istio-proxy}]}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {namespace: bank, name: host, uid: u4, labels: {accesslog.mesh/profile: json, accesslog.mesh/revision: 0c4d}}, spec: {hostNetwork: true, containers: [{name: app}]}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {namespace: bare, name: outside, uid: u5, labels: {accesslog.mesh/profile: json, accesslog.mesh/revision: 0c4d}}, spec: {containers: [{name: app}]}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {namespace: idle, name: stray, uid: u6, labels: {accesslog.mesh/profile: jsn}}, spec: {containers: [{name: app}, {name: istio-proxy}]}}

        """;

    private readonly AuditedFiles files = new();

    [Theory]
    [InlineData("bank", "escaped", "Inert ProxyAbsent", false)]
    [InlineData("bank", "marked", "Inert ProxyAbsent", false)]
    [InlineData("bank", "sound", "Logged Conforms", true)]
    [InlineData("bank", "host", "Inert HostNetwork", false)]
    [InlineData("bank", "api-5f7-a", "Logged Conforms", true)]
    [InlineData("bank", "old-0", "Missing NoProfileLabel", false)]
    [InlineData("bare", "outside", "Inert NamespaceNotInjected", false)]
    [InlineData("idle", "stray", "Unknown UnknownProfile", false)]
    [InlineData("slip", "web", "Unknown UnknownProfile", false)]
    public async Task A_Pod_has_one_verdict(string space, string name, string verdict, bool isLogged)
    {
        var audited = (await files.AuditTextAsync(Cluster, "-o", "json")).Json.Single(row => (string?)row!["namespace"] == space && (string?)row["name"] == name)!;
        var (exitCode, output, error) = await ExplainedCase.RunAsync($"pod/{name}", "-n", space, "--cluster", files["cluster"], "-o", "json");
        var explained = JsonNode.Parse(output)!;

        Assert.Equal("", error);
        Assert.Equal(verdict, $"{audited["verdict"]} {audited["reason"]}");
        var told = explained["verdicts"]!.AsArray().Single(each => (string?)each!["mode"] == (string?)audited["mode"])!;
        Assert.Equal(verdict, $"{told["verdict"]} {told["reason"]}");
        Assert.Contains((string)told["problem"]!, (string)audited["message"]!, StringComparison.Ordinal);
        Assert.Equal((isLogged, isLogged ? 0 : 1), ((bool)explained["logged"]!, exitCode));
    }

    [Theory]
    [InlineData("bank", "escaped", "Pod bank/escaped runs without a sidecar: Istio's injector was not called when it was created.", "Restart it.")]
    [InlineData("bare", "outside", "Pod bare/outside runs without a sidecar: namespace bare has no injection label.", "Label the namespace istio-injection=enabled or istio.io/rev=REVISION.")]
    public async Task A_Pod_that_runs_without_a_proxy_is_not_logged_by_the_one_that_it_might_have_had(string space, string name, string proxy, string change)
    {
        files.Write("cluster/cluster.yaml", Cluster);

        var explained = JsonNode.Parse((await ExplainedCase.RunAsync($"pod/{name}", "-n", space, "--cluster", files["cluster"], "-o", "json")).Output)!;

        Assert.Equal((proxy, "It is not logged.", change), ((string)explained["proxy"]!, (string)explained["answer"]!, (string)explained["change"]!));
    }

    public void Dispose() => files.Dispose();
}
