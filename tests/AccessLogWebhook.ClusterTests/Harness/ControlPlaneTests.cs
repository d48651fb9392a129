using System.Net;
using AccessLogWebhook.ClusterTests.Support;

namespace AccessLogWebhook.ClusterTests.Harness;

/// <summary>What the other tests rest on.</summary>
public sealed class ControlPlaneTests(ControlPlaneFixture fixture) : ClusterTest(fixture)
{
    private const string Pod = """
        apiVersion: v1
        kind: Pod
        metadata: {name: app}
        spec: {containers: [{name: app, image: app}]}
        """;

    [Fact]
    public async Task A_pod_is_kept_where_there_is_no_node_and_no_service_account()
    {
        var space = await Plane.CreateNamespaceAsync();

        var created = await Admin.PostAsync(ApiPaths.Pods(space), Pod);

        Assert.Equal(HttpStatusCode.Created, created.Status);
        Assert.Equal("Pending", (string?)(await Admin.GetAsync(ApiPaths.Pods(space, "app"))).Successful()["status"]!["phase"]);
    }

    [Fact]
    public async Task A_dry_run_keeps_nothing()
    {
        var space = await Plane.CreateNamespaceAsync();

        (await Admin.PostAsync(ApiPaths.Pods(space), Pod, dryRun: true)).Successful();

        Assert.Equal(HttpStatusCode.NotFound, (await Admin.GetAsync(ApiPaths.Pods(space, "app"))).Status);
    }

    [Fact]
    public async Task Warnings_are_read_out_of_the_header()
    {
        var space = await Plane.CreateNamespaceAsync();

        var created = await Admin.PostAsync(ApiPaths.Pods(space), Pod + "\nsurprise: 1", fieldValidation: "Warn");

        Assert.Equal(HttpStatusCode.Created, created.Status);
        Assert.Equal(["unknown field \"surprise\""], created.Warnings);
    }

    [Fact]
    public async Task A_user_has_the_rights_that_it_was_given_and_no_others()
    {
        var user = await Plane.CreateUserAsync(new AccessRule("", ["namespaces"], ["get", "list", "watch"]));

        Assert.Equal(HttpStatusCode.OK, (await user.Client.GetAsync(ApiPaths.Namespaces())).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await user.Client.GetAsync(ApiPaths.Pods("default"))).Status);
        Assert.Contains(user.Token, await File.ReadAllTextAsync(user.Kubeconfig, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kubectl_reads_manifests_from_its_input()
    {
        var space = await Plane.CreateNamespaceAsync();

        var applied = await Plane.KubectlAsync(["apply", "-n", space, "-f", "-"], Pod);
        var refused = await Plane.KubectlAsync(["get", "pod", "-n", space, "other"]);

        Assert.Equal("pod/app created\n", applied.Successful());
        Assert.Equal(1, refused.ExitCode);
        Assert.Equal("Error from server (NotFound): pods \"other\" not found\n", refused.Error);
    }

    [Fact]
    public async Task The_kinds_of_a_mesh_are_served_in_every_version()
    {
        foreach (var version in (string[])["v1", "v1beta1", "v1alpha3"])
        {
            (await Admin.GetAsync(ApiPaths.IstioGateways("default", version: version))).Successful();
        }

        foreach (var version in (string[])["v1", "v1beta1"])
        {
            (await Admin.GetAsync(ApiPaths.KubernetesGateways("default", version: version))).Successful();
        }

        (await Admin.GetAsync(ApiPaths.EnvoyFilters("default"))).Successful();
        (await Admin.GetAsync(ApiPaths.Telemetries("default"))).Successful();
        (await Admin.GetAsync(ApiPaths.GatewayClasses())).Successful();
    }

    [Fact]
    public async Task The_audit_log_has_every_pod()
    {
        var space = await Plane.CreateNamespaceAsync();
        var created = await Admin.PostAsync(ApiPaths.Pods(space), Pod);

        var @event = await Plane.AuditEventAsync(created);

        Assert.Equal("admin", (string?)@event["user"]!["username"]);
        Assert.Equal(space, (string?)@event["objectRef"]!["namespace"]);
    }

    [Fact]
    public async Task A_deployment_gets_pods_from_the_controllers()
    {
        Plane.StartControllerManager();
        var space = await Plane.CreateNamespaceAsync();
        (await Admin.PostAsync(ApiPaths.Deployments(space), """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: app}
            spec:
              replicas: 2
              selector: {matchLabels: {app: app}}
              template:
                metadata: {labels: {app: app}}
                spec: {containers: [{name: app, image: app}]}
            """)).Successful();

        await Eventually.HoldsAsync("the Deployment has two Pods", async () =>
            (await Admin.GetAsync(ApiPaths.Pods(space))).Successful()["items"]!.AsArray().Count == 2);
    }
}
