using System.CommandLine;
using AccessLogWebhook.Benchmarks.Samples;
using AccessLogWebhook.Cluster;
using Spectre.Console;

namespace AccessLogWebhook.Benchmarks.Load;

/// <summary><c>create</c>: what a Pod's creation costs through a real API server, with each webhook on its way and without any, in turns.</summary>
internal static class CreateCommand
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(30);

    public static Command Create()
    {
        var kubeconfig = new Option<FileInfo>("--kubeconfig") { Description = "The API server. Nothing else should use it: namespaces bench-… are made and filled.", Required = true };
        var webhooks = new Option<LoadTarget[]>("--webhook")
        {
            Description = "NAME=URL of a running webhook that follows this cluster. The first is what the others are compared with.",
            Required = true,
            CustomParser = LoadTarget.ParseAll,
        };
        var authority = new Option<FileInfo>("--ca") { Description = "The authority of the webhooks' certificates, PEM.", Required = true };
        var clients = new Option<int[]>("--clients") { Description = "How many create at the same time.", DefaultValueFactory = _ => [1, 16] };
        var pods = new Option<int>("--pods") { Description = "How many a round creates.", DefaultValueFactory = _ => 200 };
        var rounds = new Option<int>("--rounds") { Description = "How often every variant has its turn, after one that is not counted.", DefaultValueFactory = _ => 8 };
        var command = new Command("create", "Pods of 8 kB, with a webhook on their way, with a MutatingAdmissionPolicy, and with neither.")
        {
            kubeconfig, webhooks, authority, clients, pods, rounds,
        };
        command.SetAction((parse, cancellationToken) => RunAsync(
            parse.GetRequiredValue(kubeconfig),
            parse.GetRequiredValue(webhooks),
            parse.GetRequiredValue(authority),
            parse.GetRequiredValue(clients),
            parse.GetValue(pods),
            parse.GetValue(rounds),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        FileInfo kubeconfig, LoadTarget[] webhooks, FileInfo authority, int[] clients, int pods, int rounds, CancellationToken cancellationToken)
    {
        if (!LiveConnection.TryOpen(kubeconfig.FullName, null, out var connection, out var problem))
        {
            await Console.Error.WriteLineAsync(problem);
            return 2;
        }

        using var opened = connection;
        var pem = await File.ReadAllBytesAsync(authority.FullName, cancellationToken);
        CreateVariant[] variants =
        [
            .. webhooks.Select(webhook => CreateVariant.Webhook(webhook.Name, webhook.Address, pem)),
            CreateVariant.Policy(SampleCluster.Revision),
            CreateVariant.Nothing,
        ];
        var objects = new LiveObjects(connection, RequestTimeout, TimeProvider.System);
        var turns = new List<(CreateVariant Variant, CreateRound Round)>();
        foreach (var variant in variants)
        {
            await variant.InstallAsync(objects, cancellationToken);
            var round = new CreateRound(connection, variant);
            await round.PrepareAsync();
            turns.Add((variant, round));
        }

        foreach (var count in clients)
        {
            var latencies = variants.ToDictionary(variant => variant.Name, _ => new List<TimeSpan>());
            for (var round = 0; round <= rounds; round++)
            {
                // Each begins as often as the others: what comes first meets what the round before has left to do.
                foreach (var (variant, creating) in turns.Skip(round % turns.Count).Concat(turns.Take(round % turns.Count)))
                {
                    var own = await creating.RunAsync(count, pods);
                    if (round > 0)
                    {
                        latencies[variant.Name].AddRange(own);
                    }
                }
            }

            Print(count, variants, latencies);
        }

        return 0;
    }

    private static void Print(int clients, CreateVariant[] variants, Dictionary<string, List<TimeSpan>> latencies)
    {
        var table = new Table().Title($"{clients} {(clients == 1 ? "client" : "clients")}");
        table.AddColumns("on the way", "Pods", "p50 ms", "p99 ms", "added p50 ms", "added p99 ms", "ratio p50", "ratio p99");
        var none = Percentiles(latencies[CreateVariant.Nothing.Name]);
        var first = Percentiles(latencies[variants[0].Name]);
        foreach (var variant in variants)
        {
            var own = Percentiles(latencies[variant.Name]);
            table.AddRow(
                variant.Name, $"{latencies[variant.Name].Count}", $"{own.Half:F2}", $"{own.Most:F2}", $"{own.Half - none.Half:F2}", $"{own.Most - none.Most:F2}",
                $"{(own.Half - none.Half) / (first.Half - none.Half):F2}", $"{(own.Most - none.Most) / (first.Most - none.Most):F2}");
        }

        AnsiConsole.Write(table);
    }

    private static (double Half, double Most) Percentiles(List<TimeSpan> latencies)
    {
        TimeSpan[] sorted = [.. latencies.Order()];
        return (At(0.5), At(0.99));

        double At(double share) => sorted[(int)Math.Ceiling(share * sorted.Length) - 1].TotalMilliseconds;
    }
}
