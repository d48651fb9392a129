using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Workloads;

namespace AccessLogWebhook.Policy.Decisions;

/// <summary>
/// What can be admitted while the cluster is not known, because no knowledge would change the answer. So a fault that falls closed still
/// keeps no one from being deleted, no exempt namespace or user from working, and no Namespace from a change that is none of ours.
/// </summary>
public static class WithoutFacts
{
    /// <param name="isMutation">Whether <c>/mutate</c> asks, which changes nothing at an UPDATE and no Namespace.</param>
    /// <returns>The answer, or null where it takes facts.</returns>
    public static Decision.Admit? Admit(
        Operation operation, string username, string @namespace, Workload workload, Workload? old, PolicySettings settings, bool isMutation)
    {
        if (PolicyInput.IsLeaving(operation, workload, old))
        {
            return new Decision.Admit(ReasonCode.BeingDeleted);
        }

        if (workload is NamespaceObject)
        {
            return isMutation ? new Decision.Admit(ReasonCode.KindNotMutated)
                : NamespaceLabelPolicy.Ours(workload).Equals(old is null ? LabelSet.Empty : NamespaceLabelPolicy.Ours(old))
                    ? new Decision.Admit(ReasonCode.NamespaceLabelsUnchanged)
                    : null;
        }

        if (isMutation && operation == Operation.Update)
        {
            return new Decision.Admit(ReasonCode.UpdateNotMutated);
        }

        if (InertRules.IsBeyondRefusal(workload, @namespace))
        {
            return new Decision.Admit(workload.Annotations.ContainsKey(MeshKeys.MirrorPod) ? ReasonCode.MirrorPod : ReasonCode.SystemNamespace) { Verdict = Verdict.Inert };
        }

        var context = new PolicyContext(new NamespaceFacts(@namespace, LabelSet.Empty), MeshSnapshot.Empty, settings);
        return ExemptionRule.ByConfiguration(username, workload, context, "") is { } exemption
            ? new Decision.Admit(exemption.Reason) { Verdict = Verdict.Exempt, Message = exemption.Problem }
            : null;
    }
}
