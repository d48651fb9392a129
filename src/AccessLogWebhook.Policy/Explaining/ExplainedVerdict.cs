using AccessLogWebhook.Policy.Decisions;

namespace AccessLogWebhook.Policy.Explaining;

/// <summary>The verdict against one profile.</summary>
/// <param name="Asked">Who asks for it, as a clause: <c>namespace shop is labelled accesslog.mesh/enforce=json</c>; what carries it, where nobody asks.</param>
/// <param name="Mode">Null where nobody asks for it and the workload carries it.</param>
public sealed record ExplainedVerdict(string Asked, Mode? Mode, Judgement Judgement)
{
    /// <summary>False where the profile cannot be used: an audit then says that the verdict is not known.</summary>
    public bool IsJudged { get; init; } = true;

    /// <summary>The verdict as an audit calls it.</summary>
    public string Title => IsJudged ? Judgement.Verdict.ToString() : "Unknown";
}
