using System.Runtime.InteropServices;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Policy.Workloads;

namespace AccessLogWebhook.Policy.Decisions;

/// <summary>
/// What <c>/validate</c> answers about the final state of an object: enforce refuses what does not conform, warn says so to whoever asked,
/// audit records it. An UPDATE is refused only where it makes an object worse, or changes the spec of a Gateway that did not conform
/// before: a finalizer or a label must come through on objects that are older than the namespace's labels.
/// </summary>
public static class ValidatingPolicy
{
    public static Decision Decide(PolicyInput input)
    {
        if (input.IsOfOtherSubresource)
        {
            return new Decision.Admit(ReasonCode.SubresourceNotJudged);
        }

        if (input.Operation is not (Operation.Create or Operation.Update))
        {
            return new Decision.Admit(ReasonCode.OperationNotJudged);
        }

        if (input.IsOnItsWayOut)
        {
            return new Decision.Admit(ReasonCode.BeingDeleted);
        }

        return input.Workload is NamespaceObject @namespace ? NamespaceLabelPolicy.Decide(input, @namespace) : DecideWorkload(input);
    }

    private static Decision DecideWorkload(PolicyInput input)
    {
        var (workload, context) = (input.Workload, input.Context);
        var enforce = Evaluate(Mode.Enforce, input, null, null);
        var audit = Evaluate(Mode.Audit, input, enforce, null);
        var warn = Evaluate(Mode.Warn, input, enforce, audit);
        if ((enforce ?? audit ?? warn) is not { } primary)
        {
            return new Decision.Admit(ReasonCode.NotRequested);
        }

        if (ExemptionRule.ByConfiguration(input.Username, workload, context, primary.Request.Profile) is { } exemption)
        {
            return Admit(input, primary with { Judgement = exemption }, null, []);
        }

        if (enforce is { Judgement.Verdict: Verdict.Logged } && audit is null or { Judgement: not null } && warn is null or { Judgement.Verdict: Verdict.Logged }
            && !workload.Annotations.ContainsKey(AccessLogKeys.Exempt))
        {
            // Most requests end here, with nothing to say to anyone.
            return Admit(input, primary, audit, []);
        }

        var warnings = new List<string>();
        if (enforce is { Unusable: { } unusable })
        {
            if (IsRefused(enforce.Request, input))
            {
                return new Decision.Deny(unusable.Reason)
                {
                    Mode = Mode.Enforce,
                    Profile = enforce.Request.Profile,
                    Message = $"{input.Title} is refused. {unusable.Problem}",
                    Audited = Differing(audit, enforce),
                };
            }

            warnings.Add(unusable.Problem);
        }

        if (enforce is { Profile: { } enforced, Judgement: { } judgement })
        {
            warnings.Add(ExemptionRule.Refusal(workload, enforced, context.Settings) ?? "");
            if (ExcusesItself(input, enforced, judgement))
            {
                judgement = judgement with { RefusedByEnforce = true, Remedy = "No update changes which proxy a Pod has: leave the labels by which it is logged." };
            }

            if (judgement.RefusedByEnforce)
            {
                if (!IsToleratedUpdate(input, enforced))
                {
                    return new Decision.Deny(judgement.Reason)
                    {
                        Verdict = judgement.Verdict,
                        Mode = Mode.Enforce,
                        Profile = judgement.Profile,
                        Message = $"{input.Title} {judgement.Problem} It is refused because {enforce.Request.Source}. {judgement.Remedy}",
                        Warnings = Sentences.AsWarnings(CollectionsMarshal.AsSpan(warnings)),
                        Audited = Differing(audit, enforce),
                    };
                }

                enforce = enforce with { Judgement = judgement with { Reason = ReasonCode.UpdateToleratedAsBefore } };
                primary = enforce;
                warnings.Add(input.Say(judgement));
            }
            else if (judgement.Verdict is Verdict.Dangling or Verdict.Duplicated)
            {
                warnings.Add(input.Say(judgement));
            }
        }

        warnings.Add(warn?.Unusable?.Problem ?? "");
        warnings.Add(audit?.Unusable?.Problem ?? "");

        if (warn is { Judgement: { Verdict: not (Verdict.Logged or Verdict.Exempt) } warned })
        {
            warnings.Add($"{input.Title} {warned.Problem}");
            warnings.Add(warned.Remedy);
        }

        return Admit(input, primary, audit, CollectionsMarshal.AsSpan(warnings));
    }

    /// <param name="first">What another mode asks for; null where it asks for nothing. One judgement serves all modes that ask for the same profile.</param>
    private static Evaluation? Evaluate(Mode mode, PolicyInput input, Evaluation? first, Evaluation? second) =>
        Modes.Requested(mode, input.Context.Namespace, input.Context.Settings) is not { } request ? null
        : first is { Judgement: not null } && first.Request.Profile == request.Profile ? first with { Request = request }
        : second is { Judgement: not null } && second.Request.Profile == request.Profile ? second with { Request = request }
        : ProfileRule.TryResolve(request, input.Context.Mesh, out var profile, out var unusable)
            ? new Evaluation(request, profile, null, Judge.Workload(input.Workload, profile, input.Context))
            : new Evaluation(request, null, unusable, null);

    // A cluster-wide default that names no profile is a slip of the administrator's, and would stop every Pod of the cluster; DESIGN has
    // enforce refuse for a label.
    private static bool IsRefused(ModeRequest request, PolicyInput input) =>
        !request.IsDefault
        && !InertRules.IsBeyondRefusal(input.Workload, input.Context.Namespace.Name)
        && (input.Operation == Operation.Create || input.Old is null || input.ChangesGatewaySpec);

    /// <summary>The verdict under audit, where it is about another profile.</summary>
    private static Judgement? Differing(Evaluation? audit, Evaluation primary) =>
        audit is { Judgement: { } audited } && audit.Request.Profile != primary.Request.Profile ? audited : null;

    private static bool IsToleratedUpdate(PolicyInput input, AccessLogProfile profile) =>
        input is { Operation: Operation.Update, Old: { } old }
        && !input.ChangesGatewaySpec
        && Judge.Workload(old, profile, input.Context).RefusedByEnforce;

    /// <summary>
    /// Whether a Pod that conformed claims by an UPDATE to be what cannot be: by the labels of a ztunnel, of a waypoint. Which proxy a Pod has no UPDATE changes.
    /// </summary>
    private static bool ExcusesItself(PolicyInput input, AccessLogProfile profile, Judgement now) =>
        now.Verdict == Verdict.Inert
        && input is { Operation: Operation.Update, Old: PodWorkload old }
        && Judge.Workload(old, profile, input.Context) is { Verdict: not (Verdict.Inert or Verdict.Exempt), RefusedByEnforce: false };

    private static Decision.Admit Admit(PolicyInput input, Evaluation primary, Evaluation? audit, ReadOnlySpan<string> warnings)
    {
        var admitted = new Decision.Admit(primary.Judgement?.Reason ?? primary.Unusable!.Reason)
        {
            Verdict = primary.Judgement?.Verdict,
            Mode = primary.Request.Mode,
            Profile = primary.Judgement?.Profile ?? primary.Request.Profile,
            Input = input,
            Judgement = primary.Judgement,
            Warnings = Sentences.AsWarnings(warnings),
            Audited = Differing(audit, primary),
        };
        return primary.Judgement is null ? admitted with { Message = primary.Unusable!.Problem } : admitted;
    }

    private sealed record Evaluation(ModeRequest Request, AccessLogProfile? Profile, UnusableProfile? Unusable, Judgement? Judgement);
}
