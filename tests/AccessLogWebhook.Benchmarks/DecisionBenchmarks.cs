using AccessLogWebhook.Benchmarks.Samples;
using BenchmarkDotNet.Attributes;

namespace AccessLogWebhook.Benchmarks;

/// <summary>Bytes in, bytes out, for a Pod of 8 kB: given the profile, found in order, and in a namespace that asks for nothing.</summary>
[MemoryDiagnoser]
public class DecisionBenchmarks
{
    private readonly ReviewInProcess review = new(SampleCluster.Of(namespaces: 1000, envoyFilters: 100));
    private readonly byte[] plain = SampleReview.OfPod(8 * 1024);
    private readonly byte[] conforming = SampleReview.OfPod(8 * 1024, revision: SampleCluster.Revision);
    private readonly byte[] elsewhere = SampleReview.OfPod(8 * 1024, "team-00000");

    [Benchmark(Baseline = true)]
    public int Inject() => review.Mutate(plain).Length;

    [Benchmark]
    public int Enforce() => review.Validate(conforming).Length;

    [Benchmark]
    public int Not_asked() => review.Mutate(elsewhere).Length;
}
