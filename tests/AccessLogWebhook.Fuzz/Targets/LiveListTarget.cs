using System.Text.Json;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Fuzz.Targets;

/// <summary>What an API server, or what stands in for one, answers to a list: a page, or one of the two exceptions that say it is none. What is in it enters a snapshot.</summary>
internal sealed class LiveListTarget() : FuzzTarget("live-list")
{
    public override IEnumerable<string> Words => ["\"items\":[", "\"items\":null", "\"metadata\":{\"resourceVersion\":\"1\",\"continue\":\"x\"}", "\"continue\"", "\"\\ud800\"", "{}", "\"kind\":\"Status\""];

    public override IEnumerable<byte[]> Seeds(string tests) =>
    [
        .. Samples.Objects(Path.Combine(tests, "AuditFixtures", "shop")).Where(manifest => ClusterKinds.All.Any(kind => kind.Matches(manifest.ApiVersion, manifest.Kind))).Chunk(3)
            .Select(chunk => Utf8($$"""{"kind":"List","metadata":{"resourceVersion":"7","continue":""},"items":[{{string.Join(',', chunk.Select(each => Text(each.Json.Span)))}}]}"""))
            .Where(page => page.Length < 4000),
        Utf8("""{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"1","continue":"more"},"items":null}"""),
        Utf8("""{"items":[{"metadata":{"name":"a","namespace":"b","labels":{"x":"y"}}}],"metadata":{"resourceVersion":"1"}}"""),
    ];

    protected override void Run(ReadOnlySpan<byte> input)
    {
        var items = new List<JsonElement>();
        try
        {
            var read = LiveListPage.ReadAsync(new MemoryStream(input.ToArray()), 1024 * 1024, item => items.Add(item.Clone()), CancellationToken.None);
            Expect.That(read.IsCompleted, $"it waits for something");
            var page = read.GetAwaiter().GetResult();
            Expect.That(page.ResourceVersion.Length > 0, $"a page of no version");
        }
        catch (Exception none) when (none is JsonException or InvalidDataException)
        {
            return;
        }

        foreach (var kind in ClusterKinds.All)
        {
            var snapshot = kind.Upsert(MeshSnapshot.Empty, items);
            Expect.That(kind.CountIn(snapshot) <= items.Count, $"{kind.CountIn(snapshot)} {kind.Plural} of {items.Count} objects");
        }
    }
}
