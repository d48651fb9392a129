using System.Net;
using System.Text.Json.Nodes;
using AccessLogWebhook.ClusterTests.Install;
using AccessLogWebhook.ClusterTests.Support;

namespace AccessLogWebhook.ClusterTests.Promises;

/// <summary>Nobody answers any more: who is held up, what they are told, and what is found of it afterwards.</summary>
public sealed class LostReplicasTests(ControlPlaneFixture fixture)
{
    // Of a mesh at work: an audit of what runs without a proxy says that.
    private const string Pod = """
        {"metadata":{"generateName":"api-","annotations":{"sidecar.istio.io/status":"{}"}},
         "spec":{"automountServiceAccountToken":false,"containers":[{"name":"api","image":"api:1"},{"name":"istio-proxy","image":"proxyv2:1"}]}}
        """;

    [Fact]
    public async Task Enforce_refuses_and_names_the_way_out_and_the_audit_lists_what_slipped_through_inject_and_nothing_else()
    {
        await using var service = await PromisedService.StartAsync(fixture.Binaries);
        var admin = service.Plane.Admin;
        var (injecting, enforcing, both) = (
            await MixedLoad.NamespaceAsync(service.Plane, "inject"), await MixedLoad.NamespaceAsync(service.Plane, "enforce"), await MixedLoad.NamespaceAsync(service.Plane, "inject", "enforce"));
        var (warning, free) = (await MixedLoad.NamespaceAsync(service.Plane, "warn", "audit"), await MixedLoad.NamespaceAsync(service.Plane));
        await CreateAsync(service, injecting, 3);
        await CreateAsync(service, both, 2);
        await CreateAsync(service, free, 2);
        // The label is proved to be older than a Pod from the next second on.
        await NextSecondAsync();
        foreach (var replica in service.Replicas)
        {
            await replica.KillAsync();
            await service.Endpoints.HasNotAsync(replica);
        }

        // Nobody else notices: not a word, whatever they do.
        foreach (var space in (string[])[free, warning, SelfManagedInstallation.Home, "default"])
        {
            var created = await admin.PostAsync(ApiPaths.Pods(space), Pod);
            Assert.Empty(created.Warnings);
            var path = ApiPaths.Pods(space, Name(created));
            Assert.Empty((await admin.PatchAsync(path, """{"metadata":{"labels":{"more":"x"}}}""")).Warnings);
            Assert.True((await admin.DeleteAsync($"{path}?gracePeriodSeconds=0")).IsSuccess);
        }

        var slipped = await CreateAsync(service, injecting, 5);
        foreach (var space in (string[])[enforcing, both])
        {
            var refused = await admin.PostAsync(ApiPaths.Pods(space), Pod);
            Assert.Equal(HttpStatusCode.InternalServerError, refused.Status);
            Assert.Contains("failed calling webhook \"enforce.accesslog.mesh\"", refused.Message, StringComparison.Ordinal);
            Assert.Contains("/to-go-on-without/label-the-namespace/accesslog.mesh/enforce-off", refused.Message, StringComparison.Ordinal);
        }

        // The way out, while nobody answers, as a user takes it; and what slips through then.
        (await service.Plane.KubectlAsync(["label", "namespace", both, "accesslog.mesh/enforce=off", "--overwrite"])).Successful();
        await Eventually.HoldsAsync("the API server has seen it", async () => (await admin.PostAsync(ApiPaths.Pods(both), Pod, dryRun: true)).IsSuccess);
        slipped = [.. slipped, .. await CreateAsync(service, both, 4)];
        foreach (var name in (await admin.GetAsync(ApiPaths.Pods(enforcing))).Successful()["items"]!.AsArray())
        {
            Assert.Fail($"{name} was let in");
        }

        foreach (var dead in service.Replicas)
        {
            await service.Installation.ForgetAsync(dead);
        }

        await service.Endpoints.HasAsync(await service.Installation.StartReplicaAsync());
        (await service.Plane.KubectlAsync(["label", "namespace", both, "accesslog.mesh/enforce=json", "--overwrite"])).Successful();
        await Eventually.HoldsAsync("Pods are changed again", async () => (await admin.PostAsync(ApiPaths.Pods(injecting), Pod, dryRun: true)).Labels.ContainsKey("accesslog.mesh/profile"));
        await CreateAsync(service, injecting, 2);

        var audited = await ProductCommand.RunAsync("audit", "--kubeconfig", service.Plane.AdminKubeconfig, "-o", "json");
        Assert.Equal(0, audited.ExitCode);
        Assert.Equal(
            slipped.Order(),
            JsonNode.Parse(audited.Output)!.AsArray().Where(row => row!["repair"] is not null).Select(row => $"{row!["namespace"]}/{row["name"]}").Order());
    }

    private static async Task<IReadOnlyList<string>> CreateAsync(PromisedService service, string space, int count)
    {
        var created = new List<string>();
        for (var pod = 0; pod < count; pod++)
        {
            created.Add($"{space}/{Name(await service.Plane.Admin.PostAsync(ApiPaths.Pods(space), Pod))}");
        }

        return created;
    }

    private static string Name(ApiResponse created) => (string)created.Successful()["metadata"]!["name"]!;

    private static async Task NextSecondAsync()
    {
        var second = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        await Eventually.HoldsAsync("another second has begun", () => Task.FromResult(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() > second));
    }
}
