namespace AccessLogWebhook.Observability;

/// <summary>
/// How many lines of one kind may be logged: a burst, and then so many a second. Whoever sends what each request of theirs is logged for must not be
/// able to fill a disk, nor to push out the lines of others.
/// </summary>
/// <remarks>A line is due when those before it are a burst's length behind at most (the generic cell rate algorithm): one number, and no lock.</remarks>
/// <param name="metrics">Counts the lines that are not logged.</param>
internal sealed class LogAllowance(int burst, int perSecond, WebhookMetrics metrics, TimeProvider time)
{
    private readonly long interval = time.TimestampFrequency / perSecond;
    private long spentUntil;
    private long suppressed;

    /// <param name="before">How many lines were suppressed since the last one that was not.</param>
    public bool TryTake(out long before)
    {
        var now = time.GetTimestamp();
        while (true)
        {
            var seen = Volatile.Read(ref spentUntil);
            var from = Math.Max(seen, now);
            if (from - now > interval * (burst - 1))
            {
                Interlocked.Increment(ref suppressed);
                metrics.LineSuppressed();
                before = 0;
                return false;
            }

            if (Interlocked.CompareExchange(ref spentUntil, from + interval, seen) == seen)
            {
                before = Interlocked.Exchange(ref suppressed, 0);
                return true;
            }
        }
    }
}
