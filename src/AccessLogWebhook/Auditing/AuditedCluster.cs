using System.Collections.Concurrent;
using System.Collections.Immutable;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Manifests;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Workloads;
using AccessLogWebhook.Reviewing;

namespace AccessLogWebhook.Auditing;

/// <summary>The workloads of a cluster and what they are judged by.</summary>
/// <param name="Notes">What the reader should know about it, sentences.</param>
internal sealed record AuditedCluster(
    ImmutableArray<AuditSubject> Subjects, MeshSnapshot Mesh, ImmutableArray<string> Notes, ImmutableArray<ManifestError> Errors)
{
    private const string IstioGateways = "networking.istio.io/v1";
    private const string KubernetesGateways = "gateway.networking.k8s.io/v1";

    /// <summary>
    /// A live cluster, by the lists that the webhook follows it with, only that Pods are asked for whole: a Pod's metadata does not say that it uses the host's
    /// network, or has a proxy. They come in pages, and each is reduced as it comes.
    /// </summary>
    /// <param name="read">Reads the kinds given once.</param>
    /// <param name="rootNamespace">Where the mesh's configuration is.</param>
    public static async Task<AuditedCluster> OfLiveAsync(
        Func<ImmutableArray<ClusterKind>, CancellationToken, Task<ReviewedCluster>> read, string rootNamespace, AuditProgress progress, CancellationToken cancellationToken)
    {
        var pods = new ConcurrentDictionary<ObjectKey, AuditSubject>();
        var cluster = await read(
            [
                .. ClusterKinds.In(rootNamespace).Select(kind => kind.Kind != "Pod" ? kind : new HeardKind(
                    kind,
                    pod =>
                    {
                        if (ClusterKind.KeyOf(pod) is { Name.Length: > 0 } key)
                        {
                            pods[key] = AuditSubject.OfPod(pod, key);
                            progress.Report("Pods read:", pods.Count);
                        }
                    },
                    isWhole: true)),
            ],
            cancellationToken).ConfigureAwait(false);
        progress.End();
        if (ReferenceEquals(cluster, ReviewedCluster.OfFilesAlone))
        {
            return Unreadable([new ManifestError("audit", 0, 0, $"{LiveConnection.NoneConfigured} Give a directory with --cluster, or a kubeconfig with --kubeconfig.")]);
        }

        // One that was heard and is gone by now is not in the snapshot any more.
        return cluster.Errors.IsEmpty
            ? Of([.. pods.Where(pod => cluster.Snapshot.Pods.ContainsKey(pod.Key)).Select(pod => pod.Value), .. GatewaysOf(cluster.Snapshot)], cluster.Snapshot, cluster.Note.Length == 0 ? [] : [cluster.Note])
            : Unreadable(cluster.Errors);
    }

    /// <summary>What is left of the subjects when those that have ended are taken out.</summary>
    public static AuditedCluster Of(ImmutableArray<AuditSubject> subjects, MeshSnapshot mesh, ImmutableArray<string> notes)
    {
        var running = subjects.RemoveAll(subject => subject.HasEnded);
        var ended = subjects.Length - running.Length;
        return new AuditedCluster(running, mesh, ended == 0 ? notes : [.. notes, $"{ended} {(ended == 1 ? "Pod has" : "Pods have")} ended and {(ended == 1 ? "is" : "are")} left out."], []);
    }

    public static AuditedCluster Unreadable(ImmutableArray<ManifestError> errors) => new([], MeshSnapshot.Empty, [], errors);

    public static IEnumerable<AuditSubject> GatewaysOf(MeshSnapshot mesh) =>
        mesh.IstioGateways.Select(gateway => AuditSubject.OfGateway(IstioGateways, gateway.Key, (Workload)gateway.Value))
            .Concat(mesh.KubernetesGateways.Select(gateway => AuditSubject.OfGateway(KubernetesGateways, gateway.Key, gateway.Value)));
}
