using System.Threading.Channels;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Controllers;
using AccessLogWebhook.Observability;
using AccessLogWebhook.Tests.Support;
using k8s;

namespace AccessLogWebhook.Tests.Controllers;

/// <summary>
/// One replica of an election, with a clock and a way to the API server of its own. Nothing moves but by the test: when a call here returns,
/// the replica pauses again, or waits for an answer.
/// </summary>
internal sealed class ElectionReplica : IAsyncDisposable
{
    public static readonly LeaseTimings Timings = new();

    private static readonly TimeSpan Step = TimeSpan.FromSeconds(0.1);

    private readonly Channel<object> halts = Channel.CreateUnbounded<object>();
    private readonly CancellationTokenSource stopping = new();
    private readonly LiveConnection connection;
    private readonly Task running;
    private object? halted;

    private ElectionReplica(FakeApiServer server, string @namespace, string name)
    {
        Name = name;
        Clock = new ReplicaClock(Timings, due => halts.Writer.TryWrite(due));
        foreach (var path in (string[])[$"apis/coordination.k8s.io/v1/namespaces/{@namespace}/leases", $"apis/coordination.k8s.io/v1/namespaces/{@namespace}/leases/lock"])
        {
            server.Collection(path).Taker = request => halts.Writer.TryWrite(request);
        }

        connection = new LiveConnection(new KubernetesClientConfiguration { Host = server.Address.ToString() });
        var lease = new LiveLease(new LiveObjects(connection, Timings.RequestTimeout, Clock), @namespace, "lock");
        running = new LeaderElection(lease, name, Timings, () => Fit, new WebhookMetrics().Controllers.LeadingIs, Clock, Logs).RunAsync(LeadAsync, stopping.Token);
    }

    public string Name { get; }

    public ReplicaClock Clock { get; }

    public LogCollector<LeaderElection> Logs { get; } = new();

    /// <summary>The leaderships that it has had.</summary>
    public List<Leadership> Terms { get; } = [];

    public bool Fit { get; set; } = true;

    /// <summary>Whether it may write at this moment.</summary>
    public bool Leads => !IsDead && Terms.LastOrDefault() is { Token.IsCancellationRequested: false };

    public bool IsDead { get; private set; }

    /// <summary>The request that waits for an answer.</summary>
    public FakeRequest? Request => halted as FakeRequest;

    public static async Task<ElectionReplica> StartAsync(FakeApiServer server, string @namespace, string name)
    {
        var replica = new ElectionReplica(server, @namespace, name);
        await replica.HaltsAsync();
        return replica;
    }

    /// <summary>Lets time pass for it alone, in steps so small that it does not do two things in one.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        for (var end = Clock.Passing + time; Clock.Passing < end;)
        {
            var led = Leads;
            Clock.Advance(end - Clock.Passing < Step ? end - Clock.Passing : Step);
            if (Request is null ? (halted is DateTimeOffset due && due <= Clock.Passing) || (led && !Leads) : Clock.RequestEnds <= Clock.Passing)
            {
                await HaltsAsync();
            }
        }
    }

    /// <summary>Lets the pause pass that it is in.</summary>
    public Task PassPauseAsync() => PassAsync(Assert.IsType<DateTimeOffset>(halted) - Clock.Passing);

    public async Task AnswerAsync((int Code, string Body) answer)
    {
        await Request!.AnswerAsync(answer.Code, answer.Body);
        await HaltsAsync();
    }

    /// <summary>Breaks the connection under its request.</summary>
    public async Task DropAsync()
    {
        await Request!.BreakAsync();
        await HaltsAsync();
    }

    /// <summary>As SIGKILL does: no more time passes for it, and nothing of it is answered.</summary>
    public async Task KillAsync()
    {
        IsDead = true;
        if (Request is { } request)
        {
            await request.BreakAsync();
        }
    }

    /// <summary>As SIGTERM does; what it then asks is answered by the store.</summary>
    /// <param name="amidRequest">Whether it is to find a request under way.</param>
    public async Task StopAsync(LeaseStore store, bool amidRequest = false)
    {
        if (Request is { } waiting && !IsDead && !amidRequest)
        {
            await waiting.BreakAsync();
        }

        halted = null;
        await stopping.CancelAsync();
        while (!running.IsCompleted)
        {
            var next = halts.Reader.WaitToReadAsync().AsTask();
            await Task.WhenAny(running, next).WaitAsync(TestTime.Patience);
            while (halts.Reader.TryRead(out var halt))
            {
                if (halt is FakeRequest request)
                {
                    var (code, body) = store.Apply(request);
                    try
                    {
                        await request.AnswerAsync(code, body);
                    }
                    catch (ObjectDisposedException)
                    {
                        // The end has met it before anybody took it, and it was given up.
                    }
                }
            }
        }

        await running;
    }

    public async ValueTask DisposeAsync()
    {
        if (IsDead)
        {
            // Its paths are another's, and nobody would answer it.
            connection.Dispose();
        }

        await StopAsync(new LeaseStore());
        connection.Dispose();
        stopping.Dispose();
    }

    private async Task HaltsAsync() => halted = await halts.Reader.ReadAsync().AsTask().WaitAsync(TestTime.Patience);

    private async Task LeadAsync(Leadership leadership)
    {
        Terms.Add(leadership);
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (leadership.Token.Register(over.SetResult))
        {
            await over.Task;
        }
    }
}
