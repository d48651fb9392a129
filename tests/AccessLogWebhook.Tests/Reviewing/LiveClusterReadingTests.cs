using AccessLogWebhook.Cluster;
using AccessLogWebhook.Tests.Support;

namespace AccessLogWebhook.Tests.Reviewing;

public sealed class LiveClusterReadingTests : IDisposable
{
    private const string Configurations = "api/v1/namespaces/istio-system/configmaps";
    private const string Configuration = """{"metadata":{"namespace":"istio-system","name":"istio"},"data":{"mesh":""}}""";

    private readonly ReviewedFiles files = new();

    [Fact]
    public async Task A_live_cluster_is_listed_once()
    {
        await using var server = await FakeApiServer.StartAsync();
        var namespaces = server.Collection(ClusterKinds.Namespaces.CollectionPaths[0]);
        var configurations = server.Collection(Configurations);
        var given = files.Write("given.yaml", "{apiVersion: v1, kind: Pod, metadata: {namespace: shop, name: web}}");

        var reviewing = files.RunAsync("-f", given, "--kubeconfig", Kubeconfig(server.Address));
        await (await namespaces.NextAsync()).ListAsync(
            "10", """{"metadata":{"name":"shop","labels":{"istio-injection":"enabled","accesslog.mesh/enforce":"json"}}}""");
        await (await configurations.NextAsync()).ListAsync("10", Configuration);
        var reviewed = await reviewing.WaitAsync(TestTime.Patience, TestContext.Current.CancellationToken);

        Assert.Equal(["shop Pod web enforce json Missing refused NoProfileLabel"], reviewed.Rows);
        Assert.Equal("", reviewed.Error);
        Assert.Equal(1, reviewed.ExitCode);
    }

    [Fact]
    public async Task A_live_cluster_that_refuses_is_an_error()
    {
        await using var server = await FakeApiServer.StartAsync();
        var pods = server.Collection("api/v1/pods");
        var given = files.Write("given.yaml", "{apiVersion: v1, kind: Pod, metadata: {namespace: shop, name: web}}");

        var reviewing = files.RunAsync("-f", given, "--kubeconfig", Kubeconfig(server.Address));
        for (var failures = 0; failures < 3; failures++)
        {
            await (await pods.NextAsync()).RefuseAsync(403, "pods is forbidden");
        }

        var reviewed = await reviewing.WaitAsync(TestTime.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(
            new(
                2,
                "",
                $"cluster {server.Address}: pods cannot be read: the API server does not allow it (HTTP 403): pods is forbidden. "
                + "Or give a directory of manifests with --cluster DIR.\n"),
            reviewed);
    }

    [Fact]
    public async Task A_mesh_configuration_that_fails_once_is_asked_for_again()
    {
        await using var server = await FakeApiServer.StartAsync();
        var configurations = server.Collection(Configurations);
        var given = files.Write("given.yaml", "{apiVersion: v1, kind: Pod, metadata: {namespace: shop, name: web}}");

        var reviewing = files.RunAsync("-f", given, "--kubeconfig", Kubeconfig(server.Address));
        await (await configurations.NextAsync()).RefuseAsync(500);
        await (await configurations.NextAsync()).ListAsync("10", Configuration);
        var reviewed = await reviewing.WaitAsync(TestTime.Patience, TestContext.Current.CancellationToken);

        Assert.Equal((0, ""), (reviewed.ExitCode, reviewed.Error));
    }

    [Fact]
    public async Task One_that_cannot_be_read_is_done_without_and_that_is_said()
    {
        await using var server = await FakeApiServer.StartAsync();
        var configurations = server.Collection("api/v1/namespaces/mesh/configmaps");
        var given = files.Write("given.yaml", "{apiVersion: v1, kind: Pod, metadata: {namespace: shop, name: web}}");

        var reviewing = files.RunAsync("-f", given, "--kubeconfig", Kubeconfig(server.Address), "--config", files.Write("config.yaml", "mesh: {rootNamespace: mesh}"));
        for (var failures = 0; failures < 3; failures++)
        {
            await (await configurations.NextAsync()).RefuseAsync(403, "configmaps is forbidden");
        }

        var reviewed = await reviewing.WaitAsync(TestTime.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(
            (0, "The mesh's own access logging (meshConfig) is not known, and counts neither for nor against: configmaps of namespace mesh cannot be read: "
                + "the API server does not allow it (HTTP 403): configmaps is forbidden.\n"),
            (reviewed.ExitCode, reviewed.Error));
    }

    public void Dispose() => files.Dispose();

    private string Kubeconfig(Uri address) => files.Write("kubeconfig", Kubeconfigs.For(address));
}
