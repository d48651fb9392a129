using System.Text.Json.Nodes;
using AccessLogWebhook.Tests.Support;

namespace AccessLogWebhook.Tests.Explaining;

public sealed class LiveExplanationTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    [Fact]
    public async Task A_Pod_is_read_whole_since_its_metadata_does_not_tell_what_it_runs_with()
    {
        const string Metadata = """{"namespace":"shop","name":"api","uid":"u","labels":{"accesslog.mesh/profile":"json"}}""";
        await using var server = await FakeApiServer.StartAsync();
        var namespaces = server.Collection("api/v1/namespaces");
        var pods = server.Collection("api/v1/pods");
        var pod = server.Collection("api/v1/namespaces/shop/pods/api");

        var explaining = ExplainedCase.RunAsync("pod/api", "-n", "shop", "-o", "json", "--kubeconfig", directory.Write("kubeconfig", Kubeconfigs.For(server.Address)));
        await (await namespaces.NextAsync()).ListAsync("1", """{"metadata":{"name":"shop","labels":{"istio-injection":"enabled","accesslog.mesh/audit":"json"}}}""");
        await (await pods.NextAsync()).ListAsync("1", $$"""{"metadata":{{Metadata}}}""");
        var asked = await pod.NextAsync();
        await asked.AnswerAsync(200, $$"""{"apiVersion":"v1","kind":"Pod","metadata":{{Metadata}},"spec":{"hostNetwork":true,"containers":[{"name":"app"}]} }""");
        var (exitCode, output, error) = await explaining.WaitAsync(TestTime.Patience, TestContext.Current.CancellationToken);

        Assert.Equal((1, "", "application/json"), (exitCode, error, asked.Accept));
        var explained = JsonNode.Parse(output)!;
        Assert.Equal("It is not logged.", (string?)explained["answer"]);
        Assert.Equal("Inert HostNetwork", $"{explained["verdicts"]![0]!["verdict"]} {explained["verdicts"]![0]!["reason"]}");
    }

    public void Dispose() => directory.Dispose();
}
