namespace AccessLogWebhook.Auditing;

/// <summary>How far a long work is, on one line of a terminal that is gone when it is done. Elsewhere it says nothing.</summary>
/// <param name="terminal">Null where nobody watches.</param>
/// <remarks>For several threads.</remarks>
internal sealed class AuditProgress(TextWriter? terminal, TimeProvider time)
{
    // Faster than anyone reads, slow enough to cost nothing.
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);

    private readonly Lock writing = new();
    private long last = time.GetTimestamp();
    private int shown;

    public void Report(string what, long count)
    {
        if (terminal is null)
        {
            return;
        }

        lock (writing)
        {
            if (time.GetElapsedTime(last) < Pace)
            {
                return;
            }

            last = time.GetTimestamp();
            var line = FormattableString.Invariant($"{what} {count:N0}");
            terminal.Write($"\r{line.PadRight(shown)}");
            shown = line.Length;
        }
    }

    /// <summary>Takes the line away.</summary>
    public void End()
    {
        if (terminal is null)
        {
            return;
        }

        lock (writing)
        {
            terminal.Write($"\r{new string(' ', shown)}\r");
            shown = 0;
        }
    }
}
