using AccessLogWebhook.ClusterTests.Support;

namespace AccessLogWebhook.ClusterTests.Controllers;

/// <summary>
/// A control plane of their own for the tests of the reference controller: it looks after every profile that there is, and others make profiles,
/// too. Its replicas have no more rights than the README says that they need.
/// </summary>
public sealed class ControllerPlane(ControlPlaneFixture fixture) : IAsyncLifetime
{
    public const string RootNamespace = "istio-system";

    private const string Configuration = "controllers: {removeAfterSeconds: 1}\n";

    private readonly ControlPlaneBinaries binaries = fixture.Binaries;
    private readonly List<WebhookProcess> replicas = [];
    private ControlPlane? plane;
    private ClusterUser? user;

    /// <summary>What the README says under "Commands".</summary>
    public static IReadOnlyList<AccessRule> Rights { get; } =
    [
        new("", ["namespaces"], ["get", "list", "watch"]),
        new("", ["pods"], ["list", "watch"]),
        new("gateway.networking.k8s.io", ["gatewayclasses", "gateways"], ["list", "watch"]),
        new("networking.istio.io", ["gateways"], ["list", "watch"]),
        new("accesslog.mesh", ["accesslogprofiles"], ["get", "list", "watch", "patch"]),
        new("accesslog.mesh", ["accesslogprofiles/status"], ["patch"]),
        new("networking.istio.io", ["envoyfilters"], ["list", "watch", "create", "patch", "delete"]),
        new("telemetry.istio.io", ["telemetries"], ["list", "watch", "create", "patch", "delete"]),
        new("coordination.k8s.io", ["leases"], ["get", "create", "patch"]),
        new("events.k8s.io", ["events"], ["create"]),
        new("openreports.io", ["reports"], ["get", "list", "create", "patch", "delete"]),
        new("wgpolicyk8s.io", ["policyreports"], ["get", "list", "create", "patch", "delete"]),
    ];

    public ControlPlane Plane
    {
        get
        {
            Assert.SkipWhen(binaries.Missing is not null, binaries.Missing ?? "");
            return plane!;
        }
    }

    public ApiClient Admin => Plane.Admin;

    public async ValueTask InitializeAsync()
    {
        if (binaries.Missing is not null)
        {
            return;
        }

        plane = await ControlPlane.StartAsync(binaries);
        await plane.InstallCrdsAsync();
        (await plane.Admin.PostAsync(ApiPaths.Namespaces(), $$$"""{"metadata":{"name":"{{{RootNamespace}}}"}}""")).Successful();
        user = await plane.CreateUserAsync(Rights);
    }

    /// <summary>Starts one replica, which ends with the test: <see cref="EndAsync"/>.</summary>
    public async Task<WebhookProcess> StartReplicaAsync(string configuration = Configuration)
    {
        var replica = await WebhookProcess.StartAsync(new() { Kubeconfig = user!.Kubeconfig, Configuration = configuration });
        replicas.Add(replica);
        return replica;
    }

    public static async Task<bool> LeadsAsync(WebhookProcess replica) => PrometheusText.Sum(await replica.MetricsAsync(), "accesslog_leader") == 1;

    /// <summary>Two replicas, the one that leads first.</summary>
    public async Task<(WebhookProcess Leader, WebhookProcess Other)> StartTwoAsync()
    {
        var (first, second) = (await StartReplicaAsync(), await StartReplicaAsync());
        await Eventually.HoldsAsync("one of them leads", async () => await LeadsAsync(first) != await LeadsAsync(second));
        return await LeadsAsync(first) ? (first, second) : (second, first);
    }

    /// <summary>Makes a profile of this spec with a name of its own, and waits until it is in place.</summary>
    public async Task<string> CreateProfileAsync(string spec = "{}")
    {
        var name = await NameProfileAsync(spec);
        await RevisionAsync(name);
        return name;
    }

    /// <summary>Makes a profile of this spec with a name of its own.</summary>
    public async Task<string> NameProfileAsync(string spec)
    {
        var name = $"p-{Guid.NewGuid():N}"[..10];
        (await Admin.PostAsync(ApiPaths.Profiles(), $$$"""{"apiVersion":"accesslog.mesh/v1alpha1","kind":"AccessLogProfile","metadata":{"name":"{{{name}}}"},"spec":{{{spec}}} }""")).Successful();
        return name;
    }

    /// <summary>Its revision, once it has another one than that, and the reference of it is there.</summary>
    public async Task<string> RevisionAsync(string profile, string? before = null)
    {
        var revision = await Eventually.ValueAsync($"profile {profile} has a revision other than {before}", async () =>
            (string?)(await Admin.GetAsync(ApiPaths.Profiles(profile))).Successful()["status"]?["revision"] is { } found && found != before ? found : null);
        Assert.True((await FilterAsync(profile, revision)).IsSuccess, "a revision is handed out that has no reference");
        return revision;
    }

    public Task<ApiResponse> FilterAsync(string profile, string revision) => Admin.GetAsync(ApiPaths.EnvoyFilters(RootNamespace, $"accesslog-{profile}-{revision}"));

    /// <summary>The message of a condition; null where it is not so.</summary>
    public async Task<string?> ConditionAsync(string profile, string type, string status)
    {
        var found = await Admin.GetAsync(ApiPaths.Profiles(profile));
        return found.IsSuccess
            ? (string?)found.Json["status"]?["conditions"]?.AsArray().FirstOrDefault(condition => (string?)condition!["type"] == type && (string?)condition["status"] == status)?["message"]
            : null;
    }

    /// <summary>The name and resource version of everything that controllers write.</summary>
    public async Task<string> VersionsAsync()
    {
        var lines = new List<string>();
        foreach (var path in (string[])[ApiPaths.Profiles(), "/apis/networking.istio.io/v1alpha3/envoyfilters", "/apis/telemetry.istio.io/v1/telemetries"])
        {
            lines.AddRange((await Admin.GetAsync(path)).Successful()["items"]!.AsArray().Select(item => $"{item!["metadata"]!["name"]} {item["metadata"]!["resourceVersion"]}"));
        }

        return string.Join('\n', lines);
    }

    /// <summary>Waits until nothing has been written for so long.</summary>
    public async Task StaysAsync(TimeSpan time)
    {
        var (versions, since) = ("", TimeProvider.System.GetTimestamp());
        await Eventually.HoldsAsync($"nothing is written for {time.TotalSeconds} s", async () =>
        {
            var now = await VersionsAsync();
            if (now != versions)
            {
                (versions, since) = (now, TimeProvider.System.GetTimestamp());
            }

            return TimeProvider.System.GetElapsedTime(since) >= time;
        });
    }

    /// <summary>Ends the replicas, and removes the profiles that the test has made.</summary>
    public async Task EndAsync()
    {
        foreach (var replica in replicas)
        {
            await replica.DisposeAsync();
        }

        replicas.Clear();
        foreach (var profile in (await Admin.GetAsync(ApiPaths.Profiles())).Successful()["items"]!.AsArray())
        {
            var path = ApiPaths.Profiles((string)profile!["metadata"]!["name"]!);
            await Admin.PatchAsync(path, """{"metadata":{"finalizers":null}}""");
            await Admin.DeleteAsync(path);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (plane is not null)
        {
            await plane.DisposeAsync();
        }
    }
}
