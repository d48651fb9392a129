namespace AccessLogWebhook.Policy.Mesh;

/// <summary>A proxy that can log, as istiod sees it when it decides which policies attach to it.</summary>
public abstract record Proxy
{
    private Proxy(string @namespace) => Namespace = @namespace;

    /// <summary>The namespace of its Pod, whose resources istiod considers for it.</summary>
    public string Namespace { get; }

    /// <summary>A sidecar, or a gateway that was injected: reached by the labels of its Pod.</summary>
    /// <param name="IsCertain">False where the namespace's labels leave open whether Istio injects there.</param>
    public sealed record Sidecar(string Namespace, LabelSet Labels, bool IsCertain) : Proxy(Namespace)
    {
        /// <summary>Whether it is a gateway: its listeners are a gateway's, though it is reached as a sidecar is. Null where that cannot be told.</summary>
        public bool? IsGateway { get; init; } = false;
    }

    /// <summary>A gateway that Istio generates for a Gateway API Gateway: reached by labels, or by a targetRef in its namespace.</summary>
    public sealed record GeneratedGateway(string Namespace, string GatewayName, LabelSet Labels) : Proxy(Namespace);

    /// <summary>A waypoint (an east-west gateway is one too): reached by targetRefs only.</summary>
    public sealed record Waypoint(string Namespace, string GatewayName) : Proxy(Namespace)
    {
        /// <summary>The Gateway that it is deployed for.</summary>
        public ObjectKey Gateway => new(Namespace, GatewayName);

        /// <summary>
        /// The namespace of the Services whose traffic is meant, where that is another one; null for the waypoint's own. It decides which Telemetries count
        /// (Istio, <c>telemetry.go applicableTelemetries</c>): those that target the waypoint do for Services of its own namespace alone.
        /// </summary>
        public string? Served { get; init; }
    }
}
