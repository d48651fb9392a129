namespace AccessLogWebhook.Cluster;

/// <summary>How one object is watched.</summary>
internal sealed record ObjectWatchTimings
{
    /// <summary>How long a watch lasts before the object is read anew: one small object is cheap to read, and no silence lasts longer.</summary>
    public TimeSpan Watch { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How much longer than it was asked to last a watch is waited for.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>From one read to the next, at least: an object that somebody writes without end is not read without end.</summary>
    public TimeSpan Spacing { get; init; } = TimeSpan.FromSeconds(0.2);

    public TimeSpan FirstBackoff { get; init; } = TimeSpan.FromSeconds(0.2);

    public TimeSpan LongestBackoff { get; init; } = TimeSpan.FromSeconds(15);
}
