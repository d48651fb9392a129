namespace AccessLogWebhook.Explaining;

/// <summary>What is to be explained, and against which cluster.</summary>
internal sealed record ExplainRequest
{
    public required ExplainedKind Kind { get; init; }

    public required string Name { get; init; }

    public string Namespace { get; init; } = Cluster.ClusterManifests.DefaultNamespace;

    /// <summary>A directory of manifests that is the cluster; null for a live one.</summary>
    public string? ClusterDirectory { get; init; }

    /// <summary>The kubeconfig of the live cluster; null for the usual ones.</summary>
    public string? Kubeconfig { get; init; }

    public string? ConfigurationFile { get; init; }

    public bool Json { get; init; }
}
