using AccessLogWebhook.Benchmarks.Samples;
using BenchmarkDotNet.Attributes;

namespace AccessLogWebhook.Benchmarks;

/// <summary>The cost against the size of the cluster: it must be the same.</summary>
[MemoryDiagnoser]
public class ClusterSizeBenchmarks
{
    private readonly byte[] plain = SampleReview.OfPod(8 * 1024);
    private readonly byte[] conforming = SampleReview.OfPod(8 * 1024, revision: SampleCluster.Revision);
    private ReviewInProcess review = null!;

    [Params(10, 20_000)]
    public int Namespaces { get; set; }

    [Params(10, 2_000)]
    public int EnvoyFilters { get; set; }

    [GlobalSetup]
    public void Prepare() => review = new ReviewInProcess(SampleCluster.Of(Namespaces, EnvoyFilters));

    [Benchmark(Baseline = true)]
    public int Inject() => review.Mutate(plain).Length;

    [Benchmark]
    public int Enforce() => review.Validate(conforming).Length;
}
