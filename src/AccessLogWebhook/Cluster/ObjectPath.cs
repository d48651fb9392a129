namespace AccessLogWebhook.Cluster;

/// <summary>Where an API server serves one object.</summary>
/// <param name="GroupVersion">As in a manifest's apiVersion: <c>v1</c>, <c>coordination.k8s.io/v1</c>.</param>
/// <param name="Plural">The resource name, <c>leases</c>.</param>
/// <param name="Namespace">Empty for a cluster-scoped kind.</param>
internal readonly record struct ObjectPath(string GroupVersion, string Plural, string Namespace, string Name)
{
    /// <summary>The path of the collection that it is in, without a leading slash.</summary>
    public string Collection =>
        $"{(GroupVersion.Contains('/', StringComparison.Ordinal) ? "apis" : "api")}/{GroupVersion}"
        + $"{(Namespace.Length == 0 ? "" : $"/namespaces/{Uri.EscapeDataString(Namespace)}")}/{Plural}";

    /// <summary>Its own path, without a leading slash.</summary>
    public override string ToString() => $"{Collection}/{Uri.EscapeDataString(Name)}";
}
