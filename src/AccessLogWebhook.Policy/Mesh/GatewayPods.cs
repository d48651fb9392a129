using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace AccessLogWebhook.Policy.Mesh;

/// <summary>
/// Which Gateways have Pods. Asked for each Pod in ambient mode, so it is gathered once for each state of the Pods, when it is first asked for.
/// </summary>
internal static class GatewayPods
{
    private static readonly ConditionalWeakTable<ImmutableDictionary<ObjectKey, PodFacts>, HashSet<ObjectKey>> Gathered = [];

    public static bool Exist(ObjectKey gateway, MeshSnapshot mesh) => Gathered.GetValue(mesh.Pods, Gather).Contains(gateway);

    private static HashSet<ObjectKey> Gather(ImmutableDictionary<ObjectKey, PodFacts> pods) =>
    [
        .. from pod in pods
           let name = pod.Value.Labels[MeshKeys.GatewayName]
           where name is not null
           select new ObjectKey(pod.Key.Namespace, name),
    ];
}
