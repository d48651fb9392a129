using System.Collections.Immutable;
using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Linting;

namespace AccessLogWebhook.Linting;

/// <summary>What is to be linted, beside what, and how the findings are wanted.</summary>
internal sealed record LintRequest
{
    /// <summary>Files and directories; <c>-</c> is the standard input. Empty to lint the cluster.</summary>
    public ImmutableArray<string> Files { get; init; } = [];

    /// <summary>A directory of manifests that is the cluster; null for a live one, or for the files alone.</summary>
    public string? ClusterDirectory { get; init; }

    /// <summary>The kubeconfig of the live cluster; null for the usual ones.</summary>
    public string? Kubeconfig { get; init; }

    /// <summary>Where objects are that name no namespace.</summary>
    public string Namespace { get; init; } = Cluster.ClusterManifests.DefaultNamespace;

    public string RootNamespace { get; init; } = PolicySettings.Default.RootNamespace;

    public LintFormat Format { get; init; } = LintFormat.Table;

    /// <summary>The lightest finding that makes the command fail.</summary>
    public LintSeverity FailOn { get; init; } = LintSeverity.Warning;
}

internal enum LintFormat
{
    Table,
    Json,
    Sarif,
    Junit,
    Github,
}
