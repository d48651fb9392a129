namespace AccessLogWebhook.Configuration;

/// <summary>When a watch of the cluster is no longer trusted.</summary>
internal sealed record ClusterTimings
{
    /// <summary>
    /// A watch that brings neither event nor bookmark for so long is begun again. API servers send a bookmark a minute, one that has just
    /// started the first after two.
    /// </summary>
    public int WatchStallSeconds { get; init; } = 150;

    /// <summary>A cache that nothing has proved current for so long makes the webhook unready. Time for a stalled watch to be noticed and begun again.</summary>
    public int StaleAfterSeconds { get; init; } = 300;
}
