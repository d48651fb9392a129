using System.Text.Json.Nodes;

namespace AccessLogWebhook.Tests.Reviewing;

public sealed class ReviewedKindsTests : IDisposable
{
    private readonly ReviewedFiles files = new();

    [Theory]
    [InlineData("apps/v1", "Deployment")]
    [InlineData("apps/v1", "StatefulSet")]
    [InlineData("apps/v1", "DaemonSet")]
    [InlineData("apps/v1", "ReplicaSet")]
    [InlineData("v1", "ReplicationController")]
    [InlineData("batch/v1", "Job")]
    [InlineData("argoproj.io/v1alpha1", "Rollout")]
    public async Task A_workload_is_changed_in_its_Pod_template(string apiVersion, string kind)
    {
        var element = await SingleAsync($"{{apiVersion: {apiVersion}, kind: {kind}, metadata: {{namespace: shop, name: api}}, spec: {{template: {{spec: {{}}}}}}}}");

        Assert.Equal($"{kind} shop/api is logged by profile json.", (string?)element["message"]);
        Assert.Equal(
            ["/spec/template/metadata", "/spec/template/metadata/labels", "/spec/template/metadata/annotations"],
            element["patch"]!.AsArray().Select(operation => (string?)operation!["path"]));
    }

    [Fact]
    public async Task A_CronJob_is_changed_in_the_template_of_its_jobs()
    {
        var element = await SingleAsync(
            """
            apiVersion: batch/v1
            kind: CronJob
            metadata: {namespace: shop, name: tick}
            spec: {jobTemplate: {spec: {template: {metadata: {labels: {app: tick}, annotations: {a: b}}}}}}
            """);

        Assert.Equal(
            [
                "/spec/jobTemplate/spec/template/metadata/labels/accesslog.mesh~1profile",
                "/spec/jobTemplate/spec/template/metadata/labels/accesslog.mesh~1revision",
                "/spec/jobTemplate/spec/template/metadata/annotations/accesslog.mesh~1envoyfilter",
            ],
            element["patch"]!.AsArray().Select(operation => (string?)operation!["path"]));
    }

    [Theory]
    [InlineData("{apiVersion: v1, kind: Pod, metadata: {namespace: shop, name: web}}", "Logged Injected")]
    [InlineData("{apiVersion: v1, kind: Pod, metadata: {namespace: shop, name: web}, spec: {hostNetwork: true}}", "Inert HostNetwork")]
    [InlineData("{apiVersion: networking.istio.io/v1beta1, kind: Gateway, metadata: {namespace: shop, name: public}}", "Inert Injected")]
    [InlineData("{apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: {namespace: shop, name: north}, spec: {gatewayClassName: istio}}", "Logged Injected")]
    [InlineData("{apiVersion: gateway.networking.k8s.io/v1beta1, kind: Gateway, metadata: {namespace: shop, name: way}, spec: {gatewayClassName: istio-waypoint}}", "Dangling Injected")]
    [InlineData("{apiVersion: v1, kind: Namespace, metadata: {name: new, labels: {accesslog.mesh/warn: jsno}}}", " UnknownProfile")]
    public async Task Pods_Gateways_and_Namespaces_are_judged_themselves(string manifest, string expected)
    {
        var element = await SingleAsync(manifest);

        Assert.Equal(expected, $"{(string?)element["verdict"]} {(string?)element["reason"]}");
    }

    [Theory]
    [InlineData("{apiVersion: argoproj.io/v1alpha1, kind: Rollout, metadata: {namespace: shop, name: api}, spec: {workloadRef: {name: api}}}")]
    [InlineData("{apiVersion: v1, kind: ReplicationController, metadata: {namespace: shop, name: api}, spec: {replicas: 0}}")]
    [InlineData("{apiVersion: example.com/v1, kind: Deployment, metadata: {namespace: shop, name: api}, spec: {template: {}}}")]
    [InlineData("{apiVersion: v2, kind: Pod, metadata: {namespace: shop, name: api}}")]
    public async Task What_has_no_Pod_template_passes(string manifest) =>
        Assert.Empty((await files.ReviewTextAsync("json", manifest)).Json);

    [Theory]
    [InlineData("{}", "spec is missing.")]
    [InlineData("{spec: {}}", "spec.template is missing.")]
    [InlineData("{spec: {template: text}}", "spec.template must be an object.")]
    [InlineData("{spec: {template: {metadata: {labels: {a: 1}}}}}", "in spec.template, metadata.labels[a] is a number, but must be a string.")]
    public async Task A_template_that_cannot_be_judged_is_an_error(string rest, string message)
    {
        var reviewed = await files.ReviewTextAsync("json", $"# One line\n{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: api}}, {rest[1..]}");

        Assert.Equal(new(2, "", $"given.yaml:2:1: Deployment api cannot be judged: {message}\n"), reviewed);
    }

    [Fact]
    public async Task A_refusal_names_the_owner()
    {
        var element = await SingleAsync("{apiVersion: apps/v1, kind: StatefulSet, metadata: {namespace: bank, name: db}, spec: {template: {}}}");

        Assert.Equal(
            "StatefulSet bank/db carries no access-log profile. It is refused because namespace bank is labelled accesslog.mesh/enforce=json. "
            + "Add the labels accesslog.mesh/profile=json, accesslog.mesh/revision=0c4d to the Pod template.",
            (string?)element["message"]);
        Assert.Equal("enforce", (string?)element["mode"]);
        Assert.False((bool?)element["allowed"]);
        Assert.Empty(element["patch"]!.AsArray());
    }

    [Fact]
    public async Task An_owner_without_a_name_is_called_by_its_generateName()
    {
        var element = await SingleAsync("{apiVersion: batch/v1, kind: Job, metadata: {namespace: shop, generateName: import-}, spec: {template: {}}}");

        Assert.Equal("import-", (string?)element["name"]);
        Assert.Equal("Job shop/import- is logged by profile json.", (string?)element["message"]);
    }

    [Fact]
    public async Task Where_nothing_was_enforced_the_audit_has_the_last_word()
    {
        var element = await SingleAsync("{apiVersion: v1, kind: Pod, metadata: {namespace: archive, name: old}}");

        Assert.Equal("audit json Missing", $"{(string?)element["mode"]} {(string?)element["profile"]} {(string?)element["verdict"]}");
        Assert.Empty(element["warnings"]!.AsArray());
    }

    public void Dispose() => files.Dispose();

    private async Task<JsonNode> SingleAsync(string manifest) => (await files.ReviewTextAsync("json", manifest)).Json.Single()!;
}
