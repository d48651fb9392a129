using AccessLogWebhook.Cluster;
using AccessLogWebhook.Tests.Support;

namespace AccessLogWebhook.Tests.Reviewing;

public sealed class LiveClusterReadingTests : IDisposable
{
    private readonly ReviewedFiles files = new();

    [Fact]
    public async Task A_live_cluster_is_listed_once()
    {
        await using var server = await FakeApiServer.StartAsync();
        var namespaces = server.Collection(ClusterKinds.Namespaces.CollectionPaths[0]);
        var given = files.Write("given.yaml", "{apiVersion: v1, kind: Pod, metadata: {namespace: shop, name: web}}");

        var reviewing = files.RunAsync("-f", given, "--kubeconfig", Kubeconfig(server.Address));
        await (await namespaces.NextAsync()).ListAsync(
            "10", """{"metadata":{"name":"shop","labels":{"istio-injection":"enabled","accesslog.mesh/enforce":"json"}}}""");
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

    public void Dispose() => files.Dispose();

    private string Kubeconfig(Uri address) => files.Write(
        "kubeconfig",
        $$"""
        apiVersion: v1
        kind: Config
        clusters: [{name: a, cluster: {server: "{{address}}" } }]
        contexts: [{name: a, context: {cluster: a, user: a} }]
        users: [{name: a, user: {token: the-token} }]
        current-context: a
        """);
}
