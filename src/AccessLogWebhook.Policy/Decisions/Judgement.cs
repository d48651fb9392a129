namespace AccessLogWebhook.Policy.Decisions;

/// <summary>A verdict on one workload against one profile, with what a person needs to act on it.</summary>
/// <param name="Profile">The profile judged against: the one asked for, or one that the workload may and does choose itself.</param>
/// <param name="Problem">What is the case, one sentence that follows the workload's name: <c>carries no access-log profile.</c></param>
/// <param name="Remedy">The exact change that makes it right, one sentence; empty where nothing has to change.</param>
/// <param name="RefusedByEnforce">
/// Whether enforce refuses it. So it does what the workload's author (or, for a reference named by hand, the profile's) can put right; a
/// reference that this project has yet to render is a fault of ours, which must not keep anyone's Pods from running.
/// </param>
public sealed record Judgement(Verdict Verdict, ReasonCode Reason, string Profile, string Problem, string Remedy, bool RefusedByEnforce)
{
    /// <summary>Problem and remedy, as they stand in a message.</summary>
    public string Explanation => Remedy.Length == 0 ? Problem : $"{Problem} {Remedy}";
}
