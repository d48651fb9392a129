using System.Collections.Immutable;
using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Logging;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Workloads;

namespace AccessLogWebhook.Policy.Explaining;

/// <summary>Says of one workload what a colleague would say who has looked at everything: the verdicts, what logs and why, and what to change.</summary>
public static class Explainer
{
    /// <param name="title">What it is called: <c>Pod shop/api-1</c>.</param>
    /// <param name="isCreated">Whether it has been through admission, as <see cref="AuditPolicy"/> means it: the verdicts are the same.</param>
    public static Explanation Explain(string title, Workload workload, PolicyContext context, bool isCreated)
    {
        var verdicts = VerdictsOn(workload, context, isCreated);
        var (proxy, inertness) = ProxyOf(workload, context, isCreated);
        if (proxy is null)
        {
            return new Explanation(
                title, null, $"{title} {inertness!.Problem}", "It is not logged.", null, [], verdicts, [], [], [], ChangeOf(workload, verdicts, inertness.Remedy));
        }

        var logging = LoggingModel.Of(proxy, context.Mesh, context.RootNamespace);
        var doubled = DoubledLines.Of(logging);
        return new Explanation(
            title,
            proxy,
            ProxyText.Of(proxy, workload, context),
            AnswerText.Of(logging, doubled),
            logging,
            [.. ChainText.Of(proxy, workload, logging, context)],
            verdicts,
            doubled,
            ConsideredResources.Of(proxy, context.Mesh, context.RootNamespace),
            [.. logging.Doubts.Select(doubt => doubt.Problem).Distinct(StringComparer.Ordinal)],
            ChangeOf(workload, verdicts, Unasked(verdicts, logging, doubled, proxy, context)));
    }

    /// <summary>A workload as it will be created: with what inject puts on it.</summary>
    public static Workload AsCreated(Workload workload, PolicyContext context) =>
        Modes.Requested(Mode.Inject, context.Namespace, context.Settings) is { } request
        && MutatingPolicy.Decide(new PolicyInput(Operation.Create, "", "", workload, null, context)) is Decision.Mutate
        && context.Mesh.ProfileNamed(request.Profile) is { } profile
            ? InjectionPlan.For(workload, profile, context).After
            : workload;

    private static ImmutableArray<ExplainedVerdict> VerdictsOn(Workload workload, PolicyContext context, bool isCreated)
    {
        var verdicts = ImmutableArray.CreateBuilder<ExplainedVerdict>();
        foreach (var request in Modes.All.Select(mode => Modes.Requested(mode, context.Namespace, context.Settings)).OfType<ModeRequest>())
        {
            verdicts.Add(Told(request.Source, request.Mode, AuditPolicy.Against(workload, context, isCreated, request), context));
        }

        if (AuditPolicy.Carried(workload) is { } carried && !verdicts.Any(verdict => verdict.Judgement.Profile == carried))
        {
            verdicts.Add(Told($"it carries {AccessLogKeys.Profile}={Excerpt.Of(carried)}", null, AuditPolicy.AgainstCarried(workload, context, isCreated, carried), context));
        }

        return verdicts.ToImmutable();
    }

    private static ExplainedVerdict Told(string asked, Mode? mode, AuditFinding finding, PolicyContext context) => finding.Judgement is { } judgement
        ? new ExplainedVerdict(asked, mode, judgement)
        : new ExplainedVerdict(
            asked,
            mode,
            new Judgement(
                Verdict.Dangling, finding.Unusable!.Reason, finding.Profile, $"cannot be judged. {finding.Unusable.Problem}",
                $"Use one of {string.Join(", ", context.Mesh.ProfileNames())}.", RefusedByEnforce: true))
        {
            IsJudged = false,
        };

    private static (Proxy? Proxy, Inertness? Inertness) ProxyOf(Workload workload, PolicyContext context, bool isCreated) => workload switch
    {
        PodWorkload pod => AuditPolicy.ProxyOf(pod, context, isCreated),
        KubernetesGateway gateway => InertRules.ProxyOf(gateway, context),
        IstioGateway gateway => IstioGatewayRule.ProxiesOf(gateway, context.Mesh).FirstOrDefault() is { Proxy: { } proxy }
            ? (proxy, null)
            : (null, new Inertness(
                ReasonCode.GatewayWithoutPods,
                gateway.Selector.Count == 0 ? "has no spec.selector, so which Pods serve it cannot be told." : $"selects {gateway.Selector}, which picks no Pod.")),
        _ => (null, new Inertness(ReasonCode.KindNotMutated, "has no proxy.")),
    };

    private static string ChangeOf(Workload workload, ImmutableArray<ExplainedVerdict> verdicts, string unasked)
    {
        if (workload is PodWorkload { Metadata.Name.Length: > 0 } && verdicts.Any(verdict => verdict is { Mode: Mode.Inject, Judgement.Verdict: Verdict.Missing }))
        {
            return "Restart its workload: inject puts the profile on Pods when they are created.";
        }

        // What is refused comes before what is only said.
        var wrong = verdicts.Where(verdict => verdict.Judgement is { Verdict: not (Verdict.Logged or Verdict.Exempt), Remedy.Length: > 0 }).ToList();
        return (wrong.Find(verdict => verdict.Judgement.RefusedByEnforce) ?? wrong.FirstOrDefault())?.Judgement.Remedy ?? unasked;
    }

    /// <summary>What is worth changing though no profile that is asked for says so.</summary>
    private static string Unasked(ImmutableArray<ExplainedVerdict> verdicts, ProxyLogging logging, ImmutableArray<DoubledEvents> doubled, Proxy proxy, PolicyContext context) =>
        doubled.FirstOrDefault() is { } first ? EvidenceRule.Remedy(first.Loggers[^1].Origin, proxy)
        : verdicts.IsEmpty && !logging.Loggers.Any(logger => logger.Logs) && logging.Doubts.IsEmpty
            ? $"Label namespace {context.Namespace.Name} {Modes.LabelOf(Mode.Inject)}=PROFILE, one of {string.Join(", ", context.Mesh.ProfileNames())}, and restart the workload."
            : "";
}
