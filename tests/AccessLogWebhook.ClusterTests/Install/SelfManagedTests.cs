using System.Net;
using AccessLogWebhook.ClusterTests.Support;

namespace AccessLogWebhook.ClusterTests.Install;

/// <summary>The certificates that the webhook keeps itself, on a real API server that verifies them, under load where a request could be lost.</summary>
public sealed class SelfManagedTests(ControlPlaneFixture fixture)
{
    [Fact]
    public async Task Ten_authorities_follow_each_other_and_no_request_is_lost()
    {
        await using var installation = await SelfManagedInstallation.StartAsync(fixture.Binaries);
        var certificates = new List<string> { await installation.RotatedAsync(null) };
        await using var load = new PodLoad(installation.Plane, installation.Enforcing);
        for (var rotation = 0; rotation < 10; rotation++)
        {
            var before = load.Created;
            await installation.AskForRotationAsync();
            certificates.Add(await installation.RotatedAsync(certificates[^1]));
            foreach (var replica in installation.Replicas)
            {
                await installation.AssertTrustedAsync(replica);
                await replica.IsReadyAsync();
            }

            Assert.True(load.Created > before, "no Pod was created meanwhile");
        }

        Assert.True(await load.EndAsync() > 100);
        Assert.Equal(11, certificates.Distinct().Count());
        // The API server shakes hands anew with each caBundle.
        Assert.True(installation.Balancer.Accepted >= 20, $"{installation.Balancer.Accepted} handshakes");
        var (keeper, _) = await installation.KeeperAsync();
        var metrics = await keeper.MetricsAsync();
        // Another may have come to lead meanwhile.
        var promoted = 0.0;
        foreach (var replica in installation.Replicas)
        {
            promoted += PrometheusText.Sum(await replica.MetricsAsync(), "accesslog_certificate_rotations_total", ("step", "promote"));
        }

        Assert.Equal(10, promoted);
        Assert.Equal(0, PrometheusText.Sum(metrics, "accesslog_certificate_errors_total"));
        Assert.Equal(0, PrometheusText.Sum(metrics, "accesslog_certificate_repairs_total"));
        Assert.True(PrometheusText.Sum(metrics, "accesslog_certificate_authority_expiry_timestamp_seconds") > TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());
        installation.AssertQuiet();
    }

    [Theory]
    [InlineData("mutatingwebhookconfigurations", 0)]
    [InlineData("validatingwebhookconfigurations", 2)]
    public async Task A_caBundle_that_somebody_overwrites_is_repaired(string plural, int webhook)
    {
        await using var installation = await SelfManagedInstallation.StartAsync(fixture.Binaries);
        await installation.RotatedAsync(null);
        var bundle = (await installation.BundlesAsync())[0];
        using var stranger = new TestAuthority("stranger");
        await installation.OverwriteAsync(plural, webhook, stranger.CertificatePem);

        await Eventually.HoldsAsync("it is as it was", async () => (await installation.BundlesAsync()).All(now => now == bundle), TimeSpan.FromSeconds(10));

        var (keeper, other) = await installation.KeeperAsync();
        Assert.Equal(1, PrometheusText.Sum(await keeper.MetricsAsync(), "accesslog_certificate_repairs_total", ("configuration", plural)));
        await keeper.IsReadyAsync();
        await other.IsReadyAsync();
        await installation.ServesAsync();
        installation.AssertQuiet();
    }

    [Fact]
    public async Task A_Secret_that_is_deleted_is_made_anew_and_no_request_is_lost()
    {
        await using var installation = await SelfManagedInstallation.StartAsync(fixture.Binaries);
        var before = await installation.RotatedAsync(null);
        await using var load = new PodLoad(installation.Plane, installation.Enforcing);

        await installation.DeleteSecretAsync();
        await installation.RotatedAsync(before);

        await load.EndAsync();
        foreach (var replica in installation.Replicas)
        {
            await installation.AssertTrustedAsync(replica);
        }

        installation.AssertQuiet();
    }

    [Fact]
    public async Task A_rotation_whose_leader_is_killed_is_ended_by_another()
    {
        await using var installation = await SelfManagedInstallation.StartAsync(fixture.Binaries);
        var before = await installation.RotatedAsync(null);
        var (keeper, other) = await installation.KeeperAsync();
        await installation.AskForRotationAsync();
        await Eventually.HoldsAsync("it has begun", async () => await installation.EntryAsync("next-ca.crt") is not null);

        installation.Balancer.Use(other);
        await keeper.KillAsync();
        await using var load = new PodLoad(installation.Plane, installation.Enforcing);
        await installation.RotatedAsync(before);

        await load.EndAsync();
        await installation.AssertTrustedAsync(other);
    }

    [Fact]
    public async Task A_cluster_whose_nodes_are_all_gone_with_the_Secret_starts_again_and_blocks_nobody_who_did_not_ask()
    {
        await using var installation = await SelfManagedInstallation.StartAsync(fixture.Binaries);
        foreach (var replica in installation.Replicas)
        {
            await replica.KillAsync();
        }

        await installation.DeleteSecretAsync();
        Assert.Equal(HttpStatusCode.InternalServerError, (await installation.Plane.Admin.PostAsync(ApiPaths.Pods(installation.Enforcing), PodLoad.Pod)).Status);
        foreach (var space in (string[])[installation.Free, SelfManagedInstallation.Home])
        {
            (await installation.Plane.Admin.PostAsync(ApiPaths.Pods(space), PodLoad.Pod)).Successful();
        }

        var first = await installation.StartReplicaAsync();
        installation.Balancer.Use(first);
        await installation.ServesAsync();
        await installation.AssertTrustedAsync(first);
    }

    [Fact]
    public async Task Configurations_that_come_later_are_filled_and_what_is_not_ours_in_them_is_left_alone()
    {
        await using var installation = await SelfManagedInstallation.PrepareAsync(fixture.Binaries, InstalledManifests.Plain);
        var replica = await installation.StartReplicaAsync();
        installation.Balancer.Use(replica);
        Assert.NotNull(await installation.EntryAsync("tls.crt"));

        await installation.ApplyAsync(InstalledManifests.Webhooks(InstalledManifests.Plain, installation.Balancer.Port));
        await installation.ServesAsync();
        var owners = (await installation.ConfigurationAsync("mutatingwebhookconfigurations"))["metadata"]!["managedFields"]!.AsArray()
            .Where(owner => (string?)owner!["manager"] == "accesslog-webhook").ToList();

        Assert.Equal("""{"f:webhooks":{"k:{\"name\":\"inject.accesslog.mesh\"}":{"f:clientConfig":{"f:caBundle":{}}}}}""", owners.Single()!["fieldsV1"]!.ToJsonString(Plainly));
        installation.AssertQuiet();
    }

    private static System.Text.Json.JsonSerializerOptions Plainly { get; } = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
