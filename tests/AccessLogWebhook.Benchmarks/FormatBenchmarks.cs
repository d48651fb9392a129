using AccessLogWebhook.Policy.Formats;
using BenchmarkDotNet.Attributes;

namespace AccessLogWebhook.Benchmarks;

/// <summary>Parsing formats: Istio's text, and a text that is nothing but command operators.</summary>
[MemoryDiagnoser]
public class FormatBenchmarks
{
    private readonly string istio = FormatPresets.IstioText.ToString();
    private readonly string thousand = string.Concat(Enumerable.Repeat("%REQ(X-REQUEST-ID?X-TRACE:AUTHORITY):64% ", 1000));

    [Benchmark(Baseline = true)]
    public object Istio_text() => FormatParser.Parse(istio);

    [Benchmark]
    public object Thousand_operators() => FormatParser.Parse(thousand);
}
