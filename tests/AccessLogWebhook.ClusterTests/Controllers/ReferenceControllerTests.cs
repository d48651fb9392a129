using System.Text.Json.Nodes;
using AccessLogWebhook.ClusterTests.Support;

namespace AccessLogWebhook.ClusterTests.Controllers;

/// <summary>Profiles and their references on a real API server, with the product as it is shipped.</summary>
public sealed class ReferenceControllerTests(ControllerPlane plane) : IClassFixture<ControllerPlane>, IAsyncLifetime
{
    private const string Pod = """
        {"apiVersion":"v1","kind":"Pod","metadata":{"generateName":"api-"},"spec":{"containers":[{"name":"api","image":"api:1"}]}}
        """;

    private const int Pods = 200;

    private ApiClient Admin => plane.Admin;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await plane.EndAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task An_edit_leaves_the_reference_of_running_Pods_alone_until_the_last_has_gone()
    {
        var replica = await plane.StartReplicaAsync();
        var profile = await plane.CreateProfileAsync();
        await using var registration = await replica.RegisterWebhooksAsync(plane.Plane);
        var (space, old) = await FilledNamespaceAsync(registration, profile);
        var reference = (await plane.FilterAsync(profile, old)).Successful();

        (await Admin.PatchAsync(ApiPaths.Profiles(profile), """{"spec":{"filter":{"minStatus":400}}}""")).Successful();
        var revision = await plane.RevisionAsync(profile, old);
        await Eventually.HoldsAsync("new Pods get the new revision", async () => RevisionOf(await CreatePodAsync(space)) == revision);
        var pods = await PodsAsync(space);
        Assert.Equal(Pods, pods.Count(pod => RevisionOf(pod) == old));
        Assert.Equal("in place", (await plane.ConditionAsync(profile, "Ready", "True"))?[^9..^1]);
        foreach (var pod in pods.Where(pod => RevisionOf(pod) == old).Skip(1))
        {
            await DeleteAsync(pod);
        }

        await Eventually.HoldsAsync("the status counts those that are left", async () =>
            (int)(await Admin.GetAsync(ApiPaths.Profiles(profile))).Successful()["status"]!["workloads"]!["outdated"]! == 1);
        Assert.Equal(reference.ToJsonString(), (await plane.FilterAsync(profile, old)).Successful().ToJsonString());

        await DeleteAsync(pods.First(pod => RevisionOf(pod) == old));

        await Eventually.HoldsAsync("the old reference goes", async () => !(await plane.FilterAsync(profile, old)).IsSuccess);
        Assert.True((await plane.FilterAsync(profile, revision)).IsSuccess);
    }

    [Fact]
    public async Task A_namespace_that_hangs_in_its_deletion_keeps_no_profile_from_being_rolled_out()
    {
        const string Silencing = """{"silencedProviders":["envoy"]}""";
        await plane.StartReplicaAsync();
        var profile = await plane.CreateProfileAsync(Silencing);
        Dictionary<string, string> labels = new() { ["accesslog.mesh/inject"] = profile };
        var (hanging, other) = (await plane.Plane.CreateNamespaceAsync(labels), await plane.Plane.CreateNamespaceAsync(labels));
        var before = await plane.RevisionAsync(profile);
        foreach (var space in (string[])[hanging, other])
        {
            await Eventually.HoldsAsync("both have their Telemetry", async () => (await Admin.GetAsync(ApiPaths.Telemetries(space, $"accesslog-{profile}-{before}"))).IsSuccess);
        }

        (await Admin.DeleteAsync(ApiPaths.Namespaces(hanging))).Successful();
        (await Admin.PatchAsync(ApiPaths.Profiles(profile), """{"spec":{"silencedProviders":["envoy","otel"]}}""")).Successful();

        var revision = await plane.RevisionAsync(profile, before);
        Assert.Equal("Terminating", (string?)(await Admin.GetAsync(ApiPaths.Namespaces(hanging))).Successful()["status"]!["phase"]);
        Assert.True((await Admin.GetAsync(ApiPaths.Telemetries(other, $"accesslog-{profile}-{revision}"))).IsSuccess);
        Assert.False((await Admin.GetAsync(ApiPaths.Telemetries(hanging, $"accesslog-{profile}-{revision}"))).IsSuccess);
        await Eventually.HoldsAsync("the old one goes", async () => !(await plane.FilterAsync(profile, before)).IsSuccess);
    }

    [Fact]
    public async Task A_webhook_of_others_that_fails_is_told_and_holds_up_no_other_profile()
    {
        await plane.StartReplicaAsync();
        var profile = await plane.CreateProfileAsync();
        var old = await plane.RevisionAsync(profile);
        const string Path = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations";
        (await Admin.PostAsync(Path, $$$"""
            {"apiVersion":"admissionregistration.k8s.io/v1","kind":"ValidatingWebhookConfiguration","metadata":{"name":"theirs"},
             "webhooks":[{"name":"theirs.example.com","admissionReviewVersions":["v1"],"sideEffects":"None","failurePolicy":"Fail","clientConfig":{"url":"https://127.0.0.1:1/"},
                          "rules":[{"apiGroups":["networking.istio.io"],"apiVersions":["*"],"operations":["CREATE"],"resources":["envoyfilters"]}],
                          "objectSelector":{"matchLabels":{"accesslog.mesh/profile":"{{{profile}}}"} } }]}
            """)).Successful();
        try
        {
            await Eventually.HoldsAsync("the webhook is in force", async () => !(await Admin.PostAsync(
                ApiPaths.EnvoyFilters("default"),
                $$$"""{"apiVersion":"networking.istio.io/v1alpha3","kind":"EnvoyFilter","metadata":{"name":"probe","labels":{"accesslog.mesh/profile":"{{{profile}}}"}},"spec":{"configPatches":[]} }""",
                dryRun: true)).IsSuccess);
            (await Admin.PatchAsync(ApiPaths.Profiles(profile), """{"spec":{"filter":{"minStatus":404}}}""")).Successful();

            var told = await Eventually.ValueAsync("it says what is in the way", () => plane.ConditionAsync(profile, "Ready", "False"));
            Assert.Contains("failed calling webhook", told, StringComparison.Ordinal);
            await Eventually.HoldsAsync("there is an Event", async () => (await EventsAsync(profile)).Contains("ApplyFailed"));
            await plane.CreateProfileAsync();
            Assert.Equal(old, (string?)(await Admin.GetAsync(ApiPaths.Profiles(profile))).Successful()["status"]!["revision"]);
        }
        finally
        {
            await Admin.DeleteAsync($"{Path}/theirs");
        }

        await plane.RevisionAsync(profile, old);
    }

    [Fact]
    public async Task Whoever_changes_a_reference_again_and_again_is_named_until_a_repair_stands()
    {
        await plane.StartReplicaAsync();
        var profile = await plane.CreateProfileAsync();
        var path = ApiPaths.EnvoyFilters(ControllerPlane.RootNamespace, $"accesslog-{profile}-{await plane.RevisionAsync(profile)}");

        var told = await Eventually.ValueAsync("it says who does it", async () =>
        {
            (await Admin.PatchAsync($"{path}?fieldManager=their-operator", """{"spec":{"priority":99}}""")).Successful();
            return await plane.ConditionAsync(profile, "Ready", "False");
        });

        Assert.Contains("changed again and again, last by field manager \"their-operator\"", told, StringComparison.Ordinal);
        await Eventually.HoldsAsync("there is an Event", async () => (await EventsAsync(profile)).Contains("Contested"));
        await Eventually.HoldsAsync("it is put right", async () => (int)(await Admin.GetAsync(path)).Successful()["spec"]!["priority"]! != 99);
        await Eventually.HoldsAsync("it is at peace", async () => await plane.ConditionAsync(profile, "Ready", "True") is not null);
    }

    [Fact]
    public async Task What_others_do_to_a_reference_is_undone()
    {
        await plane.StartReplicaAsync();
        var profile = await plane.CreateProfileAsync();
        var revision = await plane.RevisionAsync(profile);
        var path = ApiPaths.EnvoyFilters(ControllerPlane.RootNamespace, $"accesslog-{profile}-{revision}");
        var spec = (await Admin.GetAsync(path)).Successful()["spec"]!.ToJsonString();
        await Eventually.HoldsAsync("it is seen", async () => await plane.ConditionAsync(profile, "Ready", "True") is not null);

        (await Admin.PatchAsync(path, """{"spec":{"configPatches":[],"workloadSelector":{"labels":{"accesslog.mesh/revision":"0","a":"b"}}}}""")).Successful();
        await Eventually.HoldsAsync("it is as it was rendered", async () => JsonNode.DeepEquals((await Admin.GetAsync(path)).Successful()["spec"], JsonNode.Parse(spec)));

        (await Admin.PatchAsync(path, """{"metadata":{"labels":{"app.kubernetes.io/managed-by":null,"accesslog.mesh/profile":"other"}}}""")).Successful();
        await Eventually.HoldsAsync("it has its labels", async () => (await Admin.GetAsync(path)) is var found
            && found.Labels.GetValueOrDefault("accesslog.mesh/profile") == profile && found.Labels.GetValueOrDefault("app.kubernetes.io/managed-by") == "accesslog-webhook");

        (await Admin.DeleteAsync(path)).Successful();
        await Eventually.HoldsAsync("it is there again", async () => (await Admin.GetAsync(path)).IsSuccess);

        await Eventually.HoldsAsync("there are Events", async () => (await EventsAsync(profile)).IsSupersetOf(["Rendered", "Repaired"]));
    }

    [Fact]
    public async Task A_label_that_somebody_adds_is_not_fought_over()
    {
        await plane.StartReplicaAsync();
        var profile = await plane.CreateProfileAsync();
        var path = ApiPaths.EnvoyFilters(ControllerPlane.RootNamespace, $"accesslog-{profile}-{await plane.RevisionAsync(profile)}");
        (await Admin.PatchAsync(path, """{"metadata":{"labels":{"accesslog.mesh/theirs":"a","theirs":"b"}}}""")).Successful();

        await plane.StaysAsync(TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task A_profile_that_is_deleted_while_in_use_stays_and_says_who_uses_it_until_nobody_does()
    {
        var replica = await plane.StartReplicaAsync();
        var profile = await plane.CreateProfileAsync();
        var revision = await plane.RevisionAsync(profile);
        await using var registration = await replica.RegisterWebhooksAsync(plane.Plane);
        var space = await registration.CreateNamespaceAsync(("istio-injection", "enabled"), ("accesslog.mesh/inject", profile));
        await Eventually.HoldsAsync("a Pod carries it", async () => RevisionOf(await CreatePodAsync(space)) == revision);
        var pods = await PodsAsync(space);
        (await Admin.PatchAsync(ApiPaths.Namespaces(space), """{"metadata":{"labels":{"accesslog.mesh/inject":null}}}""")).Successful();

        (await Admin.DeleteAsync(ApiPaths.Profiles(profile))).Successful();

        var first = pods.Select(pod => (string)pod["metadata"]!["name"]!).Order(StringComparer.Ordinal).First();
        var message = await Eventually.ValueAsync("it says who uses it", async () =>
            await plane.ConditionAsync(profile, "Terminating", "False") is { } told && !told.Contains("asks", StringComparison.Ordinal) ? told : null);
        Assert.Contains($"Pod {space}/{first}", message, StringComparison.Ordinal);
        Assert.True((await plane.FilterAsync(profile, revision)).IsSuccess);
        await Eventually.HoldsAsync("there is an Event", async () => (await EventsAsync(profile)).Contains("InUse"));

        foreach (var pod in await PodsAsync(space))
        {
            await DeleteAsync(pod);
        }

        await Eventually.HoldsAsync("it goes", async () => !(await Admin.GetAsync(ApiPaths.Profiles(profile))).IsSuccess);
        Assert.False((await plane.FilterAsync(profile, revision)).IsSuccess);
    }

    [Fact]
    public async Task Two_replicas_leave_each_other_s_work_alone_and_so_does_whoever_follows()
    {
        var (leader, other) = await plane.StartTwoAsync();
        foreach (var spec in (string[])["{}", """{"filter":{"minStatus":400}}""", """{"format":{"text":{"line":"%PROTOCOL%\n"}}}"""])
        {
            await plane.CreateProfileAsync(spec);
        }

        await plane.StaysAsync(TimeSpan.FromSeconds(5));

        var before = await plane.VersionsAsync();
        Assert.True(await leader.StopAsync());
        await Eventually.HoldsAsync("the other follows", () => ControllerPlane.LeadsAsync(other), TimeSpan.FromSeconds(8));
        await Eventually.HoldsAsync("it has been through once", async () =>
            PrometheusText.Sum(await other.MetricsAsync(), "accesslog_reconcile_duration_seconds_count") > 0);
        await plane.StaysAsync(TimeSpan.FromSeconds(3));
        Assert.Equal(before, await plane.VersionsAsync());
    }

    [Fact]
    public async Task A_replica_whose_controllers_are_switched_off_writes_nothing()
    {
        var replica = await plane.StartReplicaAsync("controllers: {enabled: false, leaseNamespace: default}\n");
        await plane.NameProfileAsync("{}");

        await plane.StaysAsync(TimeSpan.FromSeconds(3));

        Assert.False((await Admin.GetAsync("/apis/coordination.k8s.io/v1/namespaces/default/leases/accesslog-webhook")).IsSuccess);
        Assert.All((await Admin.GetAsync(ApiPaths.Profiles())).Successful()["items"]!.AsArray(), profile => Assert.Null(profile!["status"]));
        Assert.False(await ControllerPlane.LeadsAsync(replica));
    }

    [Fact]
    public async Task What_the_API_server_refuses_is_told_in_the_status_and_done_when_it_no_longer_does()
    {
        await plane.StartReplicaAsync();
        var profile = await plane.CreateProfileAsync();
        var old = await plane.RevisionAsync(profile);
        const string Policy = """
            {"apiVersion":"admissionregistration.k8s.io/v1","kind":"ValidatingAdmissionPolicy","metadata":{"name":"no-filters"},
             "spec":{"matchConstraints":{"resourceRules":[{"apiGroups":["networking.istio.io"],"apiVersions":["*"],"operations":["CREATE"],"resources":["envoyfilters"]}]},
                     "validations":[{"expression":"false","message":"no EnvoyFilters here"}]}}
            """;
        const string Binding = """
            {"apiVersion":"admissionregistration.k8s.io/v1","kind":"ValidatingAdmissionPolicyBinding","metadata":{"name":"no-filters"},
             "spec":{"policyName":"no-filters","validationActions":["Deny"]}}
            """;
        (await Admin.PostAsync("/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies", Policy)).Successful();
        (await Admin.PostAsync("/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings", Binding)).Successful();
        try
        {
            var filters = ApiPaths.EnvoyFilters("default");
            await Eventually.HoldsAsync("the policy is in force", async () => !(await Admin.PostAsync(
                filters, """{"apiVersion":"networking.istio.io/v1alpha3","kind":"EnvoyFilter","metadata":{"name":"probe"},"spec":{"configPatches":[]}}""", dryRun: true)).IsSuccess);
            (await Admin.PatchAsync(ApiPaths.Profiles(profile), """{"spec":{"filter":{"minStatus":404}}}""")).Successful();

            var told = await Eventually.ValueAsync("it says what is in the way", () => plane.ConditionAsync(profile, "Ready", "False"));
            Assert.Contains("no EnvoyFilters here", told, StringComparison.Ordinal);
            Assert.Equal(old, (string?)(await Admin.GetAsync(ApiPaths.Profiles(profile))).Successful()["status"]!["revision"]);
            Assert.True((await plane.FilterAsync(profile, old)).IsSuccess);
        }
        finally
        {
            await Admin.DeleteAsync("/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings/no-filters");
            await Admin.DeleteAsync("/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/no-filters");
        }

        await plane.RevisionAsync(profile, old);
        await Eventually.HoldsAsync("it is in order", async () => await plane.ConditionAsync(profile, "Ready", "True") is not null);
    }

    /// <summary>A namespace with 200 Pods that the webhook has given the profile.</summary>
    private async Task<(string Space, string Revision)> FilledNamespaceAsync(WebhookRegistration registration, string profile)
    {
        var revision = await plane.RevisionAsync(profile);
        var space = await registration.CreateNamespaceAsync(("istio-injection", "enabled"), ("accesslog.mesh/inject", profile));
        await Eventually.HoldsAsync("Pods get the profile", async () => RevisionOf((await Admin.PostAsync(ApiPaths.Pods(space), Pod, dryRun: true)).Successful()) == revision);
        await Parallel.ForAsync(0, Pods, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (_, _) => await CreatePodAsync(space));
        Assert.All(await PodsAsync(space), pod => Assert.Equal(revision, RevisionOf(pod)));
        return (space, revision);
    }

    /// <summary>The reasons of the Events about a profile.</summary>
    private async Task<HashSet<string>> EventsAsync(string profile) =>
    [
        .. (await Admin.GetAsync("/apis/events.k8s.io/v1/namespaces/default/events")).Successful()["items"]!.AsArray()
            .Where(told => (string?)told!["regarding"]!["name"] == profile).Select(told => (string)told!["reason"]!),
    ];

    private async Task<JsonObject> CreatePodAsync(string space) => (await Admin.PostAsync(ApiPaths.Pods(space), Pod)).Successful();

    private async Task<List<JsonObject>> PodsAsync(string space) =>
        [.. (await Admin.GetAsync(ApiPaths.Pods(space))).Successful()["items"]!.AsArray().Select(pod => pod!.AsObject())];

    private async Task DeleteAsync(JsonObject pod) =>
        (await Admin.DeleteAsync(ApiPaths.Pods((string)pod["metadata"]!["namespace"]!, (string)pod["metadata"]!["name"]!))).Successful();

    private static string? RevisionOf(JsonObject pod) => (string?)pod["metadata"]!["labels"]?["accesslog.mesh/revision"];
}
