using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Workloads;

/// <summary>An object under admission, reduced to what a decision looks at.</summary>
public abstract record Workload(ObjectMetadata Metadata)
{
    private protected static readonly LabelSet None = LabelSet.Empty;

    /// <summary>The kind, for people.</summary>
    public abstract string Kind { get; }

    public LabelSet Labels => Metadata.Labels ?? None;

    public LabelSet Annotations => Metadata.Annotations ?? None;
}

/// <param name="HasProxyContainer">Whether a container or init container is called <c>istio-proxy</c>: injection by hand, or a generated gateway.</param>
public sealed record PodWorkload(ObjectMetadata Metadata, bool HostNetwork, string RuntimeClass, bool HasProxyContainer)
    : Workload(Metadata)
{
    /// <summary>Whether the rest of it was never seen: that it uses the host's network, its runtime class, and a proxy without a mark are then not known.</summary>
    public bool IsMetadataOnly { get; init; }

    public override string Kind => "Pod";
}

/// <summary>A Gateway of networking.istio.io.</summary>
/// <param name="Selector"><c>spec.selector</c>: the labels of the Pods that serve it.</param>
/// <param name="SpecFingerprint">Equal for equal specs; tells whether an UPDATE changes anything but metadata.</param>
public sealed record IstioGateway(ObjectMetadata Metadata, LabelSet Selector, string SpecFingerprint)
    : Workload(Metadata)
{
    public override string Kind => "Gateway";
}

/// <summary>A Gateway of gateway.networking.k8s.io.</summary>
/// <param name="HasSpec">False where the object has no <c>spec</c> at all.</param>
/// <param name="IsManaged">Whether Istio deploys its proxies: not so with addresses that name an existing Service (Istio, <c>IsManaged</c>).</param>
/// <param name="SpecFingerprint">Equal for equal specs; tells whether an UPDATE changes anything but metadata.</param>
public sealed record KubernetesGateway(
    ObjectMetadata Metadata,
    bool HasSpec,
    string ClassName,
    bool IsManaged,
    LabelSet? InfrastructureLabels,
    LabelSet? InfrastructureAnnotations,
    string SpecFingerprint)
    : Workload(Metadata)
{
    /// <summary>The most entries that the CRD allows in <c>spec.infrastructure.labels</c>.</summary>
    public const int MaxInfrastructureLabels = 8;

    /// <summary>The most entries that the CRD allows in <c>spec.infrastructure.annotations</c>.</summary>
    public const int MaxInfrastructureAnnotations = 16;

    public override string Kind => "Gateway";

    /// <summary>The labels of the Gateway that are copied to the generated Pods (Istio, <c>extractInfrastructureMetadata</c>).</summary>
    public LabelSet CopiedLabels => InfrastructureLabels ?? Labels;

    /// <summary>
    /// The labels of the generated Pods: those that are copied, and over them those that Istio's templates set, whatever the Gateway says
    /// (<c>kube-gateway</c> template; labels under <c>gateway.networking.k8s.io/</c> are not taken from <c>spec.infrastructure</c>).
    /// </summary>
    public LabelSet GeneratedLabels => LabelSet.From(CopiedLabels.Where(label => !label.Key.StartsWith("gateway.networking.k8s.io/", StringComparison.Ordinal)))
        .With(Metadata.Name.Length == 0 ? LabelSet.Empty : LabelSet.Of((MeshKeys.GatewayName, Metadata.Name)))
        .With(LabelSet.Of((MeshKeys.GatewayClassName, ClassName), (MeshKeys.GatewayManaged, "istio.io-gateway-controller")));
}

/// <summary>A Namespace, whose labels are checked when it is created or relabelled.</summary>
public sealed record NamespaceObject(ObjectMetadata Metadata) : Workload(Metadata)
{
    public override string Kind => "Namespace";
}
