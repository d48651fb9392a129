namespace AccessLogWebhook.Policy.Workloads;

/// <summary>The kinds of object that are judged.</summary>
public enum WorkloadKind
{
    Pod,
    IstioGateway,
    KubernetesGateway,
    Namespace,
}

/// <summary>Which API kinds are judged; every other kind and version is refused, since its fields could mean anything.</summary>
public static class WorkloadKinds
{
    /// <summary>The kind of a group, version and kind as an AdmissionReview names them, or null where it is not judged.</summary>
    public static WorkloadKind? Of(string group, string version, string kind) => (group, version, kind) switch
    {
        ("", "v1", "Pod") => WorkloadKind.Pod,
        ("", "v1", "Namespace") => WorkloadKind.Namespace,
        ("networking.istio.io", "v1" or "v1beta1" or "v1alpha3", "Gateway") => WorkloadKind.IstioGateway,
        ("gateway.networking.k8s.io", "v1" or "v1beta1", "Gateway") => WorkloadKind.KubernetesGateway,
        _ => null,
    };

    /// <summary>The kind's name in an object.</summary>
    public static string NameOf(WorkloadKind kind) => kind switch
    {
        WorkloadKind.Pod => "Pod",
        WorkloadKind.Namespace => "Namespace",
        _ => "Gateway",
    };

    /// <summary>The kind's API group; empty for the core group.</summary>
    public static string GroupOf(WorkloadKind kind) => kind switch
    {
        WorkloadKind.IstioGateway => "networking.istio.io",
        WorkloadKind.KubernetesGateway => "gateway.networking.k8s.io",
        _ => "",
    };
}
