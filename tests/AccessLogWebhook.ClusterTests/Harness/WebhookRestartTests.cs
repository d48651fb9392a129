using System.Text.Json.Nodes;
using AccessLogWebhook.ClusterTests.Support;

namespace AccessLogWebhook.ClusterTests.Harness;

/// <summary>A control plane of its own, since the webhook is for all of it and it is restarted.</summary>
public sealed class WebhookRestartTests(ControlPlaneFixture fixture) : ClusterTest(fixture)
{
    private readonly ControlPlaneBinaries binaries = fixture.Binaries;

    [Fact]
    public async Task A_webhook_for_the_whole_cluster_is_called_from_the_first_request_after_a_restart()
    {
        await using var plane = await ControlPlane.StartAsync(binaries);
        await using var webhook = await StubWebhook.StartAsync((_, _) => new JsonObject { ["allowed"] = true });
        await using var registration = await WebhookRegistration.CreateAsync(plane, webhook.Endpoint, new() { OwnNamespacesOnly = false });
        Assert.Equal("validatingwebhookconfiguration.admissionregistration.k8s.io/accesslog-webhook\n", (await plane.KubectlAsync(
            ["get", "validatingwebhookconfiguration", "-o", "name"])).Successful());

        await plane.RestartApiServerAsync();
        var created = await plane.Admin.PostAsync(ApiPaths.Pods("default"), """
            apiVersion: v1
            kind: Pod
            metadata: {generateName: app-}
            spec: {containers: [{name: app, image: app}]}
            """);

        created.Successful();
        Assert.Equal(["/mutate", "/validate"], webhook.Requests.Select(request => request.Path));
    }
}
