using System.Buffers;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Fuzz.Targets;

/// <summary>What comes on a watch: events, or an end with its reason, however the bytes are cut into buffers. What they say enters a snapshot.</summary>
internal sealed class LiveWatchTarget() : FuzzTarget("live-watch")
{
    public override IEnumerable<string> Words => ["{\"type\":\"ADDED\",\"object\":", "\"MODIFIED\"", "\"DELETED\"", "\"BOOKMARK\"", "\"ERROR\"", "\"code\":410", "\"resourceVersion\":\"2\"", "\"\\ud800\"", "\n"];

    public override IEnumerable<byte[]> Seeds(string tests) =>
    [
        .. Samples.Objects(Path.Combine(tests, "AuditFixtures", "shop")).Where(manifest => ClusterKinds.All.Any(kind => kind.Matches(manifest.ApiVersion, manifest.Kind))).Take(60)
            .Select(manifest => Utf8($$"""{"type":"ADDED","object":{{Text(manifest.Json.Span).Replace("\"metadata\":{", "\"metadata\":{\"resourceVersion\":\"3\",", StringComparison.Ordinal)}}}""" + "\n"))
            .Where(line => line.Length < 3000),
        Utf8("""{"type":"DELETED","object":{"metadata":{"name":"a","namespace":"b","resourceVersion":"5"}}}""" + "\n" + """{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"9"}}}""" + "\n"),
        Utf8("""{"type":"ERROR","object":{"kind":"Status","code":410}}""" + "\n"),
    ];

    protected override void Run(ReadOnlySpan<byte> input)
    {
        var buffer = new ReadOnlySequence<byte>(input.ToArray());
        using var batch = LiveWatchBatch.Read(buffer, 64 * 1024);
        foreach (var kind in ClusterKinds.All)
        {
            batch.ApplyTo(MeshSnapshot.Empty, kind);
        }

        var half = buffer.Slice(0, input.Length / 2);
        using var first = LiveWatchBatch.Read(half, 64 * 1024);
        if (first.End is not null)
        {
            Expect.Equal(batch.End, first.End, "the end");
            return;
        }

        using var second = LiveWatchBatch.Read(buffer.Slice(first.Consumed), 64 * 1024);
        Expect.Equal(batch.End, second.End, "the end of what comes in two buffers");
        Expect.Equal(batch.ResourceVersion, second.ResourceVersion.Length > 0 ? second.ResourceVersion : first.ResourceVersion, "the version of what comes in two buffers");
    }
}
