using AccessLogWebhook.Tests.Support;

namespace AccessLogWebhook.Tests.Auditing;

public sealed class LiveAuditTests : IDisposable
{
    private readonly AuditedFiles files = new();

    [Fact]
    public async Task The_meshs_configuration_is_read_where_the_webhooks_configuration_says()
    {
        await using var server = await FakeApiServer.StartAsync();
        var configurations = server.Collection("api/v1/namespaces/mesh/configmaps");

        var auditing = files.RunAsync("--kubeconfig", files.Write("kubeconfig", Kubeconfigs.For(server.Address)), "--config", files.Write("config.yaml", "mesh: {rootNamespace: mesh}"), "-o", "json");
        await (await configurations.NextAsync()).ListAsync("1", """{"metadata":{"namespace":"mesh","name":"istio"},"data":{"mesh":""}}""");

        Assert.Equal(new(0, "[]\n", ""), await auditing.WaitAsync(TestTime.Patience, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task That_none_is_there_is_said()
    {
        await using var server = await FakeApiServer.StartAsync();
        var configurations = server.Collection("api/v1/namespaces/istio-system/configmaps");

        var auditing = files.RunAsync("--kubeconfig", files.Write("kubeconfig", Kubeconfigs.For(server.Address)), "-o", "json");
        await (await configurations.NextAsync()).ListAsync("1");

        Assert.Equal(
            new(
                0,
                "[]\n",
                "The mesh's own access logging (meshConfig) is not known, and counts neither for nor against: there is no ConfigMap istio or istio-REVISION in namespace istio-system. "
                + "Is mesh.rootNamespace of --config another one?\n"),
            await auditing.WaitAsync(TestTime.Patience, TestContext.Current.CancellationToken));
    }

    public void Dispose() => files.Dispose();
}
