using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace AccessLogWebhook.Policy.Mesh;

/// <summary>
/// Which Gateways have Pods. Asked for each Pod in ambient mode, so it is gathered once for each state of the Pods, when it is first asked for.
/// </summary>
internal static class GatewayPods
{
    private static readonly ConditionalWeakTable<ImmutableDictionary<ObjectKey, PodFacts>, Dictionary<ObjectKey, LabelSet>> Gathered = [];

    /// <summary>The labels of one of its Pods, which has those of istiod as all have; null where it has no Pod.</summary>
    public static LabelSet? LabelsOf(ObjectKey gateway, MeshSnapshot mesh) => Gathered.GetValue(mesh.Pods, Gather).GetValueOrDefault(gateway);

    private static Dictionary<ObjectKey, LabelSet> Gather(ImmutableDictionary<ObjectKey, PodFacts> pods)
    {
        var gathered = new Dictionary<ObjectKey, LabelSet>();
        foreach (var (key, pod) in pods)
        {
            if (pod.Labels[MeshKeys.GatewayName] is { } name)
            {
                gathered.TryAdd(new ObjectKey(key.Namespace, name), pod.Labels);
            }
        }

        return gathered;
    }
}
