using System.Collections.Immutable;
using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Workloads;

namespace AccessLogWebhook.Auditing;

/// <summary>Judges the workloads of a cluster, each against what its own namespace asks for.</summary>
internal static class AuditRows
{
    /// <returns>By namespace, kind, API and name, in ordinal order, whatever the order of the input.</returns>
    public static ImmutableArray<AuditRow> Of(IEnumerable<AuditSubject> subjects, MeshSnapshot mesh, PolicySettings settings)
    {
        var contexts = new Dictionary<string, PolicyContext>(StringComparer.Ordinal);
        var ordered = subjects.ToList();
        ordered.Sort(Compare);
        return [.. ordered.Select(subject => Judge(subject, ContextOf(subject.Key.Namespace)))];

        PolicyContext ContextOf(string @namespace)
        {
            if (!contexts.TryGetValue(@namespace, out var context))
            {
                context = new PolicyContext(mesh.Namespaces.GetValueOrDefault(@namespace) ?? new NamespaceFacts(@namespace, LabelSet.Empty), mesh, settings);
                contexts.Add(@namespace, context);
            }

            return context;
        }
    }

    private static AuditRow Judge(AuditSubject subject, PolicyContext context)
    {
        if (subject.Workload is not { } workload)
        {
            return Row(subject, AuditVerdict.Unknown, AuditRow.Unreadable, $"cannot be judged: {subject.Fault}");
        }

        var findings = AuditPolicy.Of(workload, context, subject.IsCreated);
        if (findings is not [var first, .. var others])
        {
            return Row(subject, AuditVerdict.NotAsked, nameof(ReasonCode.NotRequested), "is in a namespace that asks for no access-log profile, and carries none.") with
            {
                Remedy = $"Label namespace {subject.Key.Namespace} {Modes.LabelOf(Mode.Audit)}=PROFILE to have it judged.",
            };
        }

        return (first switch
        {
            { Judgement: { } judgement } => Row(subject, AuditVerdict.Of(judgement.Verdict), judgement.Reason.ToString(), judgement.Problem) with
            {
                Remedy = judgement.Remedy,
                RefusedByEnforce = judgement.RefusedByEnforce,
            },
            _ => Row(subject, AuditVerdict.Unknown, first.Unusable!.Reason.ToString(), $"cannot be judged. {first.Unusable.Problem}"),
        }) with
        {
            Modes = first.Modes,
            Profile = first.Profile,
            Others = others,
            Repair = subject.IsCreated && UnseenRule.CameInUnseen(workload, findings, context, subject.Created)
                ? RepairCommand.Of(subject.Owner, subject.Key.Namespace)
                : "",
        };
    }

    private static int Compare(AuditSubject left, AuditSubject right) =>
        string.CompareOrdinal(left.Key.Namespace, right.Key.Namespace) is var byNamespace and not 0 ? byNamespace
        : string.CompareOrdinal(left.Kind, right.Kind) is var byKind and not 0 ? byKind
        : string.CompareOrdinal(left.ApiVersion, right.ApiVersion) is var byApi and not 0 ? byApi
        : string.CompareOrdinal(left.Key.Name, right.Key.Name);

    private static AuditRow Row(AuditSubject subject, AuditVerdict verdict, string reason, string problem) => new()
    {
        ApiVersion = subject.ApiVersion,
        Kind = subject.Kind,
        Namespace = subject.Key.Namespace,
        Name = subject.Key.Name,
        Owner = subject.Owner,
        Verdict = verdict,
        Reason = reason,
        Problem = problem,
        MayHaveEnded = subject is { Workload: PodWorkload { IsMetadataOnly: true }, Owner.Kind: "Job" or "CronJob" or "Pod" },
        Source = subject.Source,
        Line = subject.Line,
    };
}
