using AccessLogWebhook.Policy.Workloads;

namespace AccessLogWebhook.Policy.Decisions;

/// <summary>
/// What <c>/mutate</c> answers: at CREATE, and nowhere else, an object is changed so that it conforms to the profile that inject asks for.
/// It never refuses; what cannot be made to conform is admitted as it is, with a warning that says why.
/// </summary>
public static class MutatingPolicy
{
    public static Decision Decide(PolicyInput input)
    {
        if (NotMutated(input) is { } reason)
        {
            return new Decision.Admit(reason);
        }

        var (workload, context) = (input.Workload, input.Context);
        if (Modes.Requested(Mode.Inject, context.Namespace, context.Settings) is not { } request)
        {
            return new Decision.Admit(ReasonCode.NotRequested);
        }

        if (ExemptionRule.ByConfiguration(input.Username, workload, context, request.Profile) is { } exemption)
        {
            return Unchanged(input, exemption, []);
        }

        if (!ProfileRule.TryResolve(request, context.Mesh, out var profile, out var unusable))
        {
            return new Decision.Admit(unusable.Reason)
            {
                Mode = Mode.Inject,
                Profile = request.Profile,
                Message = unusable.Problem,
                Warnings = Sentences.AsWarnings(unusable.Problem),
            };
        }

        var judgement = Judge.Workload(workload, profile, context);
        if (judgement.Verdict == Verdict.Exempt)
        {
            return Unchanged(input, judgement, []);
        }

        var refusedExemption = ExemptionRule.Refusal(workload, profile, context.Settings) ?? "";
        if (judgement.Verdict == Verdict.Inert && !MayBecomeCertain(judgement.Reason))
        {
            return Unchanged(input, judgement, [refusedExemption, Complaint(input, judgement)]);
        }

        var plan = InjectionPlan.For(workload, profile, context);
        // Against the profile asked for, as enforce will: one that the workload chose itself excuses it from nothing.
        var after = Judge.Workload(plan.After, profile, context);
        if (after.RefusedByEnforce && !EvidenceRule.IsAboutOthers(after.Reason))
        {
            // What the object itself keeps from conforming is not worth a change: nothing is half-applied.
            return Unchanged(input, after, [refusedExemption, .. plan.Kept, Complaint(input, after)]);
        }

        if (after.Reason == ReasonCode.ProxyNotLogged && judgement.Verdict == Verdict.Outdated)
        {
            // The older revision that it carries logs on its proxy, and the current one does not.
            return Unchanged(input, judgement, [refusedExemption, Complaint(input, judgement)]);
        }

        string[] warnings = [refusedExemption, .. plan.Replaced, .. plan.Kept, Complaint(input, after)];
        return plan.Patch.IsEmpty
            ? Unchanged(input, after, warnings)
            : new Decision.Mutate(plan.Change, plan.Patch)
            {
                Verdict = after.Verdict,
                Mode = Mode.Inject,
                Profile = after.Profile,
                Message = $"{input.Title} {after.Explanation}",
                Warnings = Sentences.AsWarnings(warnings),
            };
    }

    private static ReasonCode? NotMutated(PolicyInput input) => input switch
    {
        { Subresource.Length: > 0 } => ReasonCode.SubresourceNotJudged,
        { Workload: NamespaceObject } => ReasonCode.KindNotMutated,
        { Operation: Operation.Update } => ReasonCode.UpdateNotMutated,
        { Operation: not Operation.Create } => ReasonCode.OperationNotJudged,
        { Workload.Metadata.IsBeingDeleted: true } => ReasonCode.BeingDeleted,
        _ => null,
    };

    // Before the injector has run, a Pod in a namespace without an injection label may still get its sidecar; and a Gateway may be
    // created before the Pods that serve it.
    private static bool MayBecomeCertain(ReasonCode reason) => reason is ReasonCode.NamespaceNotInjected or ReasonCode.GatewayWithoutPods;

    private static string Complaint(PolicyInput input, Judgement judgement) =>
        judgement.Verdict is Verdict.Logged or Verdict.Exempt || judgement.Reason == ReasonCode.MirrorPod
            ? ""
            : $"{input.Title} {judgement.Explanation}";

    private static Decision.Admit Unchanged(PolicyInput input, Judgement judgement, IEnumerable<string> warnings) => new(judgement.Reason)
    {
        Verdict = judgement.Verdict,
        Mode = Mode.Inject,
        Profile = judgement.Profile,
        Message = $"{input.Title} {judgement.Explanation}",
        Warnings = Sentences.AsWarnings(warnings),
    };
}
