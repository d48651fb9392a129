using System.Text.Json.Nodes;
using AccessLogWebhook.ClusterTests.Support;

namespace AccessLogWebhook.ClusterTests.Controllers;

/// <summary>The same edit twice: with a leader that lives, and with one that is killed when some of it is done and some is not.</summary>
public sealed class LostLeaderTests(ControllerPlane plane) : IClassFixture<ControllerPlane>, IAsyncLifetime
{
    private const int Profiles = 30;
    private const int Carried = 5;
    private const int DoneBefore = 10;
    private const string Space = "shop";
    private const string Webhooks = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations";

    private readonly ManualResetEventSlim gate = new();
    private int created;

    private ApiClient Admin => plane.Admin;

    private static IEnumerable<string> Names => Enumerable.Range(0, Profiles).Select(number => $"team-{number:00}");

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        gate.Set();
        await plane.EndAsync();
        gate.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task The_end_is_the_same_where_the_leader_is_killed_in_the_middle()
    {
        (await Admin.PostAsync(ApiPaths.Namespaces(), $$$"""{"metadata":{"name":"{{{Space}}}"} }""")).Successful();
        await PrepareAsync();
        var before = await RevisionsAsync();
        await EditAsync();
        await DoneAsync(before);
        var undisturbed = await EndAsync();
        await ClearAsync();

        var (leader, other) = await PrepareAsync();
        Assert.Equal(before, await RevisionsAsync());
        await using (await StubbornAsync())
        {
            await EditAsync();
            await Eventually.HoldsAsync("the leader waits in the middle", () => Task.FromResult(Volatile.Read(ref created) > DoneBefore));
            await leader.KillAsync();
            gate.Set();
            var revisions = await RevisionsAsync();
            Assert.InRange(Names.Count(name => revisions[name] != before[name]), 1, Profiles - 1);
            Assert.InRange((await FiltersAsync()).Count(name => !before.Any(old => name == $"accesslog-{old.Key}-{old.Value}")), 1, Profiles - 1);

            await DoneAsync(before);
        }

        Assert.True(await ControllerPlane.LeadsAsync(other));
        Assert.Equal(undisturbed, await EndAsync());
    }

    /// <summary>Two replicas, and all profiles in place, of which some are carried.</summary>
    private async Task<(WebhookProcess Leader, WebhookProcess Other)> PrepareAsync()
    {
        var replicas = await plane.StartTwoAsync();
        foreach (var name in Names)
        {
            (await Admin.PostAsync(ApiPaths.Profiles(), $$$"""{"apiVersion":"accesslog.mesh/v1alpha1","kind":"AccessLogProfile","metadata":{"name":"{{{name}}}"},"spec":{} }""")).Successful();
        }

        foreach (var name in Names.Take(Carried))
        {
            (await Admin.PostAsync(ApiPaths.Pods(Space), $$$"""
                {"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{{name}}}","labels":{"accesslog.mesh/profile":"{{{name}}}","accesslog.mesh/revision":"{{{await plane.RevisionAsync(name)}}}"} },
                 "spec":{"containers":[{"name":"api","image":"api:1"}]} }
                """)).Successful();
        }

        foreach (var name in Names)
        {
            await plane.RevisionAsync(name);
        }

        await Eventually.HoldsAsync("the Pods are known", async () => await plane.ConditionAsync($"team-{Carried - 1:00}", "InUse", "True") is not null);
        return replicas;
    }

    private async Task EditAsync()
    {
        foreach (var name in Names)
        {
            (await Admin.PatchAsync(ApiPaths.Profiles(name), """{"spec":{"filter":{"minStatus":500}}}""")).Successful();
        }
    }

    /// <summary>Waits until new revisions are handed out, and the old ones have gone that nobody carries.</summary>
    private async Task DoneAsync(Dictionary<string, string?> before)
    {
        foreach (var name in Names)
        {
            await plane.RevisionAsync(name, before[name]);
        }

        await Eventually.HoldsAsync("what nobody uses has gone", async () => (await FiltersAsync()).Count == Profiles + Carried);
    }

    /// <summary>A webhook of others that lets so many EnvoyFilters be created, and then none until the gate is opened.</summary>
    private async Task<IAsyncDisposable> StubbornAsync()
    {
        var stub = await StubWebhook.StartAsync((_, request) =>
        {
            if ((string?)request["name"] != "probe" && Interlocked.Increment(ref created) > DoneBefore)
            {
                gate.Wait(TestContext.Current.CancellationToken);
            }

            return new JsonObject { ["allowed"] = true };
        });
        (await Admin.PostAsync(Webhooks, $$$"""
            {"apiVersion":"admissionregistration.k8s.io/v1","kind":"ValidatingWebhookConfiguration","metadata":{"name":"stubborn"},
             "webhooks":[{"name":"stubborn.example.com","admissionReviewVersions":["v1"],"sideEffects":"None","failurePolicy":"Fail","timeoutSeconds":30,
                          "clientConfig":{"url":"{{{new Uri(stub.Endpoint.Https, "/validate")}}}","caBundle":"{{{Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(stub.Endpoint.AuthorityPem))}}}"},
                          "rules":[{"apiGroups":["networking.istio.io"],"apiVersions":["*"],"operations":["CREATE"],"resources":["envoyfilters"]}]}]}
            """)).Successful();
        await Eventually.HoldsAsync("the webhook is in force", async () =>
        {
            await Admin.PostAsync(
                ApiPaths.EnvoyFilters("default"), """{"apiVersion":"networking.istio.io/v1alpha3","kind":"EnvoyFilter","metadata":{"name":"probe"},"spec":{"configPatches":[]}}""", dryRun: true);
            return stub.Requests.Count > 0;
        });
        return new Registered(Admin, stub);
    }

    private async Task<Dictionary<string, string?>> RevisionsAsync() => (await ItemsAsync(ApiPaths.Profiles()))
        .ToDictionary(profile => (string)profile["metadata"]!["name"]!, profile => (string?)profile["status"]?["revision"]);

    private async Task<List<string>> FiltersAsync() =>
        [.. (await ItemsAsync(ApiPaths.EnvoyFilters(ControllerPlane.RootNamespace))).Select(filter => (string)filter["metadata"]!["name"]!).Where(name => name.StartsWith("accesslog-team-", StringComparison.Ordinal))];

    /// <summary>All that there is when nothing is written any more, without what differs with each object and time.</summary>
    private async Task<string> EndAsync()
    {
        // Longer than a status is held back in which only counts have changed.
        await plane.StaysAsync(TimeSpan.FromSeconds(12));
        var lines = new List<string>();
        foreach (var path in (string[])[ApiPaths.Profiles(), "/apis/networking.istio.io/v1alpha3/envoyfilters", "/apis/telemetry.istio.io/v1/telemetries", ApiPaths.Pods(Space)])
        {
            lines.AddRange((await ItemsAsync(path)).Select(Lasting));
        }

        return string.Join('\n', lines);
    }

    private static string Lasting(JsonObject item)
    {
        var metadata = item["metadata"]!.AsObject();
        foreach (var field in (string[])["uid", "resourceVersion", "creationTimestamp"])
        {
            metadata.Remove(field);
        }

        var owners = metadata["managedFields"]!.AsArray().Select(owner => owner!.AsObject()).ToList();
        owners.ForEach(owner => owner.Remove("time"));
        metadata["managedFields"] = string.Join(' ', owners.Select(owner => owner.ToJsonString()).Order(StringComparer.Ordinal));
        foreach (var condition in item["status"]?["conditions"]?.AsArray() ?? [])
        {
            condition!.AsObject().Remove("lastTransitionTime");
        }

        return item.ToJsonString();
    }

    /// <summary>Leaves nothing of the first run but the namespace.</summary>
    private async Task ClearAsync()
    {
        await plane.EndAsync();
        (await Admin.DeleteAsync(ApiPaths.EnvoyFilters(ControllerPlane.RootNamespace))).Successful();
        (await Admin.DeleteAsync(ApiPaths.Pods(Space))).Successful();
        await Eventually.HoldsAsync("all has gone", async () =>
            (await ItemsAsync(ApiPaths.EnvoyFilters(ControllerPlane.RootNamespace))).Count + (await ItemsAsync(ApiPaths.Pods(Space))).Count + (await ItemsAsync(ApiPaths.Profiles())).Count == 0);
    }

    private async Task<List<JsonObject>> ItemsAsync(string path) => [.. (await Admin.GetAsync(path)).Successful()["items"]!.AsArray().Select(item => item!.AsObject())];

    private sealed class Registered(ApiClient admin, StubWebhook stub) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await admin.DeleteAsync($"{Webhooks}/stubborn");
            await stub.DisposeAsync();
        }
    }
}
