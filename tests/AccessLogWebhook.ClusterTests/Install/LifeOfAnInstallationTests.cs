using System.Net;
using AccessLogWebhook.ClusterTests.Controllers;
using AccessLogWebhook.ClusterTests.Support;

namespace AccessLogWebhook.ClusterTests.Install;

/// <summary>Installed, serving with the chart's rights and no others, lost with all replicas, and uninstalled: in a cluster of its own, since it is for all namespaces.</summary>
public sealed class LifeOfAnInstallationTests(ControlPlaneFixture fixture)
{
    private const string Pod = """{"metadata":{"generateName":"api-"},"spec":{"automountServiceAccountToken":false,"containers":[{"name":"api","image":"api:1"}]}}""";
    private const string Home = $"namespaces/{InstalledManifests.Namespace}/roles";
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

        var aged = await AgeAsync(plane);

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

        await AssertOnlyWhatIsJudgedWaitsAsync(plane, aged);

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
        await fixture.Plane.Admin.PostAsync(ApiPaths.Namespaces(), """{"metadata":{"name":"istio-system"}}""");
        (await fixture.Plane.KubectlAsync(["apply", "--server-side", "-f", "-"], InstalledManifests.Kinds(InstalledManifests.Case("default"), "ClusterRole", "Role"))).Successful();

        var granted = new List<string>();
        foreach (var path in (string[])["clusterroles/accesslog-webhook", $"{Home}/accesslog-webhook"])
        {
            granted.AddRange(await RightsAsync(path));
        }

        // Of Leases its own alone, but for their creation, which has no name.
        var tested = InstalledManifests.Rights(ControllerPlane.Rights)
            .Select(right => right is "coordination.k8s.io/leases:get" or "coordination.k8s.io/leases:patch" ? right.Replace("leases:", "leases/accesslog-webhook:", StringComparison.Ordinal) : right);
        Assert.Equal(tested.Order(StringComparer.Ordinal), granted.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("namespaces/istio-system/roles/accesslog-webhook-mesh", "/configmaps:list /configmaps:watch")]
    [InlineData(
        $"{Home}/accesslog-webhook-certificates",
        "/secrets/accesslog-webhook-certificates:get /secrets/accesslog-webhook-certificates:list /secrets/accesslog-webhook-certificates:patch /secrets/accesslog-webhook-certificates:watch /secrets:create "
        + "coordination.k8s.io/leases/accesslog-webhook-certificates:get coordination.k8s.io/leases/accesslog-webhook-certificates:patch coordination.k8s.io/leases:create")]
    [InlineData(
        "clusterroles/accesslog-webhook-certificates",
        "admissionregistration.k8s.io/mutatingwebhookconfigurations/accesslog-webhook:get admissionregistration.k8s.io/mutatingwebhookconfigurations/accesslog-webhook:list "
        + "admissionregistration.k8s.io/mutatingwebhookconfigurations/accesslog-webhook:patch admissionregistration.k8s.io/mutatingwebhookconfigurations/accesslog-webhook:watch "
        + "admissionregistration.k8s.io/validatingwebhookconfigurations/accesslog-webhook:get admissionregistration.k8s.io/validatingwebhookconfigurations/accesslog-webhook:list "
        + "admissionregistration.k8s.io/validatingwebhookconfigurations/accesslog-webhook:patch admissionregistration.k8s.io/validatingwebhookconfigurations/accesslog-webhook:watch")]
    [InlineData(
        $"{Home}/accesslog-webhook-cleanup",
        "/pods:list /secrets/accesslog-webhook-certificates:delete /secrets/accesslog-webhook-certificates:get apps/deployments/accesslog-webhook:patch "
        + "coordination.k8s.io/leases/accesslog-webhook-certificates:delete coordination.k8s.io/leases/accesslog-webhook-certificates:get "
        + "coordination.k8s.io/leases/accesslog-webhook:delete coordination.k8s.io/leases/accesslog-webhook:get")]
    [InlineData(
        "clusterroles/accesslog-webhook-cleanup",
        "accesslog.mesh/accesslogprofiles:get accesslog.mesh/accesslogprofiles:list accesslog.mesh/accesslogprofiles:patch "
        + "admissionregistration.k8s.io/mutatingwebhookconfigurations/accesslog-webhook:delete admissionregistration.k8s.io/mutatingwebhookconfigurations/accesslog-webhook:get "
        + "admissionregistration.k8s.io/validatingwebhookconfigurations/accesslog-webhook:delete admissionregistration.k8s.io/validatingwebhookconfigurations/accesslog-webhook:get")]
    public async Task The_other_roles_of_the_chart_grant_this_and_nothing_else(string role, string rights)
    {
        Assert.SkipWhen(fixture.Binaries.Missing is not null, fixture.Binaries.Missing ?? "");
        foreach (var space in (string[])[InstalledManifests.Namespace, "istio-system"])
        {
            await fixture.Plane.Admin.PostAsync(ApiPaths.Namespaces(), $$"""{"metadata":{"name":"{{space}}"} }""");
        }

        (await fixture.Plane.KubectlAsync(["apply", "--server-side", "-f", "-"], InstalledManifests.Kinds(InstalledManifests.Case("default"), "ClusterRole", "Role"))).Successful();

        Assert.Equal(rights, string.Join(' ', (await RightsAsync(role)).Order(StringComparer.Ordinal)));
    }

    private async Task<IEnumerable<string>> RightsAsync(string role) => InstalledManifests.Rights((await fixture.Plane.Admin.GetAsync($"{RolesOf}/{role}")).Successful());

    /// <summary>A namespace with a Pod and a Gateway that were there before it began to enforce, and that have neither labels nor annotations.</summary>
    private static async Task<string> AgeAsync(ControlPlane plane)
    {
        var aged = await plane.CreateNamespaceAsync();
        (await plane.Admin.PostAsync(ApiPaths.Pods(aged), Old(""))).Successful();
        (await plane.Admin.PostAsync(ApiPaths.IstioGateways(aged), Old("\"apiVersion\":\"networking.istio.io/v1\",\"kind\":\"Gateway\","))).Successful();
        (await plane.Admin.PatchAsync(ApiPaths.Namespaces(aged), """{"metadata":{"labels":{"accesslog.mesh/enforce":"json","istio-injection":"enabled"}}}""")).Successful();
        return aged;
    }

    private static string Old(string type) => type.Length > 0
        ? $$$"""{{{{type}}}"metadata":{"name":"old","finalizers":["example.com/held"]},"spec":{"selector":{"istio":"old"},"servers":[{"hosts":["*"],"port":{"name":"http","number":80,"protocol":"HTTP"}}]}}"""
        : """{"metadata":{"name":"old","finalizers":["example.com/held"]},"spec":{"automountServiceAccountToken":false,"containers":[{"name":"api","image":"api:1"}]}}""";

    /// <summary>While nobody answers, where a namespace enforces: owners and finalizers change as ever, labels, annotations and specs do not.</summary>
    private static async Task AssertOnlyWhatIsJudgedWaitsAsync(ControlPlane plane, string aged)
    {
        foreach (var (path, spec) in ((string, string)[])
        [
            (ApiPaths.Pods(aged, "old"), """{"spec":{"activeDeadlineSeconds":60}}"""),
            (ApiPaths.IstioGateways(aged, "old"), """{"spec":{"selector":{"istio":"new"}}}"""),
        ])
        {
            (await plane.Admin.PatchAsync(
                path, """{"metadata":{"finalizers":["example.com/held","example.com/too"],"ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"old","uid":"1"}]}}""")).Successful();
            foreach (var change in (string[])["""{"metadata":{"labels":{"a":"b"}}}""", """{"metadata":{"annotations":{"a":"b"}}}""", spec])
            {
                var refused = await plane.Admin.PatchAsync(path, change);
                Assert.True(refused.Status == HttpStatusCode.InternalServerError && refused.Message!.Contains("enforce.accesslog.mesh", StringComparison.Ordinal), $"{path} {change}: {refused.Body}");
            }

            (await plane.Admin.DeleteAsync($"{path}?gracePeriodSeconds=0")).Successful();
            (await plane.Admin.PatchAsync(path, """{"metadata":{"finalizers":null,"annotations":{"last":"word"}}}""")).Successful();
            Assert.Equal(HttpStatusCode.NotFound, (await plane.Admin.GetAsync(path)).Status);
        }
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
