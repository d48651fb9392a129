using AccessLogWebhook.Cluster;
using AccessLogWebhook.Manifests;

namespace AccessLogWebhook.Fuzz.Targets;

/// <summary>
/// A file of manifests. It has objects, errors or nothing, each error at a place of the file; an object is JSON, and comes back byte by byte from what is written of it as YAML. A
/// directory of it becomes a cluster.
/// </summary>
internal sealed class ManifestTarget() : FuzzTarget("manifests")
{
    private const int LargestWritten = 64 * 1024;

    // Aliases may stand for what they are aliases of up to the bounds that the reader has; those are in its own tests.
    protected override long AllocationPerByte => 100_000;

    public override IEnumerable<string> Words => ["&a ", "*a", "<<: *a", "!!str ", "!!binary ", "|\n", ">-\n", "? ", "--- ", "\n...\n", "%YAML 1.1\n", "\"\\u", "0x1f", "1_000", "0o17", "190:20:30", ".inf", "~", "2001-01-01"];

    public override IEnumerable<byte[]> Seeds(string tests) =>
    [
        .. Samples.Files(Path.Combine(tests, "Fixtures"), "*.yaml").Concat(Samples.Files(Path.Combine(tests, "LintFixtures"), "*.yaml")).Select(File.ReadAllBytes)
            .Where(file => file.Length < 3000).Select((file, index) => (file, index)).Where(each => each.index % 3 == 0).Select(each => each.file),
        .. Samples.Objects(Path.Combine(tests, "AuditFixtures", "shop")).Take(20).Select(manifest => manifest.Json.ToArray()),
        Utf8("a: &a [x, y]\nb: *a\n<<: {c: d}\n"),
        Utf8("apiVersion: v1\nkind: List\nitems:\n- &a {apiVersion: v1, kind: Pod, metadata: {name: a}, n: 1e3, f: 0.10}\n- *a\n"),
        Utf8("apiVersion: v1\nkind: PodList\nitems: [{metadata: {name: a}}]\n---\n\n--- # no\n"),
        Utf8("k: |2\n   a\n\n  b\nl: >+\n  c\n\n  d\n\n'q': \"\\x41\\u263a\\\n  z\"\n"),
    ];

    protected override void Run(ReadOnlySpan<byte> input)
    {
        var file = input.ToArray();
        var reading = ManifestReader.Read("f.yaml", file, withPlaces: true);
        var lines = input.Count((byte)'\n') + input.Count((byte)'\r') + (2 * input.Length) + 1;
        foreach (var error in reading.Errors)
        {
            Expect.That(error.Line >= 0 && error.Line <= lines && error.Message.Length is > 0 and < 4_000, $"the error {error}");
        }

        foreach (var manifest in reading.Manifests)
        {
            Expect.That(manifest.ApiVersion.Length > 0 && manifest.Kind.Length > 0 && manifest.Root is not null, $"an object of no kind");
            if (manifest.Json.Length <= LargestWritten)
            {
                CheckWriting(manifest);
            }
        }

        var again = ManifestReader.Read("f.yaml", file);
        Expect.That(again.Errors.SequenceEqual(reading.Errors) && again.Manifests.Length == reading.Manifests.Length, $"it is read in two ways");
        if (reading.Errors.IsEmpty && ClusterManifests.Conflicts(reading.Manifests).IsEmpty)
        {
            ClusterManifests.SnapshotOf(reading.Manifests);
        }
    }

    private static void CheckWriting(Manifest manifest)
    {
        manifest.ToElement();
        var yaml = Utf8(YamlWriter.Write(manifest.Json));
        var back = ManifestReader.Read("back.yaml", yaml);
        Expect.That(
            back.Errors.IsEmpty && back.Manifests is [var same] && same.Json.Span.SequenceEqual(manifest.Json.Span),
            $"another object comes back: {back.Errors.FirstOrDefault()} {Text(manifest.Json.Span)} {Text(yaml)}");
    }
}
