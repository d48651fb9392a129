using System.Text.Json;
using AccessLogWebhook.Admission;
using AccessLogWebhook.Benchmarks.Samples;
using BenchmarkDotNet.Attributes;

namespace AccessLogWebhook.Benchmarks;

/// <summary>Reading a review of 8 kB, beside the base library's reader that checks less, and its document, which is what most would use.</summary>
[MemoryDiagnoser]
public class ReadingBenchmarks
{
    private readonly byte[] body = SampleReview.OfPod(8 * 1024);

    [Benchmark(Baseline = true)]
    public bool Review() => AdmissionReviewReader.Read(body) is ReadReview.Sound;

    [Benchmark]
    public int Tokens()
    {
        var json = new Utf8JsonReader(body);
        var count = 0;
        while (json.Read())
        {
            count++;
        }

        return count;
    }

    [Benchmark]
    public JsonValueKind Document()
    {
        using var document = JsonDocument.Parse(body);
        return document.RootElement.GetProperty("request").GetProperty("object").ValueKind;
    }
}
