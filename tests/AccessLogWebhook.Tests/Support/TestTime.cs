using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace AccessLogWebhook.Tests.Support;

/// <summary>Time that passes when the test says so. It tells when somebody begins to wait, so that no test has to guess.</summary>
internal sealed class TestTime : FakeTimeProvider
{
    /// <summary>How long a test waits for what must happen; only a failing test ever waits this long.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    // Pauses end below this, deadlines of requests and watches begin above it.
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(65);

    private readonly Channel<TimeSpan> pauses = Channel.CreateUnbounded<TimeSpan>();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime > TimeSpan.Zero && dueTime < LongestPause)
        {
            pauses.Writer.TryWrite(dueTime);
        }

        return timer;
    }

    /// <summary>Ends when somebody has begun a pause that the test has not taken.</summary>
    public Task PauseComesAsync() => pauses.Reader.WaitToReadAsync().AsTask();

    /// <summary>Waits until somebody pauses.</summary>
    public Task<TimeSpan> PauseAsync() => pauses.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    /// <summary>Waits until somebody pauses, and lets the pause pass.</summary>
    public async Task<TimeSpan> PassPauseAsync()
    {
        var pause = await PauseAsync();
        Advance(pause);
        return pause;
    }
}
