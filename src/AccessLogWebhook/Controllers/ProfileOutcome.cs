namespace AccessLogWebhook.Controllers;

/// <summary>How carrying out the plan of one profile ended.</summary>
internal abstract record ProfileOutcome
{
    private ProfileOutcome()
    {
    }

    /// <param name="Again">After how long there is more to do, without any change; null where there is not.</param>
    public sealed record Done(TimeSpan? Again = null) : ProfileOutcome;

    /// <summary>The profile is to be left alone for a while.</summary>
    /// <param name="Problem">A sentence.</param>
    /// <param name="RetryAfter">How long the API server asks to be left alone.</param>
    /// <param name="IsUnreachable">Whether other profiles would fare no better.</param>
    public sealed record Failed(string Problem, TimeSpan RetryAfter = default, bool IsUnreachable = false) : ProfileOutcome;

    /// <summary>All was done but some parts, each of which is tried again in its own time, or when the cluster has what it lacks.</summary>
    /// <param name="Problem">A sentence or more.</param>
    /// <param name="WasTried">Whether one of them failed now.</param>
    /// <param name="Again">As of <see cref="Done"/>.</param>
    public sealed record Incomplete(string Problem, bool WasTried, TimeSpan? Again) : ProfileOutcome;
}
