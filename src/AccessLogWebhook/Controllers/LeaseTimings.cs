namespace AccessLogWebhook.Controllers;

/// <summary>How long leadership lasts without a proof.</summary>
internal sealed record LeaseTimings
{
    /// <summary>
    /// After so long without a renewal another replica takes over. A third less than client-go's: a pause of the controllers harms nobody, and a
    /// lost leader is made good sooner.
    /// </summary>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// After so long without a renewal the leader stops. What is between the two is for requests under way, and for clocks that run at
    /// different speeds: up to 10 to 7.
    /// </summary>
    public TimeSpan RenewDeadline { get; init; } = TimeSpan.FromSeconds(7);

    /// <summary>Between two looks at the lease.</summary>
    public TimeSpan Retry { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Two attempts to renew, and half a pause between them, fit between a renewal's pause and the deadline.</summary>
    public TimeSpan RequestTimeout => (RenewDeadline - Retry) / 2;
}
