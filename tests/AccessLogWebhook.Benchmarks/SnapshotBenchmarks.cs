using AccessLogWebhook.Benchmarks.Samples;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Policy.Mesh;
using BenchmarkDotNet.Attributes;

namespace AccessLogWebhook.Benchmarks;

/// <summary>One change of a Pod or a namespace that a watch brings, in clusters of two sizes.</summary>
[MemoryDiagnoser]
public class SnapshotBenchmarks
{
    private static readonly ObjectKey Pod = new("team-00000", "pod-00000");

    private readonly ClusterView view = new();
    private readonly PodFacts changed = new(LabelSet.Of(("app", "changed")), LabelSet.Empty);
    private readonly NamespaceFacts relabelled = new("team-00000", LabelSet.Of(("accesslog.mesh/inject", "json")));

    [Params(1_000, 50_000)]
    public int Pods { get; set; }

    [GlobalSetup]
    public void Prepare() => view.Publish(_ => SampleCluster.Of(namespaces: 1_000, envoyFilters: 100, Pods));

    [Benchmark(Baseline = true)]
    public void Pod_changes() => view.Publish(mesh => mesh with { Pods = mesh.Pods.SetItem(Pod, changed) });

    [Benchmark]
    public void Namespace_changes() => view.Publish(mesh => mesh with { Namespaces = mesh.Namespaces.SetItem(relabelled.Name, relabelled) });
}
