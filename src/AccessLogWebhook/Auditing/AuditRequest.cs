using System.Collections.Immutable;

namespace AccessLogWebhook.Auditing;

/// <summary>What is to be audited, and how the answer is wanted.</summary>
internal sealed record AuditRequest
{
    /// <summary>A directory of manifests that is the cluster; null for a live one.</summary>
    public string? ClusterDirectory { get; init; }

    /// <summary>The kubeconfig of the live cluster; null for the usual ones.</summary>
    public string? Kubeconfig { get; init; }

    public string? ConfigurationFile { get; init; }

    /// <summary>A Kubernetes audit log that is summarised in place of a cluster; <c>-</c> is the standard input.</summary>
    public string? LogFile { get; init; }

    /// <summary>The namespaces whose workloads are listed; empty for all.</summary>
    public ImmutableArray<string> Namespaces { get; init; } = [];

    /// <summary>The verdicts that are listed; empty for all.</summary>
    public ImmutableArray<AuditVerdict> Verdicts { get; init; } = [];

    /// <summary>The verdicts with which the command fails.</summary>
    public ImmutableArray<AuditVerdict> FailOn { get; init; } = [];

    public AuditGrouping By { get; init; } = AuditGrouping.Owner;

    public AuditFormat Format { get; init; } = AuditFormat.Table;

    /// <summary>Where the output goes; null for the standard output.</summary>
    public string? OutputFile { get; init; }
}

/// <summary>What tables have a line for.</summary>
internal enum AuditGrouping
{
    Owner,
    Namespace,
    Verdict,
}

internal enum AuditFormat
{
    Table,
    Json,
    Yaml,
    Csv,
    Sarif,
    Junit,
    Markdown,
    Html,
    PolicyReport,
}
