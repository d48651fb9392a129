namespace AccessLogWebhook.Configuration;

/// <summary>When a watch of the cluster is no longer trusted.</summary>
internal sealed record ClusterTimings
{
    /// <summary>A watch that brings neither event nor bookmark for so long is begun again. The API server sends a bookmark about every minute.</summary>
    public int WatchStallSeconds { get; init; } = 100;

    /// <summary>A cache that nothing has proved current for so long makes the webhook unready. Time for a stalled watch to be noticed and begun again twice.</summary>
    public int StaleAfterSeconds { get; init; } = 300;
}
