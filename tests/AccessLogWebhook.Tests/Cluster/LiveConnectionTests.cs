using AccessLogWebhook.Cluster;
using AccessLogWebhook.Tests.Support;
using k8s;

namespace AccessLogWebhook.Tests.Cluster;

public sealed class LiveConnectionTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("accesslog-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public async Task A_kubeconfig_says_where_the_cluster_is_and_who_asks()
    {
        await using var server = await FakeApiServer.StartAsync();
        Assert.True(LiveConnection.TryOpen(Kubeconfig(server.Address, "first"), null, out var connection, out var problem), problem);
        using var _ = connection;

        Assert.Equal("Bearer first-token", await AuthorizationAsync(server, connection));
        Assert.Equal(server.Address, connection.Address);
    }

    [Fact]
    public async Task Another_context_than_the_current_one_may_be_named()
    {
        await using var server = await FakeApiServer.StartAsync();
        Assert.True(LiveConnection.TryOpen(Kubeconfig(server.Address, "first"), "second", out var connection, out var problem), problem);
        using var _ = connection;

        Assert.Equal("Bearer second-token", await AuthorizationAsync(server, connection));
    }

    [Fact]
    public void A_kubeconfig_that_is_not_there_is_a_problem()
    {
        var path = Path.Combine(directory, "none");
        Assert.False(LiveConnection.TryOpen(path, null, out var connection, out var problem));
        Assert.Null(connection);
        Assert.Equal($"The kubeconfig {path} cannot be used: kubeconfig file not found at {path}", problem);
    }

    [Theory]
    [InlineData(": : :")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("clusters: 7")]
    public void A_kubeconfig_that_cannot_be_read_is_a_problem(string text)
    {
        var path = Path.Combine(directory, "config");
        File.WriteAllText(path, text);

        Assert.False(LiveConnection.TryOpen(path, null, out _, out var problem));
        Assert.StartsWith($"The kubeconfig {path} cannot be used: ", problem);
    }

    [Fact]
    public void A_context_that_does_not_exist_is_a_problem()
    {
        Assert.False(LiveConnection.TryOpen(Kubeconfig(new Uri("http://127.0.0.1:1"), "first"), "third", out _, out var problem));
        Assert.Contains("third", problem);
    }

    [Fact]
    public async Task The_name_by_which_the_server_goes_is_sent()
    {
        await using var server = await FakeApiServer.StartAsync();
        var pods = server.Collection("api/v1/pods");
        using var connection = new LiveConnection(
            new KubernetesClientConfiguration { Host = server.Address.ToString(), TlsServerName = "kubernetes.default" });
        var answer = connection.GetAsync("api/v1/pods", "application/json", CancellationToken.None);
        var request = await pods.NextAsync();
        await request.ListAsync("1");
        (await answer).Dispose();

        Assert.Equal("kubernetes.default", request.Host);
    }

    private static async Task<string> AuthorizationAsync(FakeApiServer server, LiveConnection connection)
    {
        var pods = server.Collection("api/v1/pods");
        var answer = connection.GetAsync("api/v1/pods", "application/json", CancellationToken.None);
        var request = await pods.NextAsync();
        await request.ListAsync("1");
        (await answer).Dispose();
        return request.Authorization;
    }

    private string Kubeconfig(Uri server, string current)
    {
        var path = Path.Combine(directory, "config");
        File.WriteAllText(path, $$"""
            apiVersion: v1
            kind: Config
            current-context: {{current}}
            clusters: [{name: here, cluster: {server: "{{server}}"} }]
            users:
            - {name: first, user: {token: first-token} }
            - {name: second, user: {token: second-token} }
            contexts:
            - {name: first, context: {cluster: here, user: first} }
            - {name: second, context: {cluster: here, user: second} }
            """);
        return path;
    }
}
