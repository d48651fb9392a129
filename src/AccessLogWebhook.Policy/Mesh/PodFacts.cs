using AccessLogWebhook.Policy.Workloads;

namespace AccessLogWebhook.Policy.Mesh;

/// <summary>
/// A Pod, as far as its metadata tells: a cluster has tens of thousands of them, and their specs are neither sent nor held.
/// </summary>
/// <param name="Annotations">Those that decide something here (see <see cref="MeshKeys.DecidesOnPod"/>).</param>
public sealed record PodFacts(LabelSet Labels, LabelSet Annotations)
{
    /// <summary>Whom people know it by; null where nothing owns it.</summary>
    public WorkloadOwner? Owner { get; init; }

    /// <summary>When it was created, in whole seconds; null where that is not said.</summary>
    public DateTimeOffset? Created { get; init; }

    /// <summary>
    /// The Pod as it is judged; it says itself that only its metadata are known. It has a proxy where they prove it: by the injector's mark, or as a generated gateway of Istio's.
    /// </summary>
    public PodWorkload ToWorkload(ObjectKey key, MeshSnapshot mesh) => new(
        new ObjectMetadata { IsPresent = true, Name = key.Name, Namespace = key.Namespace, Labels = Labels, Annotations = Annotations },
        HostNetwork: false,
        RuntimeClass: "",
        HasProxyContainer: Annotations.ContainsKey(MeshKeys.SidecarStatus)
            || (Labels.ContainsKey(MeshKeys.GatewayName) && !GatewayClasses.IsForeign(GatewayClasses.KindOfPod(key.Namespace, Labels, mesh))))
    {
        IsMetadataOnly = true,
    };
}
