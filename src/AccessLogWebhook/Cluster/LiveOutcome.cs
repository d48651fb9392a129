using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Cluster;

/// <summary>How one list or one watch ended.</summary>
internal abstract record LiveOutcome
{
    private LiveOutcome()
    {
    }

    /// <param name="Objects">A snapshot that holds the listed kind and nothing else.</param>
    public sealed record Listed(MeshSnapshot Objects, string ResourceVersion) : LiveOutcome;

    /// <summary>The reason of a watch that went silent: <see cref="Failed.Reason"/>.</summary>
    public const string Stalled = "stalled";

    /// <summary>The API server ended the watch in order: its time was over, or the server stops, or its CRD was changed.</summary>
    public sealed record Closed : LiveOutcome;

    /// <summary>The API server no longer knows what happened since the resource version.</summary>
    public sealed record Expired : LiveOutcome;

    /// <summary>The API server does not know the path: the kind is not installed, at this version.</summary>
    public sealed record NotServed : LiveOutcome;

    /// <param name="Reason">One word, the metrics' label.</param>
    /// <param name="Problem">A sentence to come after a colon.</param>
    /// <param name="MustList">Whether what was heard can no longer be relied on; else the same request is worth another try.</param>
    /// <param name="RetryAfter">How long the API server asks to be left alone.</param>
    /// <param name="Cause">What went wrong where nobody foresaw it.</param>
    public sealed record Failed(
        string Reason, string Problem, bool MustList = false, TimeSpan RetryAfter = default, Exception? Cause = null) : LiveOutcome;
}
