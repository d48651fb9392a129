using System.Collections.Immutable;

namespace AccessLogWebhook.Reviewing;

/// <summary>What is to be reviewed, against what, and how the answer is wanted.</summary>
internal sealed record ReviewRequest
{
    /// <summary>Files and directories; <c>-</c> is the standard input. Empty, with <see cref="IsAsOf"/>, for all that the cluster has.</summary>
    public ImmutableArray<string> Files { get; init; } = [];

    /// <summary>Manifests that the cluster is taken to have beside what it has; the decisions are compared.</summary>
    public ImmutableArray<string> AsOf { get; init; } = [];

    /// <summary>The configuration file that is compared with <see cref="ConfigurationFile"/>; null for the same.</summary>
    public string? AsOfConfiguration { get; init; }

    public bool IsAsOf => !AsOf.IsEmpty || AsOfConfiguration is not null;

    /// <summary>A directory of manifests that is the cluster; null for a live one, or none.</summary>
    public string? ClusterDirectory { get; init; }

    /// <summary>The kubeconfig of the live cluster; null for the usual ones.</summary>
    public string? Kubeconfig { get; init; }

    public string? ConfigurationFile { get; init; }

    /// <summary>Where objects are that name no namespace.</summary>
    public string Namespace { get; init; } = Cluster.ClusterManifests.DefaultNamespace;

    public string Username { get; init; } = "";

    public ReviewFormat Format { get; init; } = ReviewFormat.Table;
}

internal enum ReviewFormat
{
    Table,
    Yaml,
    Json,
}
