using AccessLogWebhook.Controllers;
using AccessLogWebhook.Tests.Support;

namespace AccessLogWebhook.Tests.Controllers;

public sealed class LeadershipTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(7);

    [Fact]
    public void It_ends_at_its_deadline_and_a_proof_puts_the_deadline_off()
    {
        var time = new TestTime();
        using var leadership = new Leadership(time.GetTimestamp(), Deadline, time, CancellationToken.None);
        time.Advance(TimeSpan.FromSeconds(6));
        leadership.Prolong(time.GetTimestamp());
        time.Advance(TimeSpan.FromSeconds(6.9));
        Assert.True(leadership.IsHeld);
        leadership.ThrowIfLost();

        time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.False(leadership.IsHeld);
        Assert.True(leadership.Token.IsCancellationRequested);
    }

    [Fact]
    public void What_is_lost_is_not_won_back_by_a_proof()
    {
        var time = new TestTime();
        using var leadership = new Leadership(time.GetTimestamp(), Deadline, time, CancellationToken.None);
        time.Advance(Deadline);
        leadership.Prolong(time.GetTimestamp());

        Assert.False(leadership.IsHeld);
        Assert.Throws<OperationCanceledException>(leadership.ThrowIfLost);
    }

    [Fact]
    public void A_proof_that_is_older_than_the_deadline_proves_nothing()
    {
        var time = new TestTime();
        var since = time.GetTimestamp();
        time.Advance(Deadline);
        using var leadership = new Leadership(since, Deadline, time, CancellationToken.None);

        Assert.False(leadership.IsHeld);
    }

    [Fact]
    public void It_ends_when_the_program_stops()
    {
        using var stopping = new CancellationTokenSource();
        using var leadership = new Leadership(TimeProvider.System.GetTimestamp(), Deadline, TimeProvider.System, stopping.Token);
        stopping.Cancel();

        Assert.False(leadership.IsHeld);
    }

    [Fact]
    public void A_process_that_was_frozen_knows_before_its_timers_do_that_it_leads_no_longer()
    {
        var time = new LateTimers();
        using var leadership = new Leadership(time.GetTimestamp(), Deadline, time, CancellationToken.None);
        time.Now = Deadline.Ticks;
        Assert.False(leadership.Token.IsCancellationRequested);

        Assert.False(leadership.IsHeld);
        Assert.Throws<OperationCanceledException>(leadership.ThrowIfLost);
        Assert.True(leadership.Token.IsCancellationRequested);
    }

    /// <summary>The clock of a process that has just been woken: the time has passed, and no timer has struck yet.</summary>
    private sealed class LateTimers : TimeProvider
    {
        public long Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new Timer();

        private sealed class Timer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
