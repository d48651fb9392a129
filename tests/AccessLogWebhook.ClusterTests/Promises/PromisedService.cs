using AccessLogWebhook.ClusterTests.Install;
using AccessLogWebhook.ClusterTests.Support;

namespace AccessLogWebhook.ClusterTests.Promises;

/// <summary>The plain manifests with two replicas in a Service that only those that are ready are in, and a way to the API server that faults can be put into.</summary>
internal sealed class PromisedService : IAsyncDisposable
{
    // The defaults but for a quick rotation, in which an authority stays trusted for longer than any fault of these tests lasts.
    public const string Configuration =
        $"controllers: {{leaseNamespace: {SelfManagedInstallation.Home}, leaseDurationSeconds: 4, renewDeadlineSeconds: 3, retrySeconds: 1}}\n"
        + "certificates: {settleSeconds: 1, retireAfterSeconds: 120}\n";

    private PromisedService(SelfManagedInstallation installation, FaultyApiServer faults)
    {
        Installation = installation;
        Faults = faults;
        Endpoints = new ServiceEndpoints(installation);
    }

    public SelfManagedInstallation Installation { get; }

    public FaultyApiServer Faults { get; }

    public ServiceEndpoints Endpoints { get; }

    public ControlPlane Plane => Installation.Plane;

    public IReadOnlyList<WebhookProcess> Replicas => Installation.Replicas;

    public static async Task<PromisedService> StartAsync(ControlPlaneBinaries binaries, Action<SelfManagedInstallation>? prepare = null)
    {
        FaultyApiServer? faults = null;
        try
        {
            var installation = await SelfManagedInstallation.StartAsync(binaries, Configuration, async installation =>
            {
                faults = await FaultyApiServer.StartAsync(installation.Plane);
                installation.Way = faults.Way;
                prepare?.Invoke(installation);
            });
            // What new workloads are labelled with has a reference, so that every answer is known.
            await Eventually.HoldsAsync("the reference of json is there", async () =>
                (await installation.Plane.Admin.GetAsync(ApiPaths.EnvoyFilters("istio-system"))).Body.Contains("accesslog-json-", StringComparison.Ordinal));
            return new PromisedService(installation, faults!);
        }
        catch when (faults is not null)
        {
            await faults.DisposeAsync();
            throw;
        }
    }

    /// <summary>Relabels a namespace, and waits until every replica in the Service goes by it.</summary>
    public async Task FollowsAsync()
    {
        var space = await Plane.CreateNamespaceAsync([new("istio-injection", "enabled")]);
        (await Plane.Admin.PatchAsync(ApiPaths.Namespaces(space), """{"metadata":{"labels":{"accesslog.mesh/enforce":"json"}}}""")).Successful();
        foreach (var replica in Endpoints.Ready)
        {
            using var direct = new DirectReviews(replica, (await Installation.BundlesAsync())[0], SelfManagedInstallation.Host);
            await Eventually.HoldsAsync("a namespace relabelled is honoured", async () => !await direct.IsAdmittedAsync(space));
        }
    }

    /// <summary>Asks a replica to end, once another is ready, as a rolling update does.</summary>
    public async Task ReplaceAsync(WebhookProcess old)
    {
        await Endpoints.HasAsync(await Installation.StartReplicaAsync());
        Assert.True(await old.StopAsync(), "it did not end by itself");
        await Endpoints.HasNotAsync(old);
        await Installation.ForgetAsync(old);
    }

    /// <summary>Kills a replica, and has another take its place once the Service has noticed.</summary>
    /// <returns>From when to when the Service had a replica that was dead.</returns>
    public async Task<(long From, long To)> KillAsync(WebhookProcess victim)
    {
        var from = TimeProvider.System.GetTimestamp();
        await victim.KillAsync();
        await Endpoints.HasNotAsync(victim);
        var to = TimeProvider.System.GetTimestamp();
        await Installation.ForgetAsync(victim);
        await Endpoints.HasAsync(await Installation.StartReplicaAsync());
        return (from, to);
    }

    public async ValueTask DisposeAsync()
    {
        await Endpoints.DisposeAsync();
        await Installation.DisposeAsync();
        await Faults.DisposeAsync();
    }
}
