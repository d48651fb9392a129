using AccessLogWebhook.Controllers;
using Microsoft.Extensions.Time.Testing;

namespace AccessLogWebhook.Tests.Controllers;

/// <summary>A replica's clock: it tells of every pause that begins, and its wall clock may be set without time passing.</summary>
internal sealed class ReplicaClock(LeaseTimings timings, Action<DateTimeOffset> paused) : FakeTimeProvider
{
    private TimeSpan step;

    /// <summary>When the last request is given up.</summary>
    public DateTimeOffset RequestEnds { get; private set; }

    /// <summary>The time that passes, as timers see it.</summary>
    public DateTimeOffset Passing => base.GetUtcNow();

    public void SetWallClock(TimeSpan by) => step += by;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + step;

    // In ticks, as its frequency says; the wall clock has no part in it.
    public override long GetTimestamp() => Passing.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime == timings.RequestTimeout)
        {
            RequestEnds = Passing + dueTime;
        }
        else if (dueTime > TimeSpan.Zero && dueTime <= timings.Retry * 1.2)
        {
            paused(Passing + dueTime);
        }

        return timer;
    }
}
