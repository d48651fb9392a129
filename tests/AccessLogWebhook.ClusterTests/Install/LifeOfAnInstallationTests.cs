using System.Net;
using AccessLogWebhook.ClusterTests.Controllers;
using AccessLogWebhook.ClusterTests.Support;

namespace AccessLogWebhook.ClusterTests.Install;

/// <summary>Installed, serving with the chart's rights and no others, lost with all replicas, and uninstalled: in a cluster of its own, since it is for all namespaces.</summary>
public sealed class LifeOfAnInstallationTests(ControlPlaneFixture fixture)
{
    private const string Pod = """{"metadata":{"generateName":"api-"},"spec":{"automountServiceAccountToken":false,"containers":[{"name":"api","image":"api:1"}]}}""";
    private const string RolesOf = "/apis/rbac.authorization.k8s.io/v1";

    [Fact]
    public async Task From_the_installation_to_the_end_nobody_is_blocked_who_did_not_ask()
    {
        Assert.SkipWhen(fixture.Binaries.Missing is not null, fixture.Binaries.Missing ?? "");
        await using var plane = await ControlPlane.StartAsync(fixture.Binaries);
        await plane.InstallCrdsAsync();
        foreach (var space in (string[])[InstalledManifests.Namespace, "istio-system"])
        {
            (await plane.Admin.PostAsync(ApiPaths.Namespaces(), $$"""{"metadata":{"name":"{{space}}"} }""")).Successful();
        }

        (await plane.KubectlAsync(
            ["apply", "--server-side", "-f", "-"],
            InstalledManifests.Rights(InstalledManifests.Plain))).Successful();
        await using var first = await StartAsync(plane);
        await using var second = await StartAsync(plane);
        (await plane.KubectlAsync(["apply", "--server-side", "-f", "-"], InstalledManifests.Webhooks(first.Endpoint.Https, first.Endpoint.AuthorityPem))).Successful();
        var free = await plane.CreateNamespaceAsync();
        var injecting = await plane.CreateNamespaceAsync([new("accesslog.mesh/inject", "json"), new("istio-injection", "enabled")]);
        var warning = await plane.CreateNamespaceAsync([new("accesslog.mesh/warn", "json"), new("istio-injection", "enabled")]);
        var warningOnly = await plane.CreateNamespaceAsync(
            [new("accesslog.mesh/warn", "json"), new("accesslog.mesh/enforce", "off"), new("istio-injection", "enabled")]);
        var enforcing = await plane.CreateNamespaceAsync([new("accesslog.mesh/enforce", "json"), new("istio-injection", "enabled")]);

        // In force when a Pod is changed; and the rest with it, a moment later.
        await Eventually.HoldsAsync("Pods are given the profile", async () =>
            (await plane.Admin.PostAsync(ApiPaths.Pods(injecting), Pod)).Labels.ContainsKey("accesslog.mesh/profile"));
        await Eventually.HoldsAsync("Pods are refused", async () => (await plane.Admin.PostAsync(ApiPaths.Pods(enforcing), Pod)).Status == HttpStatusCode.Forbidden);
        Assert.Single((await plane.Admin.PostAsync(ApiPaths.Pods(warning), Pod)).Warnings, IsVerdict);
        Assert.Single((await plane.Admin.PostAsync(ApiPaths.Pods(warningOnly), Pod)).Warnings, IsVerdict);
        Assert.Empty((await plane.Admin.PostAsync(ApiPaths.Pods(free), Pod)).Warnings);
        await Eventually.HoldsAsync("the controllers have applied what json renders to", async () =>
            (await plane.Admin.GetAsync(ApiPaths.EnvoyFilters("istio-system"))).Body.Contains("accesslog-json", StringComparison.Ordinal));
        (await plane.Admin.PostAsync(ApiPaths.Profiles(), """{"apiVersion":"accesslog.mesh/v1alpha1","kind":"AccessLogProfile","metadata":{"name":"team"},"spec":{"backend":"Telemetry"}}""")).Successful();
        await Eventually.HoldsAsync("the profile has its finalizer and its status", async () =>
            (await plane.Admin.GetAsync(ApiPaths.Profiles("team"))).Json is var profile
            && profile["metadata"]!["finalizers"] is not null && profile["status"]?["revision"] is not null);
        AssertNothingForbidden(first);
        AssertNothingForbidden(second);

        // What the image's HEALTHCHECK runs.
        var port = $"{first.Endpoint.Http.Port}";
        Assert.Equal(0, (await ProductCommand.RunAsync("healthcheck", "--http-port", port)).ExitCode);
        await first.KillAsync();
        await second.KillAsync();
        Assert.Equal(1, (await ProductCommand.RunAsync("healthcheck", "--http-port", port)).ExitCode);
        foreach (var space in (string[])[free, injecting, warning, warningOnly, InstalledManifests.Namespace])
        {
            (await plane.Admin.PostAsync(ApiPaths.Pods(space), Pod)).Successful();
        }

        var refused = await plane.Admin.PostAsync(ApiPaths.Pods(enforcing), Pod);
        Assert.Equal(HttpStatusCode.InternalServerError, refused.Status);
        Assert.Contains("enforce.accesslog.mesh", refused.Message, StringComparison.Ordinal);

        (await plane.KubectlAsync(["delete", "-f", "-"], InstalledManifests.Webhooks(first.Endpoint.Https, first.Endpoint.AuthorityPem))).Successful();
        await Eventually.HoldsAsync("Pods are created where they were refused", async () => (await plane.Admin.PostAsync(ApiPaths.Pods(enforcing), Pod)).IsSuccess);
        foreach (var kind in (string[])["mutatingwebhookconfigurations", "validatingwebhookconfigurations"])
        {
            Assert.Empty((await plane.Admin.GetAsync($"/apis/admissionregistration.k8s.io/v1/{kind}")).Successful()["items"]!.AsArray());
        }
    }

    [Fact]
    public async Task The_roles_of_the_chart_grant_what_the_controllers_are_tested_with_and_nothing_else()
    {
        Assert.SkipWhen(fixture.Binaries.Missing is not null, fixture.Binaries.Missing ?? "");
        await fixture.Plane.Admin.PostAsync(ApiPaths.Namespaces(), $$"""{"metadata":{"name":"{{InstalledManifests.Namespace}}"} }""");
        (await fixture.Plane.KubectlAsync(["apply", "--server-side", "-f", "-"], InstalledManifests.Kinds(InstalledManifests.Plain, "ClusterRole", "Role"))).Successful();

        var granted = new List<string>();
        foreach (var path in (string[])["clusterroles/accesslog-webhook", $"namespaces/{InstalledManifests.Namespace}/roles/accesslog-webhook"])
        {
            granted.AddRange(InstalledManifests.Rights((await fixture.Plane.Admin.GetAsync($"{RolesOf}/{path}")).Successful()));
        }

        Assert.Equal(InstalledManifests.Rights(ControllerPlane.Rights).Order(StringComparer.Ordinal), granted.Order(StringComparer.Ordinal));
    }

    private static async Task<WebhookProcess> StartAsync(ControlPlane plane) => await WebhookProcess.StartAsync(new()
    {
        Kubeconfig = await ServiceAccountToken.KubeconfigAsync(plane, InstalledManifests.Namespace, "accesslog-webhook"),
        // Where the Lease is in a Pod.
        Configuration = $"controllers: {{leaseNamespace: {InstalledManifests.Namespace}}}\n",
    });

    /// <summary>The first of the lines that say one verdict: a second would be that of a second judgement.</summary>
    private static bool IsVerdict(string warning) => warning.StartsWith("Pod ", StringComparison.Ordinal);

    private static void AssertNothingForbidden(WebhookProcess webhook) =>
        Assert.DoesNotContain(webhook.Logs, line => line.Contains("forbidden", StringComparison.OrdinalIgnoreCase) || line.Contains("does not allow", StringComparison.Ordinal));
}
