using System.Collections.Immutable;
using AccessLogWebhook.Policy.Workloads;

namespace AccessLogWebhook.Policy.Decisions;

/// <summary>
/// Which Pods came in without the webhook: it was not reached, and the API server admitted them all the same, as it is told to for inject. It is said only of what
/// was created in a later second than the one from which the namespace's label is proved to have its value, is not as inject makes it, and would be if it were
/// created again.
/// </summary>
public static class UnseenRule
{
    /// <param name="created">When it was created; null where that is not known.</param>
    public static bool CameInUnseen(Workload workload, ImmutableArray<AuditFinding> findings, PolicyContext context, DateTimeOffset? created) =>
        workload is PodWorkload
        && created > context.Namespace.InjectSince
        && Modes.Requested(Mode.Inject, context.Namespace, context.Settings) is { } inject
        && context.Mesh.ProfileNamed(inject.Profile) is { Errors: [] } profile
        && findings.Any(finding => finding.Modes.Contains(Mode.Inject) && finding.Judgement?.Verdict is Verdict.Missing or Verdict.Conflicting)
        && Judge.Workload(InjectionPlan.For(workload, profile, context).After, profile, context).Verdict == Verdict.Logged;
}
