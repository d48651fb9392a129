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

    private const string NotInjected = "Istio's injector was not called when it was created.";
    private const string Remedy = "Restart it.";

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
                findings.Add(Against(workload, context, isCreated, request));
            }
        }

        if (findings.Count == 0 && Carried(workload) is { } carried)
        {
            findings.Add(AgainstCarried(workload, context, isCreated, carried));
        }

        return findings.ToImmutable();

        string AskedFor(AuditFinding finding) => Modes.Requested(finding.Modes[0], context.Namespace, context.Settings)!.Profile;
    }

    /// <summary>What is true of a workload against the profile that one mode asks for.</summary>
    internal static AuditFinding Against(Workload workload, PolicyContext context, bool isCreated, ModeRequest request)
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

    /// <summary>What is true of it against a profile that it carries, whoever asks for it.</summary>
    internal static AuditFinding AgainstCarried(Workload workload, PolicyContext context, bool isCreated, string carried) =>
        context.Mesh.ProfileNamed(carried) is { Errors: [] }
            ? Against(workload, context, isCreated, new ModeRequest(Mode.Audit, carried, context.Namespace.Name, IsDefault: false)) with { Modes = [] }
            : new AuditFinding([], carried, null, new UnusableProfile(
                ReasonCode.UnknownProfile,
                $"It carries the label {AccessLogKeys.Profile}={Excerpt.Of(carried)}, which names no profile that can be used. {ProfileRule.Existing(context.Mesh)}"));

    /// <summary>The profile that a workload names itself; null where it names none.</summary>
    internal static string? Carried(Workload workload) =>
        (workload is KubernetesGateway gateway ? gateway.CopiedLabels : workload.Labels)[AccessLogKeys.Profile];

    /// <summary>
    /// Which proxy a workload has, as <see cref="InertRules"/> tell it, but of a Pod that is through admission only one that it has: the namespace's labels tell that a sidecar will
    /// come, and after admission none comes any more.
    /// </summary>
    internal static (Proxy? Proxy, Inertness? Inertness) ProxyOf(PodWorkload pod, PolicyContext context, bool isCreated)
    {
        var found = InertRules.ProxyOf(pod, context);
        return !isCreated || pod.HasProxyContainer || found.Proxy is not Proxy.Sidecar sidecar ? found
            : (null, sidecar.IsCertain
                ? new Inertness(ReasonCode.ProxyAbsent, $"runs without a sidecar: {NotInjected}", Remedy)
                : new Inertness(
                    ReasonCode.ProxyAbsent,
                    $"runs without a sidecar: namespace {context.Namespace.Name} has no injection label.",
                    $"Label the namespace {MeshKeys.NamespaceInjection}=enabled or {MeshKeys.Revision}=REVISION, and restart it."));
    }

    private static bool LacksProxy(Workload workload, Judgement judgement, PolicyContext context) =>
        workload is PodWorkload pod
        && judgement.Verdict is not (Verdict.Inert or Verdict.Exempt or Verdict.Missing or Verdict.Conflicting or Verdict.Dangling)
        && ProxyOf(pod, context, isCreated: true).Inertness is { Reason: ReasonCode.ProxyAbsent };

    private static Judgement WithoutProxy(Judgement judgement) => judgement with
    {
        Verdict = Verdict.Inert,
        Reason = ReasonCode.ProxyAbsent,
        Problem = $"carries profile {judgement.Profile}, but runs without a sidecar: {NotInjected}",
        Remedy = Remedy,
        RefusedByEnforce = false,
    };
}
