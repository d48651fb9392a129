namespace AccessLogWebhook.Controllers;

/// <summary>When the reference controller does what.</summary>
internal sealed record ReferenceTimings
{
    /// <summary>
    /// A reference that nobody has carried for so long is removed. As long as a replica may answer from a cache that nothing has proved
    /// current: until then it may hand out the revision before.
    /// </summary>
    public TimeSpan RemoveAfter { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>
    /// A deleted profile that nobody uses, and its references, stay for so long: for Pods that were reviewed while a namespace still asked for it and that other
    /// webhooks hold up.
    /// </summary>
    public TimeSpan Grace => RemoveAfter < LongestGrace ? RemoveAfter : LongestGrace;

    // An API server gives each webhook 10 s unless told otherwise.
    private static readonly TimeSpan LongestGrace = TimeSpan.FromSeconds(10);

    /// <summary>What follows a change within this time is planned for together with it.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromSeconds(0.25);

    /// <summary>Planning takes at most this part of the time, however often something changes in a large cluster; up to a pause of <see cref="LongestSettle"/>.</summary>
    public int PlanningShare { get; init; } = 10;

    public TimeSpan LongestSettle { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Without any change it is looked after so often.</summary>
    public TimeSpan Resync { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How often it is asked whether the caches are current again, while they are not.</summary>
    public TimeSpan CacheRetry { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// What was written is waited for in the cache for so long. A watch brings it in milliseconds; it never comes where somebody has
    /// changed it again before.
    /// </summary>
    public TimeSpan LongestLag { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A status of which only counts and messages have changed is written so often: every Pod changes them.</summary>
    public TimeSpan StatusPace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For one write. An API server gives each webhook on its way 10 s unless told otherwise, and then says so itself.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a reference is left as others want it that has been put right twice already; doubled each time.</summary>
    public TimeSpan FirstRepairPause { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan LongestRepairPause { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>What nobody has changed for so long after it was put right is no longer contested. Controllers that put things right themselves do so within seconds.</summary>
    public TimeSpan RepairStands { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan FirstBackoff { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan LongestBackoff { get; init; } = TimeSpan.FromSeconds(60);
}
