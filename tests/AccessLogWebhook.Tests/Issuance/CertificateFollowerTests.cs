using AccessLogWebhook.Certificates;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Issuance;
using AccessLogWebhook.Tests.Support;

namespace AccessLogWebhook.Tests.Issuance;

/// <summary>What a replica serves, and what it says of itself, with watches at the wire.</summary>
public sealed class CertificateFollowerTests : IAsyncLifetime
{
    private readonly CancellationTokenSource stopping = new();
    private readonly ServingCertificate serving = new();
    private readonly LogCollector<CertificateFollower> logs = new();
    private CertificateCluster cluster = null!;
    private WatchedCertificates watched = null!;
    private CertificateFollower follower = null!;
    private Task running = Task.CompletedTask;

    public async ValueTask InitializeAsync()
    {
        cluster = await CertificateCluster.StartAsync();
        watched = new WatchedCertificates(cluster.Place, path => new LiveObjectWatch(
            cluster.Connection, cluster.Objects, path, new ObjectWatchTimings { Spacing = TimeSpan.Zero }, TimeProvider.System, new LogCollector<LiveObjectWatch>()));
        follower = new CertificateFollower(watched, serving, CertificateCluster.Lifetimes.UnreadyAfter, TimeProvider.System, logs);
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await running.WaitAsync(TestTime.Patience);
        await cluster.DisposeAsync();
        stopping.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Until_there_is_a_Secret_it_is_unready_and_then_serves_what_is_in_it()
    {
        Follow();
        await UntilAsync(() => follower.FindProblem() == "There is no serving certificate yet: nobody has made the Secret.");

        await cluster.SettleAsync();

        await UntilAsync(() => follower.FindProblem() is null);
        AssertServes(cluster.Held.Leaf!);
    }

    [Fact]
    public async Task A_caBundle_that_does_not_verify_what_is_served_makes_it_unready_until_it_is_repaired()
    {
        await cluster.SettleAsync();
        Follow();
        await UntilAsync(() => follower.FindProblem() is null);

        cluster.Overwrite(CertificateCluster.Validating, "theirs");
        await UntilAsync(() => follower.FindProblem()
            == "The serving certificate cannot be verified: there is no authority, by the caBundle of enforce.accesslog.mesh in validatingwebhookconfigurations/accesslog-webhook.");

        await cluster.SettleAsync();
        await UntilAsync(() => follower.FindProblem() is null);
    }

    [Fact]
    public async Task Through_a_rotation_it_is_ready_all_the_time_and_serves_the_new_certificate_in_the_end()
    {
        await cluster.SettleAsync();
        Follow();
        await UntilAsync(() => follower.FindProblem() is null);
        var first = cluster.Held.Leaf!;
        cluster.Change("secrets", secret => secret["metadata"]!["annotations"] = new System.Text.Json.Nodes.JsonObject { ["accesslog.mesh/rotate"] = "" });

        foreach (var pause in (TimeSpan[])[TimeSpan.Zero, CertificateCluster.Lifetimes.Settle, CertificateCluster.Lifetimes.RetireAfter])
        {
            cluster.Time.Advance(pause);
            await cluster.SettleAsync();
            await UntilAsync(() => serving.Context!.TargetCertificate.SerialNumber == cluster.Held.Leaf!.Load().SerialNumber);
            Assert.Null(follower.FindProblem());
        }

        Assert.NotEqual(first, cluster.Held.Leaf);
        Assert.Empty(cluster.Held.Previous);
    }

    [Fact]
    public async Task A_certificate_that_no_caBundle_verifies_is_not_taken_for_one_that_they_do()
    {
        await cluster.SettleAsync();
        Follow();
        await UntilAsync(() => follower.FindProblem() is null);
        var first = cluster.Held.Leaf!;
        await using var another = await CertificateCluster.StartAsync();
        await another.SettleAsync();

        cluster.Change("secrets", secret =>
        {
            foreach (var (name, text) in another.Held.Entries())
            {
                secret["data"]![name] = text is null ? null : Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text));
            }
        });
        await UntilAsync(() => logs.Lines.Any(line => line.StartsWith("Warning 4101", StringComparison.Ordinal)));
        AssertServes(first);

        await cluster.SettleAsync();
        await UntilAsync(() => serving.Context!.TargetCertificate.SerialNumber != Serial(first));
        AssertServes(another.Held.Leaf!);
        await UntilAsync(() => follower.FindProblem() is null);
    }

    [Fact]
    public async Task A_replica_whose_clock_is_behind_takes_a_certificate_once_that_is_valid_though_nothing_rings()
    {
        var behind = new TestTime();
        behind.SetUtcNow(cluster.Time.GetUtcNow());
        follower = new CertificateFollower(watched, serving, TimeSpan.FromDays(1), behind, logs);
        await cluster.SettleAsync();
        Follow();
        await UntilAsync(() => serving.Context is not null && watched.Unknown() is null);
        var first = cluster.Held.Leaf!;
        cluster.Time.Advance(TimeSpan.FromHours(2));
        cluster.Change("secrets", secret => secret["metadata"]!["annotations"] = new System.Text.Json.Nodes.JsonObject { ["accesslog.mesh/rotate"] = "" });
        await cluster.SettleAsync();
        cluster.Time.Advance(CertificateCluster.Lifetimes.Settle);
        await cluster.SettleAsync();
        await UntilAsync(() => logs.Lines.Any(line => line.StartsWith("Warning 4101", StringComparison.Ordinal)));
        AssertServes(first);

        behind.Advance(TimeSpan.FromHours(2));
        await UntilAsync(() =>
        {
            behind.Advance(TimeSpan.FromMinutes(1));
            return serving.Context!.TargetCertificate.SerialNumber == Serial(cluster.Held.Leaf!);
        });
    }

    [Fact]
    public async Task A_clock_that_is_set_back_leaves_it_ready_with_what_has_once_been_valid()
    {
        var clock = new WallClock();
        follower = new CertificateFollower(watched, serving, TimeSpan.FromDays(1), clock, logs);
        await cluster.SettleAsync();
        Follow();
        await UntilAsync(() => follower.FindProblem() is null);

        clock.Behind = TimeSpan.FromHours(1);
        Assert.Null(follower.FindProblem());
        follower.Take();
        Assert.Null(follower.FindProblem());
    }

    [Fact]
    public async Task A_Secret_that_goes_or_cannot_be_read_leaves_what_is_served()
    {
        await cluster.SettleAsync();
        Follow();
        await UntilAsync(() => follower.FindProblem() is null);
        var first = cluster.Held.Leaf!;

        cluster.Change("secrets", secret => secret["data"]!["tls.crt"] = "bm9uZQ==");
        await UntilAsync(() => watched.Secret.Sight.Object?.GetProperty("data").GetProperty("tls.crt").GetString() == "bm9uZQ==");
        cluster.Remove("secrets");
        await UntilAsync(() => watched.Secret.Sight.Object is null);

        follower.Take();
        AssertServes(first);
        Assert.Null(follower.FindProblem());
    }

    [Fact]
    public async Task It_tells_no_key_to_the_log()
    {
        await cluster.SettleAsync();
        Follow();
        await UntilAsync(() => follower.FindProblem() is null);

        Assert.StartsWith("Information 4100: Serving the certificate ", Assert.Single(logs.Lines), StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE", Assert.Single(logs.Lines), StringComparison.Ordinal);
    }

    /// <summary>The system's time, of which only the date is set: what has passed is measured as before.</summary>
    private sealed class WallClock : TimeProvider
    {
        public TimeSpan Behind { get; set; }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() - Behind;
    }

    private void Follow() => running = follower.RunAsync(stopping.Token);

    private void AssertServes(KeptCertificate leaf) => Assert.Equal(Serial(leaf), serving.Context!.TargetCertificate.SerialNumber);

    private static string Serial(KeptCertificate leaf)
    {
        using var certificate = leaf.Load();
        return certificate.SerialNumber;
    }

    /// <summary>Waits for what a watch brings about.</summary>
    private async Task UntilAsync(Func<bool> isSo)
    {
        using var patience = new CancellationTokenSource(TestTime.Patience);
        while (true)
        {
            var changed = watched.Changed;
            if (isSo())
            {
                return;
            }

            // What is watched has come; the follower takes it in at its own time.
            await Task.WhenAny(changed, Task.Delay(TimeSpan.FromMilliseconds(10), patience.Token));
            Assert.False(patience.IsCancellationRequested, $"It did not come about: {follower.FindProblem()}");
        }
    }
}
