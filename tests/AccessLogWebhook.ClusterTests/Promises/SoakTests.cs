using System.Globalization;
using System.Text;
using AccessLogWebhook.ClusterTests.Support;

namespace AccessLogWebhook.ClusterTests.Promises;

/// <summary>
/// Mixed load for as many minutes as <c>$ACCESSLOG_SOAK</c> says, with every fault in turn, again and again. One replica lives through all of it; the other is replaced and killed.
/// </summary>
public sealed class SoakTests(ControlPlaneFixture fixture)
{
    // Of what is held after a while more than this is no breathing of a garbage collector.
    private const double MostGrowth = 1.5;

    private readonly Dictionary<string, (int Times, int Answered, int Lost)> faults = [];
    private readonly List<(TimeSpan At, long Elder, long? Younger)> memory = [];
    private readonly List<(long From, long To)> kills = [];

    [Fact]
    public async Task Under_load_and_faults_nothing_is_lost_and_memory_stays_flat()
    {
        Assert.SkipWhen(TestEnvironment.SoakMinutes is null, "A soak takes long: set ACCESSLOG_SOAK to its minutes.");
        var length = TimeSpan.FromMinutes(TestEnvironment.SoakMinutes!.Value);
        await using var service = await PromisedService.StartAsync(fixture.Binaries);
        var elder = service.Replicas[0];
        await using var load = await MixedLoad.StartAsync(service.Plane, workers: 3, pace: TimeSpan.FromMilliseconds(20));
        var began = TimeProvider.System.GetTimestamp();
        using var stop = new CancellationTokenSource();
        var sampling = SampleAsync(service, elder, began, stop.Token);
        for (var round = 0; TimeProvider.System.GetElapsedTime(began) < length; round++)
        {
            foreach (var (name, act) in Faults(service, elder, round))
            {
                if (TimeProvider.System.GetElapsedTime(began) < length)
                {
                    await InjectAsync(service, load, name, act);
                }
            }
        }

        await stop.CancelAsync();
        await sampling;
        await load.EndAsync();
        var lost = load.Losses.Where(loss => !kills.Any(kill => loss.Began <= kill.To && loss.Ended >= kill.From)).ToList();
        await TellAsync(service, load, TimeProvider.System.GetElapsedTime(began), lost.Count);
        Assert.True(lost.Count == 0, string.Join(Environment.NewLine, lost.Take(10)));
        Assert.Equal(0, service.Endpoints.Emptied);
        service.Installation.AssertQuiet();
        AssertFlat();
    }

    private static IEnumerable<(string Name, Func<Task> Act)> Faults(PromisedService service, WebhookProcess elder, int round)
    {
        WebhookProcess Younger() => service.Replicas.First(replica => replica != elder);
        yield return ("a replica replaced (SIGTERM)", () => service.ReplaceAsync(Younger()));
        foreach (var (name, begin, end) in WatchFaults.Of(service.Faults))
        {
            yield return (name, async () =>
            {
                await begin();
                await Task.Delay(TimeSpan.FromSeconds(3), TimeProvider.System, TestContext.Current.CancellationToken);
                end();
            });
        }

        yield return ("a replica killed (SIGKILL)", () => service.KillAsync(Younger()));
        yield return ("etcd held for 3 s", () => service.Plane.PauseEtcdAsync(TimeSpan.FromSeconds(3)));
        yield return ("the API server restarted", service.Plane.RestartApiServerAsync);
        yield return ("the API server killed", async () =>
        {
            await service.Plane.KillApiServerAsync();
            await service.Plane.StartApiServerAsync();
        });
        yield return ("another authority", service.Installation.AskForRotationAsync);
        foreach (var (name, text) in new[] { ("a configuration changed", $"exemptions: {{namespaces: [round-{round}]}}\n"), ("a configuration broken", "defaults: {enforce: [\n"), ("a configuration mended", "") })
        {
            yield return (name, () =>
            {
                foreach (var replica in service.Replicas)
                {
                    replica.ReplaceConfiguration(PromisedService.Configuration + text);
                }

                return Task.CompletedTask;
            });
        }

        yield return ("a profile changed", async () => (await service.Plane.Admin.PatchAsync(
            $"{ApiPaths.Profiles("soak")}?fieldManager=soak&force=true",
            $$$"""{"apiVersion":"accesslog.mesh/v1alpha1","kind":"AccessLogProfile","metadata":{"name":"soak"},"spec":{"filter":{"minDuration":"{{{round + 1}}}ms"} } }""",
            contentType: "application/apply-patch+yaml")).Successful());
    }

    private async Task InjectAsync(PromisedService service, MixedLoad load, string name, Func<Task> act)
    {
        var (answered, lost) = (load.Done, load.Losses.Count);
        var from = TimeProvider.System.GetTimestamp();
        await act();
        if (name.Contains("SIGKILL", StringComparison.Ordinal))
        {
            kills.Add((from, TimeProvider.System.GetTimestamp()));
        }

        await load.GoesOnAsync();
        await service.FollowsAsync();
        var (times, allAnswered, allLost) = faults.GetValueOrDefault(name);
        faults[name] = (times + 1, allAnswered + load.Done - answered, allLost + load.Losses.Count - lost);
    }

    private async Task SampleAsync(PromisedService service, WebhookProcess elder, long began, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(5), TimeProvider.System);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                var younger = service.Replicas.FirstOrDefault(replica => replica != elder);
                memory.Add((TimeProvider.System.GetElapsedTime(began), await elder.ResidentBytesAsync() ?? 0, younger is null ? null : await younger.ResidentBytesAsync()));
            }
        }
        catch (OperationCanceledException)
        {
            // It is over.
        }
    }

    private async Task TellAsync(PromisedService service, MixedLoad load, TimeSpan length, int lost)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"Soak of {length.TotalMinutes:0.0} minutes, {(TestEnvironment.ProductBinary is null ? "accesslog.dll" : "the native executable")}");
        text.AppendLine(CultureInfo.InvariantCulture, $"{load.Done} requests answered rightly, {load.Done / length.TotalSeconds:0} a second; lost: {lost}, and {load.Losses.Count - lost} while a replica was killed;"
            + $" not answered by the API server itself: {load.Unreached}; times without a ready replica: {service.Endpoints.Emptied}").AppendLine();
        text.AppendLine("| what was asked | answered |").AppendLine("|---|---|");
        foreach (var (kind, count) in load.DoneByKind)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {kind} | {count} |");
        }

        text.AppendLine().AppendLine("| fault | times | answered until all was well | lost |").AppendLine("|---|---|---|---|");
        foreach (var (fault, (times, answered, gone)) in faults)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {fault} | {times} | {answered} | {gone} |");
        }

        text.AppendLine().AppendLine("| memory (RSS, MiB) | of the replica that lived through it | of the other |").AppendLine("|---|---|---|");
        for (var part = 0; part < 10 && memory.Count > 0; part++)
        {
            var (at, old, young) = memory[(memory.Count - 1) * part / 9];
            text.AppendLine(CultureInfo.InvariantCulture, $"| after {at.TotalMinutes:0.0} minutes | {old / 1048576.0:0} | {young / 1048576.0:0} |");
        }

        foreach (var loss in load.Losses.GroupBy(loss => $"{loss.What}: {loss.Why}").OrderByDescending(group => group.Count()).Take(10))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{loss.Count()} × {loss.Key}");
        }

        var file = Path.Combine(AppContext.BaseDirectory, "soak.md");
        await File.WriteAllTextAsync(file, text.ToString(), CancellationToken.None);
        TestContext.Current.TestOutputHelper?.WriteLine($"{text}{Environment.NewLine}It is in {file}, too.");
    }

    /// <summary>In a soak that is long enough to tell: the middle of the last fifth against that of the second.</summary>
    private void AssertFlat()
    {
        if (memory.Count >= 100)
        {
            var (before, after) = (Middle(memory.Skip(memory.Count / 5).Take(memory.Count / 5)), Middle(memory.TakeLast(memory.Count / 5)));
            Assert.True(after < before * MostGrowth, $"{before / 1048576.0:0} MiB have become {after / 1048576.0:0}");
        }
    }

    private static long Middle(IEnumerable<(TimeSpan At, long Elder, long? Younger)> samples)
    {
        var sorted = samples.Select(sample => sample.Elder).Order().ToList();
        return sorted[sorted.Count / 2];
    }
}
