using System.Text.Json.Nodes;
using AccessLogWebhook.ClusterTests.Install;
using AccessLogWebhook.ClusterTests.Support;

namespace AccessLogWebhook.ClusterTests.Bypass;

/// <summary>
/// A control plane of its own with the plain manifests' rights and webhook configurations, and one replica that serves with them: what a team meets, with
/// every selector and condition of the chart.
/// </summary>
public sealed class InstalledPlane(ControlPlaneFixture fixture) : IAsyncLifetime
{
    private const string Plain = """{"metadata":{"generateName":"api-"},"spec":{"automountServiceAccountToken":false,"containers":[{"name":"api","image":"api:1"}]}}""";

    private readonly ControlPlaneBinaries binaries = fixture.Binaries;
    private ControlPlane? plane;
    private WebhookProcess? webhook;

    public ControlPlane Plane
    {
        get
        {
            Assert.SkipWhen(binaries.Missing is not null, binaries.Missing ?? "");
            return plane!;
        }
    }

    public ApiClient Admin => Plane.Admin;

    public WebhookProcess Webhook => webhook!;

    public async ValueTask InitializeAsync()
    {
        if (binaries.Missing is not null)
        {
            return;
        }

        plane = await ControlPlane.StartAsync(binaries);
        await plane.InstallCrdsAsync();
        foreach (var space in (string[])[InstalledManifests.Namespace, "istio-system"])
        {
            (await Admin.PostAsync(ApiPaths.Namespaces(), $$"""{"metadata":{"name":"{{space}}"} }""")).Successful();
        }

        await ApplyAsync(InstalledManifests.Rights(InstalledManifests.Plain));
        webhook = await WebhookProcess.StartAsync(new()
        {
            Kubeconfig = await ServiceAccountToken.KubeconfigAsync(plane, InstalledManifests.Namespace, "accesslog-webhook"),
            Configuration = $"controllers: {{leaseNamespace: {InstalledManifests.Namespace}}}\n",
            Arguments = ["--log-level", "Trace"],
        });
        await ApplyAsync(InstalledManifests.Webhooks(webhook.Endpoint.Https, webhook.Endpoint.AuthorityPem));
        (await Admin.PostAsync(
            ApiPaths.Profiles(), """{"apiVersion":"accesslog.mesh/v1alpha1","kind":"AccessLogProfile","metadata":{"name":"strict"},"spec":{"requireProxy":true}}""")).Successful();
        var space2 = await EnforcingAsync();
        await Eventually.HoldsAsync("Pods are given the profile, and let in with it", async () =>
            await Admin.PostAsync(ApiPaths.Pods(space2), Plain, dryRun: true) is { IsSuccess: true } pod && pod.Labels.ContainsKey("accesslog.mesh/profile"));
        var strict = await EnforcingAsync("strict");
        await Eventually.HoldsAsync("and the other one", async () =>
            await Admin.PostAsync(ApiPaths.Pods(strict), Plain, dryRun: true) is { IsSuccess: true } pod && pod.Labels.ContainsKey("accesslog.mesh/profile"));
    }

    /// <summary>A namespace that injects and enforces.</summary>
    public Task<string> EnforcingAsync(string profile = "json") =>
        Plane.CreateNamespaceAsync([new("accesslog.mesh/inject", profile), new("accesslog.mesh/enforce", profile), new("istio-injection", "enabled")]);

    /// <summary>A namespace that enforces and gives nothing.</summary>
    public Task<string> EnforcingOnlyAsync(string profile = "json") =>
        Plane.CreateNamespaceAsync([new("accesslog.mesh/enforce", profile), new("istio-injection", "enabled")]);

    public async Task ApplyAsync(string manifests) =>
        (await Plane.KubectlAsync(["apply", "--server-side", "--force-conflicts", "-f", "-"], manifests)).Successful();

    /// <summary>A Pod with this in its metadata and its spec.</summary>
    public static string Pod(string metadata = "", string spec = "", string container = "") =>
        $$$"""{"metadata":{"generateName":"api-"{{{metadata}}}},"spec":{"automountServiceAccountToken":false{{{spec}}},"containers":[{"name":"api","image":"api:1"{{{container}}}}]}}""";

    /// <summary>The path of a Pod that was let in, with the profile.</summary>
    public async Task<string> LoggedPodAsync(string space, string metadata = "")
    {
        var pod = await Admin.PostAsync(ApiPaths.Pods(space), Pod(metadata));
        Assert.Contains("accesslog.mesh/profile", pod.Labels.Keys);
        return ApiPaths.Pods(space, (string)pod.Json["metadata"]!["name"]!);
    }

    public async Task<JsonObject> ObjectAsync(string path) => (await Admin.GetAsync(path)).Successful();

    public async ValueTask DisposeAsync()
    {
        if (webhook is not null)
        {
            await webhook.DisposeAsync();
        }

        if (plane is not null)
        {
            await plane.DisposeAsync();
        }
    }
}
