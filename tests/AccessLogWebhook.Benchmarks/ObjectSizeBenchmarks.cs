using AccessLogWebhook.Benchmarks.Samples;
using BenchmarkDotNet.Attributes;

namespace AccessLogWebhook.Benchmarks;

/// <summary>The cost against the size of the object: the time for each byte must not grow.</summary>
[MemoryDiagnoser]
public class ObjectSizeBenchmarks
{
    private readonly ReviewInProcess review = new(SampleCluster.Of(namespaces: 10, envoyFilters: 10));
    private byte[] body = [];

    [Params(4, 8, 64, 512, 1024)]
    public int Kilobytes { get; set; }

    [GlobalSetup]
    public void Prepare() => body = SampleReview.OfPod(Kilobytes * 1024);

    [Benchmark]
    public int Inject() => review.Mutate(body).Length;
}
