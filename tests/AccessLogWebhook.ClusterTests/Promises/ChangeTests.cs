using AccessLogWebhook.ClusterTests.Install;
using AccessLogWebhook.ClusterTests.Support;

namespace AccessLogWebhook.ClusterTests.Promises;

/// <summary>Configuration files and profiles change, well and badly, while Pods are created by them.</summary>
public sealed class ChangeTests(ControlPlaneFixture fixture)
{
    [Fact]
    public async Task While_the_configuration_changes_and_is_broken_and_mended_no_request_is_lost()
    {
        await using var service = await PromisedService.StartAsync(fixture.Binaries);
        await using var load = await MixedLoad.StartAsync(service.Plane);
        for (var round = 0; round < 3; round++)
        {
            foreach (var change in (string[])["defaults: {warn: json}\n", "defaults: {warn: jsno, audti: [}\n", "exemptions: {namespaces: [another]}\n", ""])
            {
                foreach (var replica in service.Replicas)
                {
                    replica.ReplaceConfiguration(PromisedService.Configuration + change);
                }

                var isBroken = change.Contains("audti", StringComparison.Ordinal);
                await Eventually.HoldsAsync("every replica has seen it", async () => (await Task.WhenAll(service.Replicas.Select(replica => replica.MetricsAsync())))
                    .All(metrics => PrometheusText.Sum(metrics, "accesslog_configuration_errors") > 0 == isBroken));
                await load.GoesOnAsync(20);
            }
        }

        await load.EndWithoutLossAsync();
        Assert.Equal(0, service.Endpoints.Emptied);
    }

    [Fact]
    public async Task While_a_profile_goes_from_revision_to_revision_every_Pod_gets_one_whose_reference_is_there()
    {
        await using var service = await PromisedService.StartAsync(fixture.Binaries);
        var admin = service.Plane.Admin;
        (await admin.PostAsync(ApiPaths.Profiles(), """{"apiVersion":"accesslog.mesh/v1alpha1","kind":"AccessLogProfile","metadata":{"name":"team"},"spec":{}}""")).Successful();
        var revision = await RevisionAsync(admin, "");
        var space = await Eventually.ValueAsync("a namespace may ask for it", async () =>
        {
            var made = await admin.PostAsync(
                ApiPaths.Namespaces(), """{"metadata":{"generateName":"team-","labels":{"istio-injection":"enabled","accesslog.mesh/inject":"team","accesslog.mesh/enforce":"team"}}}""");
            return made.IsSuccess ? (string?)made.Json["metadata"]!["name"] : null;
        });
        await using var load = new PodLoad(service.Plane, space);
        await using var others = await MixedLoad.StartAsync(service.Plane);
        var filters = new HashSet<string>();
        for (var change = 0; change < 3; change++)
        {
            filters.Add(revision);
            var before = load.Created;
            (await admin.PatchAsync(ApiPaths.Profiles("team"), $$"""{"spec":{"filter":{"minDuration":"{{filters.Count}}00ms"} } }""")).Successful();
            revision = await RevisionAsync(admin, revision);
            await Eventually.HoldsAsync("Pods are created by it", () => Task.FromResult(load.Created > before + 20));
        }

        filters.Add(revision);
        await load.EndAsync();
        await others.EndWithoutLossAsync();
        var pods = (await admin.GetAsync(ApiPaths.Pods(space))).Successful()["items"]!.AsArray();
        Assert.Equal(filters.Order(), pods.Select(pod => (string)pod!["metadata"]!["labels"]!["accesslog.mesh/revision"]!).Distinct().Order());
        foreach (var each in filters)
        {
            (await admin.GetAsync(ApiPaths.EnvoyFilters("istio-system", $"accesslog-team-{each}"))).Successful();
        }
    }

    private static Task<string> RevisionAsync(ApiClient admin, string before) => Eventually.ValueAsync("the profile has another revision", async () =>
        (string?)(await admin.GetAsync(ApiPaths.Profiles("team"))).Successful()["status"]?["revision"] is { } found && found != before ? found : null);
}
