using System.Text.RegularExpressions;
using AccessLogWebhook.Policy.Workloads;

namespace AccessLogWebhook.Auditing;

/// <summary>How Pods are created again, so that the webhook sees them.</summary>
internal static partial class RepairCommand
{
    /// <returns>A command, or where there is none a sentence.</returns>
    public static string Of(WorkloadOwner owner, string @namespace)
    {
        // What a directory of manifests calls a workload may be anything, and this is for a shell.
        if (!Name().IsMatch(owner.Name) || !Name().IsMatch(@namespace))
        {
            return ByHand;
        }

        return owner switch
        {
            { ApiVersion: "apps/v1", Kind: "Deployment" or "StatefulSet" or "DaemonSet" } =>
                $"kubectl rollout restart {owner.Kind.ToLowerInvariant()}/{owner.Name} -n {@namespace}",
            { ApiVersion: "argoproj.io/v1alpha1", Kind: "Rollout" } => $"kubectl argo rollouts restart {owner.Name} -n {@namespace}",
            _ => ByHand,
        };
    }

    private const string ByHand = "Delete the Pod and have it created again.";

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9.]*[a-z0-9])?\z")]
    private static partial Regex Name();
}
