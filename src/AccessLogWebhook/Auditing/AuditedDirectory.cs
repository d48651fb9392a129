using System.Collections.Immutable;
using System.Text.Json;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Manifests;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Reviewing;

namespace AccessLogWebhook.Auditing;

/// <summary>Reads a directory of manifests that is the cluster, file by file, and keeps of each manifest what judging takes.</summary>
internal sealed class AuditedDirectory
{
    // A snapshot is made anew for each batch; a batch is what is held of whole manifests.
    private const int Batch = 2_000;

    // So many parsed files are held at a time; enough for every core, however large.
    private const int FilesAtOnce = 32;

    private readonly List<Manifest> pending = [];
    private readonly List<Manifest> stubs = [];
    private readonly List<ManifestError> errors = [];
    private readonly List<AuditSubject> pods = [];
    private readonly Dictionary<(string Group, ObjectKey Key), Manifest> gateways = [];
    private readonly HashSet<(string Namespace, string Kind, string Name)> owners = [];
    private readonly HashSet<(string Namespace, string Kind, string Name)> templates = [];
    private MeshSnapshot mesh = MeshSnapshot.Empty;

    private AuditedDirectory()
    {
    }

    public static AuditedCluster Read(string directory, AuditProgress progress, CancellationToken cancellationToken)
    {
        var scan = DirectoryScan.Of(directory);
        var reading = new AuditedDirectory();
        reading.errors.AddRange(scan.Errors);
        foreach (var files in scan.Files.Chunk(FilesAtOnce))
        {
            // Parsing is nearly all of the work, and no file depends on another.
            var readings = new ManifestReading[files.Length];
            Parallel.For(0, files.Length, new ParallelOptions { CancellationToken = cancellationToken }, index => readings[index] = ManifestReader.ReadFile(files[index].Path));
            foreach (var read in readings)
            {
                reading.Take(read);
                progress.Report("Manifests read:", reading.stubs.Count);
            }
        }

        progress.End();
        return reading.ToCluster();
    }

    private void Take(ManifestReading reading)
    {
        errors.AddRange(reading.Errors);
        foreach (var manifest in reading.Manifests)
        {
            Take(manifest);
        }

        if (pending.Count >= Batch)
        {
            Apply();
        }
    }

    private void Take(Manifest manifest)
    {
        if (PodTemplate.Of(manifest.ApiVersion, manifest.Kind) is not null)
        {
            // What a controller made for another object, an old ReplicaSet above all, may well be without Pods.
            if (manifest.ToElement().Object("metadata")?.Member("ownerReferences") is not { ValueKind: JsonValueKind.Array })
            {
                templates.Add((NamespaceOf(manifest), manifest.Kind, manifest.Name));
            }

            return;
        }

        pending.Add(manifest);
        // For conflicts, its key is enough; without a name, what is in its place.
        stubs.Add(manifest.Name.Length == 0 ? manifest : manifest with { Json = default, List = null });
        var key = new ObjectKey(NamespaceOf(manifest), manifest.Name);
        if (key.Name.Length == 0)
        {
            return;
        }

        if (manifest is { ApiVersion: "v1", Kind: "Pod" })
        {
            var pod = AuditSubject.OfPod(manifest.ToElement(), key) with { Source = manifest.Source, Line = manifest.Line };
            pods.Add(pod);
            owners.Add((key.Namespace, pod.Owner.Kind, pod.Owner.Name));
        }
        else if (manifest.Kind == "Gateway")
        {
            gateways[(GroupOf(manifest.ApiVersion), key)] = manifest with { Json = default, List = null };
        }
    }

    private AuditedCluster ToCluster()
    {
        Apply();
        errors.AddRange(ClusterManifests.Conflicts(stubs));
        return errors.Count > 0
            ? AuditedCluster.Unreadable([.. errors])
            : AuditedCluster.Of([.. pods, .. AuditedCluster.GatewaysOf(mesh).Select(Placed)], mesh, Notes());
    }

    private void Apply()
    {
        mesh = ClusterManifests.Apply(mesh, pending);
        pending.Clear();
    }

    private AuditSubject Placed(AuditSubject gateway) =>
        gateways.TryGetValue((GroupOf(gateway.ApiVersion), gateway.Key), out var manifest)
            ? gateway with
            {
                ApiVersion = manifest.ApiVersion,
                Owner = gateway.Owner with { ApiVersion = manifest.ApiVersion },
                Source = manifest.Source,
                Line = manifest.Line,
            }
            : gateway;

    private ImmutableArray<string> Notes()
    {
        var without = templates.Count(template => !owners.Contains(template));
        return without == 0
            ? []
            : [$"{without} {(without == 1 ? "object makes" : "objects make")} Pods of which there are none here: an audit is about Pods. accesslog review says what would become of them."];
    }

    private static string NamespaceOf(Manifest manifest) => manifest.Namespace.Length == 0 ? ClusterManifests.DefaultNamespace : manifest.Namespace;

    private static string GroupOf(string apiVersion) => apiVersion[..Math.Max(0, apiVersion.IndexOf('/', StringComparison.Ordinal))];
}
