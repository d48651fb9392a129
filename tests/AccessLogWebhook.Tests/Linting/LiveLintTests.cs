using AccessLogWebhook.Tests.Support;

namespace AccessLogWebhook.Tests.Linting;

public sealed class LiveLintTests : IDisposable
{
    private readonly LintedFiles files = new();

    [Fact]
    public async Task A_live_cluster_s_objects_are_linted_whole()
    {
        await using var server = await FakeApiServer.StartAsync();
        var telemetries = server.Collection("apis/telemetry.istio.io/v1/telemetries");
        var filters = server.Collection("apis/networking.istio.io/v1alpha3/envoyfilters");

        var linting = files.RunAsync("--kubeconfig", Kubeconfig(server.Address), "-o", "json");
        await (await telemetries.NextAsync()).ListAsync(
            "10", """{"metadata":{"namespace":"shop","name":"accesslog"},"spec":{"accessLogging":[{"providers":[{"name":"envoy"}]}]}}""");
        await (await filters.NextAsync()).ListAsync(
            "10",
            """{"metadata":{"namespace":"shop","name":"accesslog"},"spec":{"configPatches":[{"applyTo":"NETWORK_FILTER","match":{"context":"GATEWAY","listener":{"filterChain":{"filter":{"name":"envoy.filters.network.http_connection_manager"}}}},"patch":{"operation":"MERGE","value":{"typed_config":{"@type":"type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager","access_log":[{"name":"x","typed_config":{"@type":"type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog","path":"/dev/stdout"}}]}}}}]}}""",
            """{"metadata":{"namespace":"shop","name":"tuning"},"spec":{"configPatches":[{"applyTo":"CLUSTER","patch":{"operation":"MERGE","value":{}}}]}}""");
        var linted = await linting.WaitAsync(TestTime.Patience, TestContext.Current.CancellationToken);

        Assert.Equal("", linted.Error);
        Assert.Equal("AL052 AL052", linted.Ids);
        Assert.Equal(["EnvoyFilter", "Telemetry"], linted.Json.Select(finding => (string)finding!["kind"]!));
        Assert.All(linted.Json, finding => Assert.Null(finding!["file"]));
        Assert.Equal(1, linted.ExitCode);
    }

    [Fact]
    public async Task A_live_cluster_that_refuses_is_an_error()
    {
        await using var server = await FakeApiServer.StartAsync();
        var filters = server.Collection("apis/networking.istio.io/v1alpha3/envoyfilters");

        var linting = files.RunAsync("--kubeconfig", Kubeconfig(server.Address));
        for (var failures = 0; failures < 3; failures++)
        {
            await (await filters.NextAsync()).RefuseAsync(403, "envoyfilters is forbidden");
        }

        var linted = await linting.WaitAsync(TestTime.Patience, TestContext.Current.CancellationToken);
        Assert.Equal((2, ""), (linted.ExitCode, linted.Output));
        Assert.Contains("envoyfilters cannot be read", linted.Error, StringComparison.Ordinal);
    }

    public void Dispose() => files.Dispose();

    private string Kubeconfig(Uri address) => files.Write("kubeconfig", Kubeconfigs.For(address));
}
