using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace AccessLogWebhook.Policy.Mesh;

/// <summary>
/// Which waypoints have Pods. Asked for each Pod in ambient mode, while Pods come and go: the Pod that was found last is looked at first, and only where that has gone are
/// all gathered, once for each state of the Pods.
/// </summary>
internal static class GatewayPods
{
    // More waypoints than any cluster has; past it the memory begins anew.
    private const int MostRemembered = 10_000;

    private static readonly ConditionalWeakTable<ImmutableDictionary<ObjectKey, PodFacts>, Dictionary<ObjectKey, ObjectKey>> Gathered = [];

    // Where to look first, of whatever snapshot; what is found there is of the snapshot that is asked about.
    private static readonly ConcurrentDictionary<ObjectKey, ObjectKey> Remembered = new();

    /// <summary>The labels of one of its Pods, which has those of istiod as all have; null where it has no Pod, or, where Gateways are known, is none of them.</summary>
    public static LabelSet? LabelsOf(ObjectKey gateway, MeshSnapshot mesh)
    {
        // istiod knows of no waypoint without its Gateway. To look for the Pods of one would mean all Pods, at each of them that comes to a namespace that names it.
        if (!mesh.KubernetesGateways.IsEmpty && !mesh.KubernetesGateways.ContainsKey(gateway))
        {
            return null;
        }

        if (Remembered.TryGetValue(gateway, out var last) && mesh.Pods.TryGetValue(last, out var pod) && pod.Labels.Has(MeshKeys.GatewayName, gateway.Name))
        {
            return pod.Labels;
        }

        if (!Gathered.GetValue(mesh.Pods, Gather).TryGetValue(gateway, out var found))
        {
            return null;
        }

        if (Remembered.Count >= MostRemembered)
        {
            Remembered.Clear();
        }

        Remembered[gateway] = found;
        return mesh.Pods[found].Labels;
    }

    private static Dictionary<ObjectKey, ObjectKey> Gather(ImmutableDictionary<ObjectKey, PodFacts> pods)
    {
        var gathered = new Dictionary<ObjectKey, ObjectKey>();
        foreach (var (key, pod) in pods)
        {
            if (pod.Labels[MeshKeys.GatewayName] is { } name)
            {
                gathered.TryAdd(new ObjectKey(key.Namespace, name), key);
            }
        }

        return gathered;
    }
}
