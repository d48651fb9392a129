namespace AccessLogWebhook.Controllers;

/// <summary>
/// The right to write, as long as it can be proved. It ends at a time that was set when it was proved last, whatever becomes of the requests
/// that should prolong it.
/// </summary>
internal sealed class Leadership : IDisposable
{
    private readonly TimeProvider time;
    private readonly TimeSpan deadline;
    private readonly CancellationTokenSource lost;
    private readonly CancellationTokenSource either;
    private long provedAt;

    public Leadership(long provedAt, TimeSpan deadline, TimeProvider time, CancellationToken stopping)
    {
        this.time = time;
        this.deadline = deadline;
        this.provedAt = provedAt;
        lost = new CancellationTokenSource(Left(), time);
        either = CancellationTokenSource.CreateLinkedTokenSource(lost.Token, stopping);
        Token = either.Token;
    }

    /// <summary>Cancelled when leadership is lost, can no longer be proved, or the program stops.</summary>
    public CancellationToken Token { get; }

    public bool IsHeld => !Token.IsCancellationRequested && Left() > TimeSpan.Zero;

    /// <summary>Asked before every write, since a process that was frozen wakes up before its timers do.</summary>
    /// <exception cref="OperationCanceledException">It is lost, and <see cref="Token"/> is cancelled.</exception>
    public void ThrowIfLost()
    {
        if (!IsHeld)
        {
            lost.Cancel();
            Token.ThrowIfCancellationRequested();
        }
    }

    /// <param name="since">When the request was sent that has proved it: others count from no earlier moment.</param>
    public void Prolong(long since)
    {
        Volatile.Write(ref provedAt, since);
        if (IsHeld)
        {
            // Of no effect where the timer has struck meanwhile; it stays lost then.
            lost.CancelAfter(Left());
        }
        else
        {
            lost.Cancel();
        }
    }

    public void End() => lost.Cancel();

    public void Dispose()
    {
        either.Dispose();
        lost.Dispose();
    }

    private TimeSpan Left()
    {
        var left = deadline - time.GetElapsedTime(Volatile.Read(ref provedAt));
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
