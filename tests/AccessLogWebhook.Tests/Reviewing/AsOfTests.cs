using AccessLogWebhook.Cluster;
using AccessLogWebhook.Tests.Support;

namespace AccessLogWebhook.Tests.Reviewing;

/// <summary>What would become of what there is, beside what becomes of it now.</summary>
public sealed class AsOfTests : IDisposable
{
    // Namespace archive audits only; of its Pods one conforms, one lacks everything.
    private const string Pods =
        """
        {apiVersion: v1, kind: Pod, metadata: {namespace: archive, name: good, labels: {accesslog.mesh/profile: json, accesslog.mesh/revision: 0c4d}}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {namespace: archive, name: bare}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {namespace: shop, name: injected}}

        """;

    private const string Enforcing = "{apiVersion: v1, kind: Namespace, metadata: {name: archive, labels: {istio-injection: enabled, accesslog.mesh/enforce: json}}}\n";

    private readonly ReviewedFiles files = new();

    [Fact]
    public async Task Turning_on_enforce_shows_who_would_be_refused_and_why()
    {
        var reviewed = await CompareAsync("table", Enforcing);

        Assert.Equal(["refused archive Pod bare Missing, admitted Missing, refused json NoProfileLabel"], reviewed.Rows);
        Assert.Contains("Pod archive/bare\n  Pod archive/bare carries no access-log profile. It is refused because namespace archive is labelled accesslog.mesh/enforce=json.", reviewed.Output, StringComparison.Ordinal);
        Assert.EndsWith("\n3 judged: 1 would be refused, 2 would be as now.\n", reviewed.Output, StringComparison.Ordinal);
        Assert.Equal((1, ""), (reviewed.ExitCode, reviewed.Error));
    }

    [Fact]
    public async Task Injecting_besides_shows_that_nobody_would_be()
    {
        var reviewed = await CompareAsync("table", Enforcing.Replace("accesslog.mesh/enforce: json", "accesslog.mesh/enforce: json, accesslog.mesh/inject: json", StringComparison.Ordinal));

        Assert.Contains("patched archive Pod bare Missing, admitted Logged, changed json Injected", reviewed.Rows);
        Assert.Equal(0, reviewed.ExitCode);
    }

    [Fact]
    public async Task A_changed_profile_shows_what_new_Pods_would_get()
    {
        var json = (await CompareAsync("json", "{apiVersion: accesslog.mesh/v1alpha1, kind: AccessLogProfile, metadata: {name: json}, spec: {format: {json: {preset: istio, omit: [user_agent]}}}}\n")).Json;

        Assert.Equal(["judged", "none", "patched"], json.Select(element => (string?)element!["change"]));
        Assert.Equal(("Logged", "Outdated"), ((string?)json[0]!["now"]!["verdict"], (string?)json[0]!["then"]!["verdict"]));
        var injected = json[2]!;
        Assert.Equal(("Logged", "Logged"), ((string?)injected["now"]!["verdict"], (string?)injected["then"]!["verdict"]));
        Assert.Contains("0c4d", injected["now"]!["patch"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("0c4d", injected["then"]!["patch"]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_configuration_shows_what_its_defaults_do()
    {
        files.Write("then.yaml", "defaults: {enforce: json}\n");

        var reviewed = await files.ReviewAsync("table", "-f", files.Write("pods.yaml", Pods), "--as-of-config", files["then.yaml"]);

        Assert.Equal(["refused archive Pod bare Missing, admitted Missing, refused json NoProfileLabel"], reviewed.Rows);
    }

    [Fact]
    public async Task Without_files_it_is_about_all_that_a_directory_has()
    {
        files.Write("cluster/pods.yaml", Pods);

        var reviewed = await files.ReviewAsync("json", "--as-of", files.Write("as-of.yaml", Enforcing));

        Assert.Equal(["good none", "bare refused", "injected none"], reviewed.Json.Select(element => $"{element!["name"]} {element["change"]}"));
    }

    [Fact]
    public async Task Without_files_it_is_about_all_that_a_live_cluster_has()
    {
        await using var server = await FakeApiServer.StartAsync();
        var (namespaces, pods) = (server.Collection(ClusterKinds.Namespaces.CollectionPaths[0]), server.Collection("api/v1/pods"));
        var gateways = server.Collection("apis/gateway.networking.k8s.io/v1/gateways");

        var reviewing = files.RunAsync("--as-of", files.Write("as-of.yaml", Enforcing), "--kubeconfig", Kubeconfig(server.Address), "-o", "json");
        await (await namespaces.NextAsync()).ListAsync("10", """{"metadata":{"name":"archive","labels":{"istio-injection":"enabled","accesslog.mesh/audit":"json"}}}""");
        await (await gateways.NextAsync()).ListAsync("10", """{"metadata":{"namespace":"archive","name":"edge"},"spec":{"gatewayClassName":"istio"},"status":{}}""");
        await (await pods.NextAsync()).ListAsync(
            "10",
            """{"metadata":{"namespace":"archive","name":"bare","uid":"1","managedFields":[]},"spec":{"containers":[{"name":"app","env":[]}]}}""",
            """{"metadata":{"namespace":"archive","name":"host","uid":"2"},"spec":{"hostNetwork":true,"containers":[{"name":"app"}]}}""",
            """{"metadata":{"namespace":"archive","name":"done","uid":"3"},"spec":{},"status":{"phase":"Succeeded"}}""");
        var reviewed = await reviewing.WaitAsync(TestTime.Patience, TestContext.Current.CancellationToken);

        Assert.Equal(["edge refused", "bare refused", "host none"], reviewed.Json.Select(element => $"{element!["name"]} {element["change"]}"));
        Assert.Null(reviewed.Json[0]!["source"]);
    }

    [Theory]
    [InlineData("{apiVersion: apps/v1, kind: Deployment, metadata: {name: x}}\n", "as-of.yaml:1:1: --as-of cannot change a Deployment: give AccessLogProfiles, ")]
    [InlineData("{apiVersion: accesslog.mesh/v1alpha1, kind: AccessLogProfile, metadata: {name: x}, spec: {backend: Fluentd}}\n", "as-of.yaml:1:1: AccessLogProfile x cannot be used: spec.backend: ")]
    [InlineData("{apiVersion: v1\n", "as-of.yaml:")]
    public async Task A_change_that_is_none_is_an_error(string change, string error)
    {
        var reviewed = await CompareAsync("table", change);

        Assert.Equal((2, ""), (reviewed.ExitCode, reviewed.Output));
        Assert.StartsWith(error, reviewed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_has_no_manifests_to_print() =>
        Assert.Equal(2, (await CompareAsync("yaml", Enforcing)).ExitCode);

    [Fact]
    public async Task A_review_without_files_and_without_a_change_is_wrong_usage() =>
        Assert.Equal(2, (await files.RunAsync("-o", "json")).ExitCode);

    public void Dispose() => files.Dispose();

    private Task<Reviewed> CompareAsync(string format, string change) =>
        files.ReviewAsync(format, "-f", files.Write("pods.yaml", Pods), "--as-of", files.Write("as-of.yaml", change));

    private string Kubeconfig(Uri address) => files.Write("kubeconfig", Kubeconfigs.For(address));
}
