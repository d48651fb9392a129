using System.Collections.Immutable;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Manifests;
using AccessLogWebhook.Policy.Linting;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Reviewing;

namespace AccessLogWebhook.Linting;

/// <summary>What is linted, and all that is known beside it.</summary>
/// <param name="Given">What to lint, in order; nothing has been found yet.</param>
internal sealed record LintedCluster(
    ImmutableArray<(LintSubject Subject, Manifest? Manifest)> Given, ImmutableArray<LintSubject> Others, MeshSnapshot Mesh, ImmutableArray<ManifestError> Errors)
{
    /// <summary>Files, alone or beside the cluster of a directory; or that cluster.</summary>
    public static LintedCluster OfFiles(LintRequest request, Func<Stream> standardInput)
    {
        var files = request.Files.IsEmpty ? new ManifestReading([], []) : ReviewFiles.Read(request.Files, standardInput, withPlaces: true);
        var cluster = request.ClusterDirectory is { } directory ? ReadDirectory(directory) : new ManifestReading([], []);
        ImmutableArray<ManifestError> errors = [.. files.Errors, .. cluster.Errors, .. ClusterManifests.Conflicts(cluster.Manifests)];
        return errors.IsEmpty
            ? Of(request, files.Manifests, ClusterManifests.SnapshotOf(cluster.Manifests), SubjectsOf(cluster.Manifests, request.Namespace))
            : Unreadable(errors);
    }

    /// <summary>A live cluster, or files beside it.</summary>
    public static async Task<LintedCluster> OfLiveAsync(
        LintRequest request, Func<Stream> standardInput, Func<string?, LiveSubjects, CancellationToken, Task<ReviewedCluster>> read, CancellationToken cancellationToken)
    {
        var files = request.Files.IsEmpty ? new ManifestReading([], []) : ReviewFiles.Read(request.Files, standardInput, withPlaces: true);
        if (!files.Errors.IsEmpty)
        {
            return Unreadable(files.Errors);
        }

        var subjects = new LiveSubjects();
        var cluster = await read(request.Kubeconfig, subjects, cancellationToken).ConfigureAwait(false);
        if (ReferenceEquals(cluster, ReviewedCluster.OfFilesAlone))
        {
            return Unreadable([new ManifestError("lint", 0, 0, $"{LiveConnection.NoneConfigured} Give files with -f, a directory with --cluster, or a kubeconfig with --kubeconfig.")]);
        }

        return cluster.Errors.IsEmpty
            ? Of(request, files.Manifests, cluster.Snapshot, [.. subjects.All().Select(subject => (subject, (Manifest?)null))])
            : Unreadable(cluster.Errors);
    }

    private static LintedCluster Of(
        LintRequest request, ImmutableArray<Manifest> files, MeshSnapshot mesh, ImmutableArray<(LintSubject Subject, Manifest? Manifest)> ofCluster)
    {
        var ofFiles = SubjectsOf(files, request.Namespace);
        var given = request.Files.IsEmpty ? ofCluster : ofFiles;
        var keys = ofFiles.Select(each => KeyOf(each.Subject)).ToHashSet();
        return new LintedCluster(
            given,
            // What is given takes the place of what the cluster has of the same name.
            [.. ofFiles.Select(each => each.Subject), .. ofCluster.Select(each => each.Subject).Where(subject => !keys.Contains(KeyOf(subject)))],
            ClusterManifests.Apply(mesh, files),
            []);
    }

    private static ImmutableArray<(LintSubject Subject, Manifest? Manifest)> SubjectsOf(IEnumerable<Manifest> manifests, string defaultNamespace) =>
    [
        .. manifests
            .Where(manifest => manifest.Kind is "EnvoyFilter" or "Telemetry")
            .Select(manifest => (LintSubject.Read(manifest.ToElement(), defaultNamespace)!, (Manifest?)manifest))
            .Where(each => each.Item1 is not null),
    ];

    private static ManifestReading ReadDirectory(string directory)
    {
        var scan = DirectoryScan.Of(directory);
        var readings = scan.Files.Select(file => ManifestReader.ReadFile(file.Path, withPlaces: true)).ToList();
        return new ManifestReading([.. readings.SelectMany(reading => reading.Manifests)], [.. scan.Errors, .. readings.SelectMany(reading => reading.Errors)]);
    }

    private static (LoggingResourceKind Kind, string Namespace, string Name) KeyOf(LintSubject subject) => (subject.Kind, subject.Namespace, subject.Name);

    private static LintedCluster Unreadable(ImmutableArray<ManifestError> errors) => new([], [], MeshSnapshot.Empty, errors);
}
