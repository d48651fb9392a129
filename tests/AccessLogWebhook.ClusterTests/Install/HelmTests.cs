using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using AccessLogWebhook.ClusterTests.Support;

namespace AccessLogWebhook.ClusterTests.Install;

/// <summary>
/// Helm itself on a real API server, with Deployments and Jobs at work. There is no kubelet: the test runs the containers' commands with their accounts'
/// tokens, and says of their Pods what a kubelet would say.
/// </summary>
public sealed class HelmTests(ControlPlaneFixture fixture)
{
    private const string Home = "accesslog-webhook";
    private const string Labelled = "labelSelector=app.kubernetes.io/name=accesslog-webhook";

    [Fact]
    public async Task It_is_installed_upgraded_and_uninstalled_and_nothing_is_left_but_what_is_said()
    {
        Assert.SkipWhen(fixture.Binaries.Missing is not null, fixture.Binaries.Missing ?? "");
        Assert.SkipWhen(TestEnvironment.Helm is null, "helm is not there: put it on the PATH, or name it by $HELM.");
        await using var plane = await ControlPlane.StartAsync(fixture.Binaries);
        plane.StartControllerManager();
        await plane.InstallCrdsAsync();

        // Without Istio, which comes later.
        var notes = (await HelmAsync(plane, "install", Home, Chart(), "--create-namespace", "--set", "image.repository=registry.example/accesslog-webhook")).Successful();
        Assert.Contains("There is no namespace istio-system", notes, StringComparison.Ordinal);
        (await plane.Admin.PostAsync(ApiPaths.Namespaces(), """{"metadata":{"name":"istio-system"}}""")).Successful();
        await using var replica = await WebhookProcess.StartAsync(new()
        {
            Kubeconfig = await ServiceAccountToken.KubeconfigAsync(plane, Home, Home),
            Configuration = $"controllers: {{leaseNamespace: {Home}}}\n",
            SelfManaged = Home,
        });
        var bundle = await Eventually.ValueAsync("caBundle is filled in", () => BundleAsync(plane));
        (await plane.Admin.PostAsync(ApiPaths.Profiles(), """{"apiVersion":"accesslog.mesh/v1alpha1","kind":"AccessLogProfile","metadata":{"name":"team"},"spec":{}}""")).Successful();
        await Eventually.HoldsAsync("the profile has its finalizer", async () => (await plane.Admin.GetAsync(ApiPaths.Profiles("team"))).Json["metadata"]!["finalizers"] is not null);

        (await HelmAsync(plane, "upgrade", Home, Chart(), "--reuse-values", "--set", "replicaCount=3")).Successful();
        Assert.Equal(bundle, await BundleAsync(plane));
        (await plane.Admin.GetAsync("/apis/rbac.authorization.k8s.io/v1/namespaces/istio-system/roles/accesslog-webhook-mesh")).Successful();
        await TestAsync(plane, replica);
        await Eventually.HoldsAsync("there are three Pods", async () => (await PodsAsync(plane)).Count == 3);
        var slow = (await PodsAsync(plane))[0];
        (await plane.Admin.PostAsync(
            $"{ApiPaths.Pods(Home, slow)}/binding",
            $$$"""{"apiVersion":"v1","kind":"Binding","metadata":{"name":"{{{slow}}}"},"target":{"apiVersion":"v1","kind":"Node","name":"node"} }""")).Successful();

        var uninstalling = HelmAsync(plane, "uninstall", Home);
        var cleanup = await Eventually.ValueAsync("the Job has a Pod", async () =>
            (await plane.Admin.GetAsync($"{ApiPaths.Pods(Home)}?labelSelector=app.kubernetes.io/name=accesslog-webhook-cleanup")).Successful()["items"]!.AsArray() is [var pod] ? pod : null);
        var cleaning = ProductCommand.RunAsync(
        [
            .. cleanup["spec"]!["containers"]![0]!["args"]!.AsArray().Select(argument => (string)argument!),
            "--kubeconfig", await ServiceAccountToken.KubeconfigAsync(plane, Home, (string)cleanup["spec"]!["serviceAccountName"]!),
        ]);
        await Eventually.HoldsAsync("only the Pod that is slow to end is left", async () =>
            await PodsAsync(plane) is [var only] && only == slow && (await plane.Admin.GetAsync(ApiPaths.Pods(Home, slow))).Json["metadata"]!["deletionTimestamp"] is not null);
        await Eventually.HoldsAsync("nothing waits for a replica", async () => await BundleAsync(plane) is null);
        Assert.NotNull((await plane.Admin.GetAsync(ApiPaths.Profiles("team"))).Json["metadata"]!["finalizers"]);
        Assert.False(cleaning.IsCompleted);

        // It may lead until now.
        await replica.StopAsync();
        (await plane.Admin.DeleteAsync($"{ApiPaths.Pods(Home, slow)}?gracePeriodSeconds=0")).Successful();
        var said = await cleaning;
        Assert.True(said.ExitCode == 0, said.Output + said.Error);
        await SucceedAsync(plane, (string)cleanup["metadata"]!["name"]!);
        (await uninstalling).Successful();

        Assert.Null((await plane.Admin.GetAsync(ApiPaths.Profiles("team"))).Successful()["metadata"]!["finalizers"]);
        foreach (var path in (string[])
        [
            "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations",
            "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations",
            $"/api/v1/namespaces/{Home}/secrets",
            $"/apis/coordination.k8s.io/v1/namespaces/{Home}/leases",
            $"/apis/rbac.authorization.k8s.io/v1/clusterroles?{Labelled}",
            $"/apis/rbac.authorization.k8s.io/v1/clusterrolebindings?{Labelled}",
            $"/apis/rbac.authorization.k8s.io/v1/roles?{Labelled}",
            $"/apis/rbac.authorization.k8s.io/v1/rolebindings?{Labelled}",
            $"/api/v1/serviceaccounts?{Labelled}",
            $"/api/v1/configmaps?{Labelled}",
            $"/apis/apps/v1/deployments?{Labelled}",
        ])
        {
            await Eventually.HoldsAsync($"nothing is left at {path}", async () => (await plane.Admin.GetAsync(path)).Successful()["items"]!.AsArray().Count == 0);
        }

        Assert.Contains("Left in place: AccessLogProfiles", said.Output, StringComparison.Ordinal);
        Assert.NotEmpty((await plane.Admin.GetAsync(ApiPaths.EnvoyFilters("istio-system"))).Successful()["items"]!.AsArray());
    }

    /// <summary>What NOTES.txt says to try.</summary>
    private static async Task TestAsync(ControlPlane plane, WebhookProcess replica)
    {
        const string Name = "accesslog-webhook-test";
        var testing = HelmAsync(plane, "test", Home);
        var pod = await Eventually.ValueAsync("the test's Pod is there", async () => await plane.Admin.GetAsync(ApiPaths.Pods(Home, Name)) is { IsSuccess: true } found ? found.Json : null);
        var file = Path.Combine(plane.Directory, "pod.yaml");
        var content = (string)(await plane.Admin.GetAsync($"/api/v1/namespaces/{Home}/configmaps/{Name}")).Successful()["data"]!["pod.yaml"]!;
        await File.WriteAllTextAsync(file, content, TestContext.Current.CancellationToken);

        // What kube-proxy would do for the Service.
        Assert.Equal(
            [$"--host=accesslog-webhook.{Home}.svc", "--http-port=8080"], Arguments(pod, "ready")[1..]);
        (await ProductCommand.RunAsync(Arguments(pod, "ready")[0], "--host=localhost", $"--http-port={replica.Endpoint.Http.Port}")).Successful();
        (await ProductCommand.RunAsync(
        [
            .. Arguments(pod, "review").Select(argument => argument == "/test/pod.yaml" ? file : argument),
            "--kubeconfig", await ServiceAccountToken.KubeconfigAsync(plane, Home, (string)pod["spec"]!["serviceAccountName"]!),
        ])).Successful();
        await SucceedAsync(plane, Name);
        (await testing).Successful();
    }

    private static List<string> Arguments(JsonObject pod, string container) =>
        [.. pod["spec"]!["containers"]!.AsArray().Single(each => (string)each!["name"]! == container)!["args"]!.AsArray().Select(argument => (string)argument!)];

    private static async Task SucceedAsync(ControlPlane plane, string pod) =>
        (await plane.Admin.PatchAsync($"{ApiPaths.Pods(Home, pod)}/status", """{"status":{"phase":"Succeeded"}}""")).Successful();

    private static Task<CommandResult> HelmAsync(ControlPlane plane, string verb, params IEnumerable<string> arguments) =>
        ProductCommand.RunAsync(TestEnvironment.Helm!, [verb, .. arguments, "--namespace", Home, "--kubeconfig", plane.AdminKubeconfig]);

    /// <summary>Null where a configuration is not there, or not filled in.</summary>
    private static async Task<string?> BundleAsync(ControlPlane plane) =>
        await plane.Admin.GetAsync("/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/accesslog-webhook") is { IsSuccess: true } configuration
            ? (string?)configuration.Json["webhooks"]![0]!["clientConfig"]!["caBundle"]
            : null;

    private static async Task<List<string>> PodsAsync(ControlPlane plane) =>
        [.. (await plane.Admin.GetAsync($"{ApiPaths.Pods(Home)}?{Labelled}")).Successful()["items"]!.AsArray().Select(pod => (string)pod!["metadata"]!["name"]!)];

    private static string Chart([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../charts/accesslog-webhook"));
}
