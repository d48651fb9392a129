using System.Text;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Tests.Support;

namespace AccessLogWebhook.Tests.Admission;

/// <summary>
/// What a request leaves behind, from its first byte to the last of its answer, TLS and HTTP included. A figure that repeats itself to a
/// hundredth, whatever else the machine does; the limits are a little above what is seen.
/// </summary>
[CollectionDefinition(nameof(ServedAllocationTests), DisableParallelization = true)]
[Collection(nameof(ServedAllocationTests))]
public sealed class ServedAllocationTests
{
    private const int Batch = 500;

    private static readonly MeshSnapshot Mesh = MeshSnapshot.Empty with
    {
        Namespaces = MeshSnapshot.Empty.Namespaces
            .Add("shop", new NamespaceFacts("shop", LabelSet.Of(("accesslog.mesh/inject", "json"), ("istio-injection", "enabled"))))
            .Add("plain", new NamespaceFacts("plain", LabelSet.Empty)),
        Profiles = MeshSnapshot.Empty.Profiles.Add("json", new AccessLogProfile("json") { Revision = "0c4d" }),
        EnvoyFilters = MeshSnapshot.Empty.EnvoyFilters.Add(
            new ObjectKey("istio-system", "accesslog-json-0c4d"),
            new LoggingResource(
                LoggingResourceKind.EnvoyFilter, new ObjectKey("istio-system", "accesslog-json-0c4d"), LabelSet.Empty, ProfileReference.LabelsOf("json", "0c4d"), [])),
    };

    [Theory]
    [InlineData("/mutate?timeout=2s", "shop", 6_000)]
    [InlineData("/validate?timeout=5s", "plain", 2_600)]
    public async Task A_request_leaves_little_behind(string path, string @namespace, int most)
    {
        await using var webhook = await RunningWebhook.StartAsync(Mesh);
        await using var connection = await RawConnection.OpenAsync(webhook.Https.BaseAddress!, webhook.Authority.Certificate);
        var environment = string.Join(',', Enumerable.Range(0, 100).Select(index => $$"""{"name":"FEATURE_{{index}}","value":"value-{{index}}-of-the-configuration"}"""));
        var request = RawConnection.Request(path, Encoding.UTF8.GetBytes(Reviews.Of(
            $$$"""{"metadata":{"name":"api","labels":{"app":"api"}},"spec":{"containers":[{"name":"api","image":"api:1","env":[{{{environment}}}]}]}}""", @namespace: @namespace)));

        var least = long.MaxValue;
        for (var batch = 0; batch < 8; batch++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            for (var index = 0; index < Batch; index++)
            {
                await connection.SendAsync(request);
                await AnswerAsync(connection);
            }

            least = Math.Min(least, (GC.GetTotalAllocatedBytes(precise: true) - before) / Batch);
        }

        Assert.True(least <= most, $"a request to {path} leaves {least} bytes behind");
    }

    private static async ValueTask AnswerAsync(RawConnection connection)
    {
        while (true)
        {
            var part = await connection.ReceiveAsync();
            Assert.False(part.IsEmpty);
            if (part.Span.EndsWith("}}"u8) || part.Span.EndsWith("0\r\n\r\n"u8))
            {
                return;
            }
        }
    }
}
