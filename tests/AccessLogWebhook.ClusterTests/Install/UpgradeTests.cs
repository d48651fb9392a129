using AccessLogWebhook.ClusterTests.Support;

namespace AccessLogWebhook.ClusterTests.Install;

/// <summary>From what the chart before this one rendered to what this one does, while Pods are created.</summary>
public sealed class UpgradeTests(ControlPlaneFixture fixture)
{
    [Fact]
    public async Task From_cert_managers_certificates_to_its_own_no_request_is_lost()
    {
        await using var installation = await SelfManagedInstallation.PrepareAsync(fixture.Binaries, InstalledManifests.Previous);
        await installation.ApplyAsync(InstalledManifests.Webhooks(InstalledManifests.Previous, installation.Balancer.Port));
        var before = await installation.StartGivenReplicaAsync();
        installation.Balancer.Use(before);
        await installation.ServesAsync();
        await using var load = new PodLoad(installation.Plane, installation.Enforcing);

        await installation.ApplyAsync(InstalledManifests.Rights(InstalledManifests.Plain));
        await installation.ApplyAsync(InstalledManifests.Webhooks(InstalledManifests.Plain, installation.Balancer.Port));
        Assert.All(await installation.BundlesAsync(), bundle => Assert.Equal(before.Authority.CertificatePem.Trim(), bundle.Trim()));

        // Ready before the old one goes, as a rolling update has it. An upgrade that stalls has both in the Service for long: here, for longer than an authority of
        // the webhook's own stays trusted.
        var after = await installation.StartReplicaAsync();
        installation.Balancer.Use(before, after);
        await Eventually.HoldsAsync("it serves its own certificate", async () => await installation.EntryAsync("tls.crt") is not null && await installation.EntryAsync("next-ca.crt") is null);
        var since = TimeProvider.System.GetTimestamp();
        var created = load.Created;
        await Eventually.HoldsAsync(
            "both have served for long", () => Task.FromResult(load.Created > created + 50 && TimeProvider.System.GetElapsedTime(since) > SelfManagedInstallation.RetireAfter + TimeSpan.FromSeconds(3)));
        Assert.All(await installation.BundlesAsync(), bundle => Assert.Contains(before.Authority.CertificatePem.Trim(), bundle, StringComparison.Ordinal));

        // The old one ends by itself, with what it has under way.
        installation.Balancer.Use(after);
        Assert.True(await before.StopAsync());

        Assert.True(await load.EndAsync() > 50);
        await installation.AssertTrustedAsync(after);
        // The chart before this one did not have it read the mesh's configuration.
        installation.AssertQuiet(but: before);
    }
}
