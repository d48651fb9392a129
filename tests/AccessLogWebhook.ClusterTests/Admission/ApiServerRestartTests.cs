using AccessLogWebhook.ClusterTests.Support;

namespace AccessLogWebhook.ClusterTests.Admission;

/// <summary>The API server goes and comes back while Pods are being created, on a control plane of its own.</summary>
public sealed class ApiServerRestartTests(ControlPlaneFixture fixture) : ClusterTest(fixture)
{
    private const string Pod = """
        {"apiVersion":"v1","kind":"Pod","metadata":{"generateName":"api-"},"spec":{"containers":[{"name":"api","image":"api:1"}]}}
        """;

    private readonly ControlPlaneBinaries binaries = fixture.Binaries;

    [Fact]
    public async Task Every_Pod_that_is_created_through_a_restart_is_labelled_and_the_webhook_follows_on()
    {
        await using var plane = await ControlPlane.StartAsync(binaries);
        await plane.InstallCrdsAsync();
        await ServedWebhook.InstallJsonFilterAsync(plane);
        var user = await plane.CreateUserAsync(ServedWebhook.Rights);
        await using var webhook = await WebhookProcess.StartAsync(new() { Kubeconfig = user.Kubeconfig });
        await using var registration = await webhook.RegisterWebhooksAsync(plane);
        var space = await registration.CreateNamespaceAsync(("istio-injection", "enabled"), ("accesslog.mesh/inject", "json"), ("accesslog.mesh/enforce", "json"));
        using var stop = new CancellationTokenSource();
        var load = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => CreateAsync(plane, space, stop.Token)));

        await plane.RestartApiServerAsync();
        await plane.KillApiServerAsync();
        await plane.StartApiServerAsync();
        var after = await registration.CreateNamespaceAsync(("istio-injection", "enabled"), ("accesslog.mesh/enforce", "json"));
        var refused = await plane.Admin.PostAsync(ApiPaths.Pods(after), Pod);
        (await plane.Admin.PatchAsync(ApiPaths.Namespaces(after), """{"metadata":{"labels":{"accesslog.mesh/inject":"json"}}}""")).Successful();
        await Eventually.HoldsAsync("a relabelled namespace is honoured again", async () => (await plane.Admin.PostAsync(ApiPaths.Pods(after), Pod, dryRun: true)).IsSuccess);
        await stop.CancelAsync();
        var created = (await load).Sum();

        Assert.False(refused.IsSuccess);
        Assert.True(created > 20, $"only {created} Pods were created");
        var pods = (await plane.Admin.GetAsync(ApiPaths.Pods(space))).Successful()["items"]!.AsArray();
        Assert.True(pods.Count >= created);
        Assert.All(pods, pod => Assert.Equal("json", (string?)pod!["metadata"]!["labels"]!["accesslog.mesh/profile"]));
        await webhook.IsReadyAsync();
        Assert.True(await webhook.StopAsync());
        Assert.Equal(0, await webhook.ExitCodeAsync());
    }

    /// <summary>Creates Pods one after another; what fails must be for want of an API server, never for the webhook.</summary>
    private static async Task<int> CreateAsync(ControlPlane plane, string space, CancellationToken stop)
    {
        var created = 0;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var answer = await plane.Admin.PostAsync(ApiPaths.Pods(space), Pod);
                Assert.False(answer.Body.Contains("accesslog.mesh\\\"", StringComparison.Ordinal), answer.Body);
                created += answer.IsSuccess ? 1 : 0;
            }
            catch (HttpRequestException)
            {
                await Task.Yield();
            }
        }

        return created;
    }
}
