using System.Diagnostics;
using System.Net;
using AccessLogWebhook.Benchmarks.Samples;
using AccessLogWebhook.Cluster;

namespace AccessLogWebhook.Benchmarks.Load;

/// <summary>Creates Pods through an API server, each client one after the other.</summary>
internal sealed class CreateRound(LiveConnection connection, CreateVariant variant)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly byte[] pod = System.Text.Encoding.UTF8.GetBytes(SampleReview.Pod(8 * 1024, variant.Namespace));

    private string Collection => $"api/v1/namespaces/{variant.Namespace}/pods";

    /// <summary>Waits until the API server has taken notice of the variant.</summary>
    public async Task PrepareAsync()
    {
        var began = Stopwatch.GetTimestamp();
        while (variant.Changes != (await CreateAsync()).Contains("\"accesslog.mesh/profile\"", StringComparison.Ordinal))
        {
            if (Stopwatch.GetElapsedTime(began) > Patience)
            {
                throw new InvalidOperationException($"Pods of {variant.Namespace} do not come out as {variant.Name} should leave them.");
            }
        }
    }

    /// <returns>How long each creation took.</returns>
    public async Task<IReadOnlyList<TimeSpan>> RunAsync(int clients, int pods)
    {
        var left = pods;
        var latencies = await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(async () =>
        {
            List<TimeSpan> own = [];
            while (Interlocked.Decrement(ref left) >= 0)
            {
                var sent = Stopwatch.GetTimestamp();
                await CreateAsync();
                own.Add(Stopwatch.GetElapsedTime(sent));
            }

            return own;
        })));
        using (await SendAsync(HttpMethod.Delete, $"{Collection}?gracePeriodSeconds=0", null))
        {
            return [.. latencies.SelectMany(own => own)];
        }
    }

    private async Task<string> CreateAsync()
    {
        using var answer = await SendAsync(HttpMethod.Post, Collection, new LiveContent(LiveContent.Json, pod));
        var body = await answer.Content.ReadAsStringAsync();
        return answer.StatusCode == HttpStatusCode.Created ? body : throw new InvalidOperationException($"A Pod of {variant.Namespace} was not created: {body}");
    }

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, LiveContent? content) =>
        connection.SendAsync(method, path, LiveContent.Json, content, CancellationToken.None);
}
