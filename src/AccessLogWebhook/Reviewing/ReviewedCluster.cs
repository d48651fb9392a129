using System.Collections.Immutable;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Manifests;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Patching;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccessLogWebhook.Reviewing;

/// <summary>The cluster that manifests are reviewed against, or why it cannot be known.</summary>
/// <param name="Note">What the reader should know about it, a sentence; empty where there is nothing to say.</param>
internal sealed record ReviewedCluster(MeshSnapshot Snapshot, string Note, ImmutableArray<ManifestError> Errors)
{
    /// <summary>No cluster: what is reviewed is all there is.</summary>
    public static ReviewedCluster OfFilesAlone { get; } =
        new(MeshSnapshot.Empty, "No cluster is known (--cluster DIR or --kubeconfig FILE): the given files are taken for the whole cluster.", []);

    public static ReviewedCluster OfDirectory(string directory)
    {
        var view = new ClusterView();
        var errors = new DirectorySource(directory, view, TimeProvider.System, NullLogger<DirectorySource>.Instance).LoadOnce();
        return new ReviewedCluster(view.Snapshot, "", errors);
    }

    public static ReviewedCluster Unknown(string source, string problem) =>
        new(MeshSnapshot.Empty, "", [new ManifestError(source, 0, 0, problem)]);

    /// <summary>
    /// The snapshot with the reviewed manifests put over it, so that a Namespace and its Pods can be reviewed together. Pods are not:
    /// they are what is judged, and none runs yet.
    /// </summary>
    public MeshSnapshot With(IEnumerable<Manifest> manifests, string defaultNamespace) => ClusterManifests.Apply(
        Snapshot, manifests.Where(manifest => manifest is not { ApiVersion: "v1", Kind: "Pod" }).Select(manifest => In(manifest, defaultNamespace)));

    private static Manifest In(Manifest manifest, string defaultNamespace) =>
        manifest is { Namespace: "", Name.Length: > 0 } && ClusterKinds.All.Any(kind => ClusterManifests.IsNamespaced(kind) && kind.Matches(manifest.ApiVersion, manifest.Kind))
            ? manifest with
            {
                Namespace = defaultNamespace,
                Json = JsonPatchApplier.Apply(manifest.Json, [JsonPatchOperation.Add("/metadata/namespace", defaultNamespace)]),
            }
            : manifest;
}
