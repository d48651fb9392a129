using System.Collections.Immutable;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Workloads;

namespace AccessLogWebhook.Policy.Decisions;

/// <summary>What is true of a workload against one profile, or why that cannot be said.</summary>
/// <param name="Modes">The modes that ask for the profile, the one that decides first; empty where the workload alone names it.</param>
/// <param name="Judgement">Null where the profile cannot be used.</param>
/// <param name="Unusable">Null where it can; else why it cannot be judged.</param>
public sealed record AuditFinding(ImmutableArray<Mode> Modes, string Profile, Judgement? Judgement, UnusableProfile? Unusable);

/// <summary>
/// What is true of a workload that exists, against every profile that its namespace asks for; where it asks for none, against the one that the workload
/// carries. Nobody's request is judged here, so that no username excuses it.
/// </summary>
public static class AuditPolicy
{
    // As /validate asks them; what inject has changed shows by then, so that it is asked last.
    private static readonly ImmutableArray<Mode> Order = [Mode.Enforce, Mode.Audit, Mode.Warn, Mode.Inject];

    /// <param name="isCreated">Whether it has been through admission: a Pod without a sidecar then never gets one.</param>
    /// <returns>The finding that decides first; empty where nothing is asked of it and it carries nothing.</returns>
    public static ImmutableArray<AuditFinding> Of(Workload workload, PolicyContext context, bool isCreated)
    {
        var findings = ImmutableArray.CreateBuilder<AuditFinding>(1);
        foreach (var mode in Order)
        {
            if (Modes.Requested(mode, context.Namespace, context.Settings) is not { } request)
            {
                continue;
            }

            var known = -1;
            for (var index = 0; index < findings.Count; index++)
            {
                known = findings[index].Modes.Length > 0 && AskedFor(findings[index]) == request.Profile ? index : known;
            }

            if (known >= 0)
            {
                findings[known] = findings[known] with { Modes = findings[known].Modes.Add(mode) };
            }
            else
            {
                findings.Add(Find(workload, context, isCreated, request));
            }
        }

        if (findings.Count == 0 && Carried(workload) is { } carried)
        {
            findings.Add(context.Mesh.ProfileNamed(carried) is { Errors: [] }
                ? Find(workload, context, isCreated, new ModeRequest(Mode.Audit, carried, context.Namespace.Name, IsDefault: false)) with { Modes = [] }
                : new AuditFinding([], carried, null, new UnusableProfile(
                    ReasonCode.UnknownProfile,
                    $"It carries the label {AccessLogKeys.Profile}={Excerpt.Of(carried)}, which names no profile that can be used. {ProfileRule.Existing(context.Mesh)}")));
        }

        return findings.ToImmutable();

        string AskedFor(AuditFinding finding) => Modes.Requested(finding.Modes[0], context.Namespace, context.Settings)!.Profile;
    }

    private static AuditFinding Find(Workload workload, PolicyContext context, bool isCreated, ModeRequest request)
    {
        if (ExemptionRule.ByConfiguration("", workload, context, request.Profile) is { } exemption)
        {
            return new AuditFinding([request.Mode], request.Profile, exemption, null);
        }

        if (!ProfileRule.TryResolve(request, context.Mesh, out var profile, out var unusable))
        {
            return new AuditFinding([request.Mode], request.Profile, null, unusable);
        }

        var judgement = Judge.Workload(workload, profile, context);
        if (MetadataRule.Find(workload, judgement, context) is { } unknown)
        {
            return new AuditFinding([request.Mode], request.Profile, null, unknown);
        }

        return new AuditFinding(
            [request.Mode], judgement.Profile, isCreated && LacksProxy(workload, judgement, context) ? WithoutProxy(judgement) : judgement, null);
    }

    // Before admission is over the namespace's labels tell that a sidecar will come; after it, only the sidecar does.
    private static bool LacksProxy(Workload workload, Judgement judgement, PolicyContext context) =>
        workload is PodWorkload { HasProxyContainer: false } pod
        && judgement.Verdict is not (Verdict.Inert or Verdict.Exempt or Verdict.Missing or Verdict.Conflicting or Verdict.Dangling)
        && InertRules.ProxyOf(pod, context).Proxy is Proxy.Sidecar;

    private static Judgement WithoutProxy(Judgement judgement) => judgement with
    {
        Verdict = Verdict.Inert,
        Reason = ReasonCode.ProxyAbsent,
        Problem = $"carries profile {judgement.Profile}, but runs without a sidecar: Istio's injector was not called when it was created.",
        Remedy = "Restart it.",
        RefusedByEnforce = false,
    };

    private static string? Carried(Workload workload) =>
        (workload is KubernetesGateway gateway ? gateway.CopiedLabels : workload.Labels)[AccessLogKeys.Profile];
}
