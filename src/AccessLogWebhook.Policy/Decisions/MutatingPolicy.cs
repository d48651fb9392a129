using System.Collections.Immutable;
using AccessLogWebhook.Policy.Profiles;
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

        var plan = InjectionPlan.For(workload, profile, context);
        // Against the profile asked for, as enforce will: one that the workload chose itself excuses it from nothing.
        var after = Judge.Workload(plan.After, profile, context);
        var refusedExemption = ExemptionRule.Refusal(workload, profile, context.Settings) ?? "";
        if (after.Verdict != Verdict.Logged && AsItIs(input, profile, after, plan, refusedExemption) is { } unchanged)
        {
            return unchanged;
        }

        var complaint = Complaint(input, after);
        var warnings = plan.Replaced.IsEmpty && plan.Kept.IsEmpty
            ? Sentences.AsWarnings(refusedExemption, complaint)
            : Sentences.AsWarnings([refusedExemption, .. plan.Replaced, .. plan.Kept, complaint]);
        return plan.Patch.IsEmpty
            ? Unchanged(input, after, warnings)
            : new Decision.Mutate(plan.Change, plan.Patch)
            {
                Verdict = after.Verdict,
                Mode = Mode.Inject,
                Profile = after.Profile,
                Input = input,
                Judgement = after,
                Warnings = warnings,
            };
    }

    /// <summary>
    /// The answer where a change would be none for the better; null where it is to be made. What makes a workload log nothing, or excuses it, is nothing that a plan
    /// touches: where the workload as it would be is logged, the one that came was neither.
    /// </summary>
    private static Decision.Admit? AsItIs(PolicyInput input, AccessLogProfile profile, Judgement after, InjectionPlan plan, string refusedExemption)
    {
        var before = Judge.Workload(input.Workload, profile, input.Context);
        if (before.Verdict == Verdict.Exempt)
        {
            return Unchanged(input, before, []);
        }

        if (before.Verdict == Verdict.Inert && !MayBecomeCertain(before.Reason))
        {
            return Unchanged(input, before, Sentences.AsWarnings(refusedExemption, Complaint(input, before)));
        }

        if (after.RefusedByEnforce && !EvidenceRule.IsAboutOthers(after.Reason))
        {
            // What the object itself keeps from conforming is not worth a change: nothing is half-applied.
            return Unchanged(input, after, Sentences.AsWarnings([refusedExemption, .. plan.Kept, Complaint(input, after)]));
        }

        // The older revision that it carries logs on its proxy, and the current one does not.
        return after.Reason == ReasonCode.ProxyNotLogged && before.Verdict == Verdict.Outdated
            ? Unchanged(input, before, Sentences.AsWarnings(refusedExemption, Complaint(input, before)))
            : null;
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
            : input.Say(judgement);

    private static Decision.Admit Unchanged(PolicyInput input, Judgement judgement, ImmutableArray<string> warnings) => new(judgement.Reason)
    {
        Verdict = judgement.Verdict,
        Mode = Mode.Inject,
        Profile = judgement.Profile,
        Input = input,
        Judgement = judgement,
        Warnings = warnings,
    };
}
