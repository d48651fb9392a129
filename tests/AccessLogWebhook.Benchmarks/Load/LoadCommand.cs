using System.CommandLine;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using AccessLogWebhook.Benchmarks.Samples;
using Spectre.Console;

namespace AccessLogWebhook.Benchmarks.Load;

/// <summary><c>load</c>: drives running servers over HTTPS, in turns, so that all of them meet the same noise.</summary>
internal static class LoadCommand
{
    public static Command Create()
    {
        var targets = new Option<LoadTarget[]>("--target")
        {
            Description = "NAME=URL or NAME=URL=PID, for example accesslog=https://127.0.0.1:8443/mutate=4711. The first is what the others are compared with.",
            Required = true,
            CustomParser = LoadTarget.ParseAll,
        };
        var authorities = new Option<FileInfo[]>("--ca") { Description = "The authorities that the servers' certificates are checked against, PEM." };
        var clients = new Option<int>("--clients") { Description = "How many send at the same time.", DefaultValueFactory = _ => 8 };
        var seconds = new Option<int>("--seconds") { Description = "The length of a round.", DefaultValueFactory = _ => 5 };
        var rounds = new Option<int>("--rounds") { Description = "How often every target has its turn, after one that is not counted.", DefaultValueFactory = _ => 5 };
        var bytes = new Option<int>("--object-bytes") { Description = "The size of the Pod.", DefaultValueFactory = _ => 8 * 1024 };
        var space = new Option<string>("--namespace") { Description = "The Pod's namespace.", DefaultValueFactory = _ => SampleReview.Namespace };
        var http2 = new Option<bool>("--http2") { Description = "All clients share one connection of HTTP/2, as an API server's do; else each has one of HTTP/1.1." };
        var command = new Command("load", "Reviews, one after the other, from several clients.") { targets, authorities, clients, seconds, rounds, bytes, space, http2 };
        command.SetAction((parse, _) => RunAsync(
            parse.GetRequiredValue(targets),
            parse.GetValue(authorities) ?? [],
            parse.GetValue(clients),
            TimeSpan.FromSeconds(parse.GetValue(seconds)),
            parse.GetValue(rounds),
            SampleReview.OfPod(parse.GetValue(bytes), parse.GetRequiredValue(space)),
            parse.GetValue(http2)));
        return command;
    }

    private static async Task<int> RunAsync(LoadTarget[] targets, FileInfo[] authorities, int clients, TimeSpan length, int rounds, byte[] review, bool http2)
    {
        using var client = Client(authorities, clients, http2);
        var results = targets.ToDictionary(target => target, _ => new List<LoadResult>());
        for (var round = 0; round <= rounds; round++)
        {
            foreach (var target in targets)
            {
                var result = await new LoadRound(client, target, review).RunAsync(clients, length);
                if (round > 0)
                {
                    results[target].Add(result);
                }
            }
        }

        var summed = targets.Select(target => (target.Name, Result: LoadResult.Sum(results[target]))).ToArray();
        Print(summed, review.Length, clients);
        return summed.Any(target => target.Result.Failed > 0) ? 1 : 0;
    }

    private static HttpClient Client(FileInfo[] authorities, int clients, bool http2)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        foreach (var file in authorities)
        {
            policy.CustomTrustStore.ImportFromPemFile(file.FullName);
        }

        var handler = new SocketsHttpHandler
        {
            MaxConnectionsPerServer = http2 ? 1 : clients,
            SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy },
            PooledConnectionLifetime = Timeout.InfiniteTimeSpan,
        };
        return new HttpClient(handler) { DefaultRequestVersion = http2 ? HttpVersion.Version20 : HttpVersion.Version11 };
    }

    private static void Print((string Name, LoadResult Result)[] targets, int bytes, int clients)
    {
        var table = new Table().Title($"{clients} clients, {bytes:N0} bytes each");
        table.AddColumns("target", "reviews", "failed", "p50 ms", "p90 ms", "p99 ms", "p99.9 ms", "per second", "per processor second", "ratio", "resident MB", "peak MB");
        var first = targets[0].Result.PerProcessorSecond;
        foreach (var (name, result) in targets)
        {
            table.AddRow(
                name, $"{result.Latencies.Count}", $"{result.Failed}",
                Milliseconds(result, 0.5), Milliseconds(result, 0.9), Milliseconds(result, 0.99), Milliseconds(result, 0.999),
                $"{result.PerSecond:F0}", $"{result.PerProcessorSecond:F0}", $"{result.PerProcessorSecond / first:F2}",
                Megabytes(result.ResidentBytes), Megabytes(result.PeakResidentBytes));
        }

        AnsiConsole.Write(table);
    }

    private static string Milliseconds(LoadResult result, double share) => $"{result.Percentile(share).TotalMilliseconds:F2}";

    private static string Megabytes(long bytes) => $"{bytes / 1e6:F0}";
}
