namespace AccessLogWebhook.Controllers;

/// <summary>How carrying out the plan of one profile ended.</summary>
internal abstract record ProfileOutcome
{
    private ProfileOutcome()
    {
    }

    /// <param name="Again">After how long there is more to do, without any change; null where there is not.</param>
    public sealed record Done(TimeSpan? Again = null) : ProfileOutcome;

    /// <param name="Problem">A sentence.</param>
    /// <param name="RetryAfter">How long the API server asks to be left alone.</param>
    /// <param name="IsUnreachable">Whether other profiles would fare no better.</param>
    public sealed record Failed(string Problem, TimeSpan RetryAfter = default, bool IsUnreachable = false) : ProfileOutcome;

    /// <summary>The cluster lacks something, which was not even tried; its coming will be seen.</summary>
    public sealed record Blocked(string Problem) : ProfileOutcome;
}
