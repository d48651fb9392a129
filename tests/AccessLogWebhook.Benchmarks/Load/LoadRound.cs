using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;

namespace AccessLogWebhook.Benchmarks.Load;

/// <summary>One stretch of load on one target: so many clients, each of which sends its next review when it has the answer to the last.</summary>
internal sealed class LoadRound(HttpClient client, LoadTarget target, byte[] review)
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    public async Task<LoadResult> RunAsync(int clients, TimeSpan length)
    {
        var before = Usage();
        var began = Stopwatch.GetTimestamp();
        var workers = await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(() => SendAsync(began, length))));
        var elapsed = Stopwatch.GetElapsedTime(began);
        var after = Usage();
        return new LoadResult(
            [.. workers.SelectMany(worker => worker.Latencies)],
            workers.Sum(worker => worker.Failed),
            elapsed,
            after.Processor - before.Processor,
            after.ResidentBytes,
            after.PeakResidentBytes);
    }

    private async Task<(List<TimeSpan> Latencies, int Failed)> SendAsync(long began, TimeSpan length)
    {
        List<TimeSpan> latencies = [];
        var failed = 0;
        while (Stopwatch.GetElapsedTime(began) < length)
        {
            var sent = Stopwatch.GetTimestamp();
            using var content = new ByteArrayContent(review) { Headers = { ContentType = Json } };
            using var request = new HttpRequestMessage(HttpMethod.Post, target.Address)
            {
                Content = content, Version = client.DefaultRequestVersion, VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            };
            try
            {
                using var answer = await client.SendAsync(request);
                var body = await answer.Content.ReadAsByteArrayAsync();
                failed += answer.StatusCode == HttpStatusCode.OK && body.AsSpan().IndexOf("\"allowed\":true"u8) > 0 ? 0 : 1;
            }
            catch (HttpRequestException)
            {
                failed++;
            }

            latencies.Add(Stopwatch.GetElapsedTime(sent));
        }

        return (latencies, failed);
    }

    private ProcessUsage Usage() => target.ProcessId is { } id ? ProcessUsage.Of(id) : default;
}
