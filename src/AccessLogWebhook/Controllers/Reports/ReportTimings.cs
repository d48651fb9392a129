namespace AccessLogWebhook.Controllers.Reports;

/// <summary>When the report controller does what.</summary>
internal sealed record ReportTimings
{
    /// <summary>A namespace in which nothing has changed for so long is judged anew.</summary>
    public TimeSpan Quiet { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>One in which something changes all the time is judged so long after the first change.</summary>
    public TimeSpan Longest { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Changes are looked for at most so often: each look compares every Pod, which takes milliseconds in a large cluster.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often all reports are listed: what others did to them is undone then, and a better kind that has been installed is found.</summary>
    public TimeSpan Relist { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How often it is asked for a kind of report, while there is none.</summary>
    public TimeSpan AbsentKindPoll { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>After how long a report that could not be written is tried again.</summary>
    public TimeSpan Retry { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan CacheRetry { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>For one write, as that of a reference.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(15);
}
