using System.Collections.Immutable;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Rendering;

/// <summary>Which profiles are to be rendered, from where, for whom, and how the answer is wanted.</summary>
internal sealed record RenderRequest
{
    /// <summary>Names of profiles; empty for all.</summary>
    public ImmutableArray<string> Profiles { get; init; } = [];

    /// <summary>Files and directories with AccessLogProfiles; <c>-</c> is the standard input.</summary>
    public ImmutableArray<string> Files { get; init; } = [];

    /// <summary>A directory of manifests that is the cluster; null for a live one, or none.</summary>
    public string? ClusterDirectory { get; init; }

    /// <summary>The kubeconfig of the live cluster; null for the usual ones.</summary>
    public string? Kubeconfig { get; init; }

    public string? ConfigurationFile { get; init; }

    /// <summary>The mesh's root namespace; null for the one of the configuration.</summary>
    public string? RootNamespace { get; init; }

    /// <summary>Namespaces of workloads, for Telemetries, which reach no further than their own.</summary>
    public ImmutableArray<string> Namespaces { get; init; } = [];

    public ImmutableArray<ObjectKey> Waypoints { get; init; } = [];

    /// <summary>What the mesh configuration needs, instead of the resources.</summary>
    public bool MeshConfiguration { get; init; }

    public bool Json { get; init; }
}
