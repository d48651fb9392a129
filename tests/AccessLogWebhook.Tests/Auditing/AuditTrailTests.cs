using System.Text;
using System.Text.Json.Nodes;
using AccessLogWebhook.Auditing;
using AccessLogWebhook.Observability;
using AccessLogWebhook.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccessLogWebhook.Tests.Auditing;

public sealed class AuditTrailTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();
    private readonly WebhookMetrics metrics = new();

    [Fact]
    public async Task Entries_are_lines_of_JSON_in_the_order_in_which_they_came()
    {
        var trail = TrailTo(() => AuditDestination.Open(directory["trail.jsonl"]));
        trail.Record(Entry("a"));
        trail.Record(Entry("b"));

        await DrainAsync(trail);

        var lines = await File.ReadAllLinesAsync(directory["trail.jsonl"]);
        Assert.Equal(
            """{"schema":"accesslog.mesh/audit/v1","time":"2026-11-25T10:00:00.000Z","uid":"a","endpoint":"mutate","operation":"Create","kind":"Pod","namespace":"shop","name":"api","user":"ada","outcome":"changed","mode":"inject","profile":"json","verdict":"Logged","reason":"Injected","message":"Pod shop/api is logged.","warnings":["w"],"changes":["/metadata/labels"]}""",
            lines[0]);
        Assert.Equal("b", (string?)JsonNode.Parse(lines[1])!["uid"]);
        Assert.Contains("accesslog_audit_trail_entries_total{result=\"written\"} 2", await MetricsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_does_not_fit_is_dropped_and_counted_and_nobody_waits()
    {
        using var stuck = new StuckStream();
        var trail = TrailTo(() => stuck, queueLength: 2);
        using var stopping = new CancellationTokenSource();
        var running = trail.RunAsync(stopping.Token);
        trail.Record(Entry("first"));
        await stuck.Writing.WaitAsync(TestTime.Patience);

        for (var number = 0; number < 1_000; number++)
        {
            trail.Record(Entry($"{number}"));
        }

        Assert.Contains("accesslog_audit_trail_entries_total{result=\"dropped\"} 998", await MetricsAsync(), StringComparison.Ordinal);
        stuck.Release();
        await stopping.CancelAsync();
        await running.WaitAsync(TestTime.Patience);
        Assert.Contains("accesslog_audit_trail_entries_total{result=\"written\"} 3", await MetricsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_written_is_counted_and_the_destination_is_opened_again()
    {
        var opened = 0;
        var trail = TrailTo(() => opened++ == 0 ? throw new IOException("The disk is full.") : AuditDestination.Open(directory["trail.jsonl"]));
        using var stopping = new CancellationTokenSource();
        var running = trail.RunAsync(stopping.Token);

        trail.Record(Entry("lost"));
        while (!(await MetricsAsync()).Contains("result=\"failed\"} 1", StringComparison.Ordinal))
        {
            await Task.Yield();
        }

        trail.Record(Entry("kept"));
        await stopping.CancelAsync();
        await running.WaitAsync(TestTime.Patience);

        Assert.Equal("kept", (string?)JsonNode.Parse(Assert.Single(await File.ReadAllLinesAsync(directory["trail.jsonl"])))!["uid"]);
    }

    [Fact]
    public async Task Every_text_is_bounded_and_none_ends_a_line_or_moves_a_terminal()
    {
        var evil = "\n{}\u001b[2J\u202e\u2028" + new string('x', 100_000);
        var trail = TrailTo(() => AuditDestination.Open(directory["trail.jsonl"]));
        trail.Record(Entry(evil) with
        {
            Namespace = evil,
            Name = evil,
            User = evil,
            Profile = evil,
            Message = evil,
            Warnings = [.. Enumerable.Repeat(evil, 1_000)],
            Changes = [.. Enumerable.Repeat(evil, 1_000)],
        });

        await DrainAsync(trail);

        var text = await File.ReadAllTextAsync(directory["trail.jsonl"]);
        Assert.Single(text.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.InRange(Encoding.UTF8.GetByteCount(text), 1, 32_000);
        Assert.DoesNotContain(text.TrimEnd('\n'), character => char.IsControl(character) || character is '\u202e' or '\u2028');
    }

    [Fact]
    public async Task A_file_that_is_moved_away_gets_no_line_more()
    {
        var trail = TrailTo(() => AuditDestination.Open(directory["trail.jsonl"]));
        using var stopping = new CancellationTokenSource();
        var running = trail.RunAsync(stopping.Token);

        trail.Record(Entry("before"));
        await WrittenAsync(1);
        File.Move(directory["trail.jsonl"], directory["trail.jsonl.1"]);
        trail.Record(Entry("after"));
        await WrittenAsync(2);
        await stopping.CancelAsync();
        await running.WaitAsync(TestTime.Patience);

        Assert.Equal(["before"], await UidsAsync("trail.jsonl.1"));
        Assert.Equal(["after"], await UidsAsync("trail.jsonl"));
    }

    [Fact]
    public async Task A_file_that_is_cut_has_no_hole()
    {
        var trail = TrailTo(() => AuditDestination.Open(directory["trail.jsonl"]));
        using var stopping = new CancellationTokenSource();
        var running = trail.RunAsync(stopping.Token);

        trail.Record(Entry("before"));
        await WrittenAsync(1);
        await using (var file = new FileStream(directory["trail.jsonl"], FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.SetLength(0);
        }

        trail.Record(Entry("after"));
        await WrittenAsync(2);
        await stopping.CancelAsync();
        await running.WaitAsync(TestTime.Patience);

        Assert.Equal(["after"], await UidsAsync("trail.jsonl"));
    }

    [Fact]
    public async Task Two_that_write_to_one_file_at_once_keep_each_others_lines()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere the end is found once, when the file is opened.");
        await using (Stream one = AuditDestination.Open(directory["trail.jsonl"]), other = AuditDestination.Open(directory["trail.jsonl"]))
        {
            foreach (var (stream, line) in new[] { (one, "a\n"u8.ToArray()), (other, "b\n"u8.ToArray()), (one, "c\n"u8.ToArray()), (other, "d\n"u8.ToArray()) })
            {
                await stream.WriteAsync(line, TestContext.Current.CancellationToken);
            }
        }

        Assert.Equal("a\nb\nc\nd\n", await File.ReadAllTextAsync(directory["trail.jsonl"], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_pipe_stays_open_from_batch_to_batch()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "It has to be made with mkfifo.");
        using (var made = System.Diagnostics.Process.Start("mkfifo", directory["pipe"]))
        {
            await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        var reading = Task.Run(() => File.ReadAllLines(directory["pipe"]), TestContext.Current.CancellationToken);
        var trail = TrailTo(() => AuditDestination.Open(directory["pipe"]));
        using var stopping = new CancellationTokenSource();
        var running = trail.RunAsync(stopping.Token);
        trail.Record(Entry("one"));
        await WrittenAsync(1);
        trail.Record(Entry("two"));
        await WrittenAsync(2);
        await stopping.CancelAsync();
        await running.WaitAsync(TestTime.Patience);

        Assert.Equal(2, (await reading.WaitAsync(TestTime.Patience, TestContext.Current.CancellationToken)).Length);
    }

    [Fact]
    public void A_destination_that_cannot_be_opened_is_told_at_the_start()
    {
        Assert.Null(AuditDestination.Problem(directory["trail.jsonl"]));
        Assert.Null(AuditDestination.Problem("stdout"));
        Assert.StartsWith($"{directory["no/trail.jsonl"]}: the audit trail cannot be written there (auditing.trail): ", AuditDestination.Problem(directory["no/trail.jsonl"]), StringComparison.Ordinal);
    }

    public void Dispose() => directory.Dispose();

    private static AuditEntry Entry(string uid) => new()
    {
        Time = new DateTimeOffset(2026, 11, 25, 10, 0, 0, TimeSpan.Zero),
        Uid = uid,
        Endpoint = "mutate",
        Operation = "Create",
        Kind = "Pod",
        Namespace = "shop",
        Name = "api",
        User = "ada",
        Outcome = DecisionOutcome.Changed,
        Mode = "inject",
        Profile = "json",
        Verdict = "Logged",
        Reason = "Injected",
        Message = "Pod shop/api is logged.",
        Warnings = ["w"],
        Changes = ["/metadata/labels"],
    };

    private AuditTrail TrailTo(Func<Stream> open, int queueLength = 100) => new(open, metrics, TimeProvider.System, NullLogger<AuditTrail>.Instance, queueLength);

    private static async Task DrainAsync(AuditTrail trail) => await trail.RunAsync(new CancellationToken(canceled: true)).WaitAsync(TestTime.Patience);

    private async Task WrittenAsync(int count)
    {
        while (!(await MetricsAsync()).Contains($"result=\"written\"}} {count}\n", StringComparison.Ordinal))
        {
            await Task.Yield();
        }
    }

    private async Task<string?[]> UidsAsync(string name) => [.. (await File.ReadAllLinesAsync(directory[name])).Select(line => (string?)JsonNode.Parse(line)!["uid"])];

    private async Task<string> MetricsAsync()
    {
        using var output = new MemoryStream();
        await metrics.WriteAsync(output, CancellationToken.None);
        return Encoding.UTF8.GetString(output.ToArray());
    }

    /// <summary>A pipe that nobody reads, until it is released.</summary>
    private sealed class StuckStream : MemoryStream
    {
        private readonly TaskCompletionSource writing = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Writing => writing.Task;

        public void Release() => released.SetResult();

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            writing.TrySetResult();
            await released.Task;
        }
    }
}
